"""Slack as far as the engine sees it, in memory: what was said where, and failures on demand. What Slack would refuse
fails the test (tests/fitness.py)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import IO, Any

from bot.domain.channels import ChannelFacts
from bot.domain.errors import NotPossible, Refusal
from bot.domain.people import Person
from bot.engine.ports import Json
from tests.fitness import judge_message, judge_unfurl, judge_view

MOST_TEXT = 4_000
USES = 5
PEOPLE = ("U0ANA", "U0BO", "U0CY", "U0GUEST")
CHANNELS = ("C0DEPLOYS", "C0PROD", "C0RANDOM", "C0SHARED")


@dataclass
class Said:
    """A message as it stands. `only_for`: the one who sees it; `edits`: how often it was replaced."""

    ts: str
    text: str
    blocks: tuple[Mapping[str, Any], ...]
    thread_ts: str | None = None
    message_id: str = ""
    only_for: str = ""
    file: tuple[str, bytes] | None = None
    edits: int = 0
    at: datetime | None = None
    unfurled: dict[str, Json] = field(default_factory=dict)


@dataclass
class Failure:
    """An error for the next `times` calls of a method; `after`: the work is done before it is raised."""

    method: str
    error: Refusal
    times: int = 1
    after: bool = False


@dataclass
class Link:
    """A response_url: who asked where, how often it was used, and the answer that may be replaced."""

    channel_id: str
    user_id: str
    answered: Said | None = None
    uses: int = 0


class Failures:
    """Failures by method name; `passing` is called right before and right after each call's work."""

    def __init__(self) -> None:
        self.passing: Callable[[], object] = lambda: None
        self._waiting: list[Failure] = []
        self.calls: list[str] = []

    def add(self, method: str, error: Refusal, *, times: int = 1, after: bool = False) -> None:
        """The next `times` calls of `method` raise `error`, before or after their work."""
        self._waiting.append(Failure(method, error, times, after))

    @contextmanager
    def around(self, method: str) -> Iterator[None]:
        """Runs one call."""
        self.passing()
        self.calls.append(method)
        failure = next((one for one in self._waiting if one.method == method and one.times > 0), None)
        if failure is not None:
            failure.times -= 1
            if not failure.after:
                raise failure.error
        yield
        self.passing()
        if failure is not None:
            raise failure.error


