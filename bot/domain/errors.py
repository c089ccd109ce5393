"""The tree of refusals. Each holds values; `str()` is a sentence (or a few) that ends in what to do next.

Refusal                 a person can act on it
├── UnknownName         a verb, stack, stage, container or image that is not there; knows the nearest
├── NotAllowed          a rule says no, or none says yes
├── NotPossible         AWS's state or the plan forbids it
│   └── NothingToDo     it is so already
├── Already             it was done before
├── Unclear             whether a call was carried out cannot be found out any more
├── NotFound            a cluster, service, image or task definition that AWS does not have
├── AccessDenied        AWS refused the bot: action and role are named
└── Unavailable         AWS or Slack did not answer as it should
    ├── Throttled       asked too often; definitely not done
    │   └── Busy        somebody else changes the same thing; definitely not done
    ├── Unreachable     no connection came about; definitely not done
    └── Unanswered      sent, but no answer came: done or not is unknown

Unrecorded stands beside the tree: it is told to people like a refusal, but says nothing about whether AWS or Slack did
what they were asked.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches

_NOTHING = re.compile(r" Nothing was (?:changed|started)(?: by this call)?\.")


def nearest(word: str, known: tuple[str, ...] | list[str], most: int = 3) -> tuple[str, ...]:
    """The names of `known` that look like `word`, best first; empty where none does."""
    by_lower = {name.lower(): name for name in known}
    matches = get_close_matches(word.lower(), list(by_lower), n=most, cutoff=0.5)
    prefixed = [low for low in by_lower if low.startswith(word.lower()[:3]) and low not in matches]
    return tuple(by_lower[low] for low in (matches + prefixed)[:most])


class Refusal(Exception):
    """Something a person can act on. Nothing was changed unless the sentence says so."""

    def while_waiting(self) -> str:
        """The sentence for where nobody needs to try again, since the bot repeats the call by itself."""
        return self.after_others()

    def after_others(self) -> str:
        """The sentence for where calls before this one did change something."""
        return _NOTHING.sub("", str(self))


class Unclear(Refusal):
    """Whether a call was carried out cannot be found out any more; `str()` says why and where to look."""


@dataclass(eq=False)
class UnknownName(Refusal):
    """`kind` is the word for what was looked up ("stack", "stage", "verb", "image" …); `usage` what to type."""

    kind: str
    word: str
    known: tuple[str, ...] = ()
    usage: str = ""

    def __str__(self) -> str:
        near = nearest(self.word, self.known)
        names = near or self.known[:10]
        listed = ", ".join(names) if names else "none yet"
        question = f"Did you mean {' or '.join(near)}?" if near else f"There is: {listed}."
        return f"I know no {self.kind} “{self.word}”. {question}" + (f" {self.usage}" if self.usage else "")


@dataclass(eq=False)
class NotAllowed(Refusal):
    """`reason` says which rule refused, `remedy` who could do it or what to ask for."""

    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.reason} Nothing was changed. {self.remedy}"


@dataclass(eq=False)
class NotPossible(Refusal):
    """`fact` is what is true now, `remedy` what to do."""

    fact: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.fact} Nothing was changed. {self.remedy}"


@dataclass(eq=False)
class NothingToDo(NotPossible):
    """It is so already. What is to be done later may be asked for all the same: by then it may be otherwise."""


@dataclass(eq=False)
class Already(Refusal):
    """What is asked for was done before: `fact` says so, `remedy` where to see it."""

    fact: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.fact} {self.remedy}"


@dataclass(eq=False)
class NotFound(Refusal):
    """AWS has no such thing. `kind`: "cluster", "service", "image", "task definition", "repository" … `known`: what
    there is instead, newest first."""

    kind: str
    name: str
    where: str
    remedy: str = "Check the name in tinystacks.yml, or create it, then try again."
    known: tuple[str, ...] = ()

    def __str__(self) -> str:
        near = nearest(self.name, self.known)
        newest = f" The newest: {', '.join(self.known[:5])}." if self.known else ""
        hint = f" Did you mean {' or '.join(near)}?" if near else newest
        return f"AWS has no {self.kind} “{self.name}” in {self.where}.{hint} Nothing was changed. {self.remedy}"


@dataclass(eq=False)
class AccessDenied(Refusal):
    """AWS refused the bot. `action` is the missing permission (`ecs:UpdateService`), `principal` who asked."""

    action: str
    principal: str
    quote: str = ""

    def __str__(self) -> str:
        return (
            f"AWS refused me {self.action}: {self.principal} lacks that permission. Nothing was changed by this call. "
            f"Allow {self.action} in that role's policy (docs/getting-started.md), then try again."
        )

    def while_waiting(self) -> str:
        return (
            f"AWS refuses me {self.action}: {self.principal} lacks that permission. "
            f"Allow {self.action} in that role's policy (docs/getting-started.md)."
        )


@dataclass(eq=False)
class Unavailable(Refusal):
    """A vendor did not answer as it should. `vendor`: "AWS" or "Slack"; `call`: the API's name."""

    vendor: str
    call: str
    quote: str = ""
    retry_after: float | None = None


@dataclass(eq=False)
class Throttled(Unavailable):
    """Asked too often; the call was definitely not carried out."""

    def __str__(self) -> str:
        return f"{self.while_waiting()} Nothing was changed. Try again in a minute."

    def while_waiting(self) -> str:
        return f"{self.vendor} is throttling {self.call}."


@dataclass(eq=False)
class Busy(Throttled):
    """Somebody else is changing the same thing at this moment; the call was definitely not carried out."""

    def while_waiting(self) -> str:
        return f"{self.vendor} is busy with another change of the same thing ({self.call})."


@dataclass(eq=False)
class Unreachable(Unavailable):
    """No connection came about, so the call was definitely not carried out."""

    def __str__(self) -> str:
        return (
            f"{self.while_waiting()} Nothing was started. "
            f"Check the network between me and {self.vendor}, then try again."
        )

    def while_waiting(self) -> str:
        return f"I cannot reach {self.vendor} ({self.call})."


@dataclass(eq=False)
class Unanswered(Unavailable):
    """The request went out, no usable answer came: whether it was carried out is unknown."""

    def __str__(self) -> str:
        return f"{self.while_waiting()} I look again before I do anything else."

    def while_waiting(self) -> str:
        return f"{self.vendor} did not answer {self.call}, so I do not know yet whether it was carried out."


@dataclass(eq=False)
class Unrecorded(Exception):
    """The bot's own database takes no rows. `reason`: what keeps it from that; `remedy`: what is to be done about it,
    to follow "Tell whoever runs me to".

    No Refusal on purpose: a step takes AWS's refusal for "it was not done", and a record that could not be written
    must never pass for that."""

    reason: str
    remedy: str

    def __str__(self) -> str:
        return (
            f"I cannot write to my database: {self.reason}. Nothing was changed, and I change nothing until that is "
            f"mended; looking still works. Tell whoever runs me to {self.remedy}."
        )