@dataclass
class FakeChat:
    """`bot.engine.ports.Chat`. `channels`: those that exist, with their messages, oldest first; the bot is in those of
    `joined`, another workspace in those of `shared`. `homes`: view and hash by user id. `knows_members`
    False: the scope for `channel` is missing."""

    now: datetime
    channels: dict[str, list[Said]] = field(default_factory=lambda: {one: [] for one in CHANNELS})
    joined: set[str] = field(default_factory=lambda: {"C0DEPLOYS", "C0PROD", "C0SHARED"})
    shared: set[str] = field(default_factory=lambda: {"C0SHARED"})
    views: dict[str, Json] = field(default_factory=dict)
    homes: dict[str, tuple[Json, str]] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    triggers: set[str] = field(default_factory=set)
    knows_members: bool = True
    failures: Failures = field(default_factory=Failures)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def post_message(self, channel_id: str, message: Json, *, thread_ts: str | None, message_id: str) -> str:
        judge_message(message)
        with self.failures.around("post_message"):
            return self._add(channel_id, message, thread_ts=thread_ts, message_id=message_id).ts

    def find_message(self, channel_id: str, message_id: str, *, thread_ts: str | None, since: datetime) -> str | None:
        with self.failures.around("find_message"):
            said = [
                one for one in self._channel(channel_id) if one.at is not None and one.at > since - timedelta(minutes=5)
            ]
            return next((one.ts for one in said if (one.message_id, one.thread_ts) == (message_id, thread_ts)), None)

    def update_message(self, channel_id: str, ts: str, message: Json) -> None:
        judge_message(message)
        with self.failures.around("update_message"):
            said = next((one for one in self._channel(channel_id) if one.ts == ts and not one.only_for), None)
            if said is None:
                raise _refused("message_not_found", "What became of the change stands in the ECS console.")
            _replace(said, message)

    def post_ephemeral(self, channel_id: str, user_id: str, message: Json) -> None:
        judge_message(message)
        with self.failures.around("post_ephemeral"):
            self._add(channel_id, message, only_for=user_id)

    def respond(self, response_url: str, message: Json, *, replace: bool) -> None:
        judge_message(message)
        with self.failures.around("respond"):
            link = self.links.get(response_url)
            if link is None or link.uses >= USES:
                raise _refused("used_url", "Type the command again.")
            link.uses += 1
            if replace and link.answered is not None:
                _replace(link.answered, message)
            else:
                said = self._add(link.channel_id, message, only_for=link.user_id, anywhere=True)
                link.answered = link.answered or said

    def open_view(self, trigger_id: str, view: Json) -> str:
        judge_view(view)
        with self.failures.around("open_view"):
            if trigger_id not in self.triggers:
                raise _refused("exchanged_trigger_id", "Click or type it again.")
            self.triggers.discard(trigger_id)
            view_id = f"V{next(self._numbers):06d}"
            self.views[view_id] = view
            return view_id

    def update_view(self, view_id: str, view: Json) -> None:
        judge_view(view)
        with self.failures.around("update_view"):
            if view_id not in self.views:
                raise _refused("not_found", "Open it again.")
            self.views[view_id] = view

    def publish_home(self, user_id: str, view: Json, view_hash: str) -> str:
        judge_view(view)
        with self.failures.around("publish_home"):
            if user_id not in PEOPLE:
                raise _refused("user_not_found", "Check the user id.")
            if view_hash not in ("", self.homes.get(user_id, ({}, ""))[1]):
                raise _refused("hash_conflict", "Open it again.")
            self.homes[user_id] = (view, f"{next(self._numbers)}.hash")
            return self.homes[user_id][1]

    def channel(self, channel_id: str) -> ChannelFacts:
        with self.failures.around("channel"):
            if not self.knows_members:
                return ChannelFacts(member=None, external=None)
            if channel_id not in self.channels:
                return ChannelFacts(member=False, external=None)
            return ChannelFacts(channel_id in self.joined, channel_id in self.shared)

    def permalink(self, channel_id: str, ts: str) -> str:
        with self.failures.around("permalink"):
            if all(one.ts != ts or one.only_for for one in self._channel(channel_id)):
                raise _refused("message_not_found", "What became of the change stands in the ECS console.")
            return f"https://acme.slack.com/archives/{channel_id}/p{ts.replace('.', '')}"

    def unfurl(self, channel_id: str, message_ts: str, unfurls: Mapping[str, Json]) -> None:
        for one in unfurls.values():
            judge_unfurl(one)
        with self.failures.around("unfurl"):
            said = next((one for one in self._channel(channel_id) if one.ts == message_ts and not one.only_for), None)
            if said is None:
                raise _refused("cannot_unfurl_message", "Post the link again.")
            said.unfurled.update({url: one for url, one in unfurls.items() if url in said.text})

    def send_file(self, user_id: str, file: IO[bytes], name: str, comment: str, alt: str = "") -> None:  # noqa: ARG002
        judge_message({"text": comment})
        with self.failures.around("send_file"):
            if user_id not in PEOPLE:
                raise _refused("user_not_found", "Check the user id.")
            file.seek(0)
            direct = f"D{user_id[1:]}"
            self.channels.setdefault(direct, [])
            self._add(direct, {"text": comment}, anywhere=True, file=(name, file.read()))

    def reply_file(
        self,
        channel_id: str,
        file: IO[bytes],
        name: str,
        *,
        thread_ts: str,
        comment: str,
        alt: str = "",  # noqa: ARG002
    ) -> None:
        judge_message({"text": comment})
        with self.failures.around("reply_file"):
            file.seek(0)
            self._add(channel_id, {"text": comment}, thread_ts=thread_ts, file=(name, file.read()))

    def transcript(self, channel_id: str) -> list[str]:
        """What stands in the channel, a line per message: replies indented, ephemerals with their reader."""
        lines = []
        for one in self.channels[channel_id]:
            reader = f" (only visible to {one.only_for})" if one.only_for else ""
            lines.append(("  " if one.thread_ts else "") + one.text + reader)
        return lines

    def _channel(self, channel_id: str) -> list[Said]:
        if channel_id not in self.channels:
            raise _refused("channel_not_found", "Check the channel id in tinystacks.yml.")
        if channel_id not in self.joined:
            raise _refused("not_in_channel", f"Invite me: type /invite @tinystacks in <#{channel_id}>.")
        return self.channels[channel_id]

    def _add(self, channel_id: str, message: Json, *, anywhere: bool = False, **rest: Any) -> Said:
        channel = self.channels[channel_id] if anywhere else self._channel(channel_id)
        ts = f"{self.now.timestamp() + next(self._numbers) / 1_000_000:.6f}"
        said = Said(ts, _clipped(message), tuple(message.get("blocks") or ()), at=self.now, **rest)
        channel.append(said)
        return said


def _replace(said: Said, message: Json) -> None:
    said.text, said.blocks = _clipped(message), tuple(message.get("blocks") or ())
    said.edits += 1


def _clipped(message: Json) -> str:
    text = str(message.get("text", ""))
    return (
        text
        if len(text) <= MOST_TEXT
        else f"{text[: MOST_TEXT - 50]} … ({len(text) - MOST_TEXT + 50} more characters cut)"
    )


def _refused(code: str, remedy: str) -> NotPossible:
    return NotPossible(f"Slack refused. (Slack: {code})", remedy)


@dataclass
class FakePeople:
    """`bot.engine.ports.People`: persons by user id, user groups by id; nothing is remembered. `sisters`: the workspace
    of the same organisation that Slack signs the clicks of a user id with."""

    persons: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    failures: Failures = field(default_factory=Failures)
    sisters: dict[str, str] = field(default_factory=dict)

    def person(self, team_id: str, user_id: str, *, fresh: bool = False) -> Person:  # noqa: ARG002
        with self.failures.around("person"):
            if user_id not in self.persons:
                raise _refused("user_not_found", "Check the user id.")
            known = self.persons[user_id]
            fits = known.refused or team_id in ("T0ACME", known.team_id, self.sisters.get(user_id))
            return known if fits else replace(known, refused=f"a member of another workspace ({team_id})")

    def members(self, group_id: str, *, fresh: bool) -> frozenset[str]:  # noqa: ARG002
        with self.failures.around("members"):
            if group_id not in self.groups:
                raise _refused("no_such_subteam", "Check the S… id in tinystacks.yml.")
            return self.groups[group_id]


def seeded_people() -> FakePeople:
    """The people of the sandbox's workspace."""
    names = {"U0ANA": "ana", "U0BO": "bo", "U0CY": "cy"}
    own = {user_id: Person("T0ACME", user_id, name) for user_id, name in names.items()}
    outsiders = (
        Person("T0ACME", "U0GUEST", "guest", "a guest in this workspace"),
        Person("T0ACME", "U0GONE", "gone", "deactivated"),
        Person("T0ACME", "U0BOT", "tinystacks", "a bot"),
        Person("T0OTHER", "U0STRANGER", "stranger", "a member of another workspace (T0OTHER)"),
    )
    groups = {"S0DEV": frozenset({"U0ANA", "U0BO"}), "S0REL": frozenset({"U0CY"})}
    return FakePeople(own | {one.user_id: one for one in outsiders}, groups)
