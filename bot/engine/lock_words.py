"""What `lock` and `freeze` understand alike."""

from datetime import timedelta

from bot.domain.durations import duration_of
from bot.domain.errors import NotPossible
from bot.domain.stacks import Stage
from bot.engine.commands import Ask

FOR = "until when: 90m, 2h, 1d, at most 30d; else until it is freed"


def lasting(text: str) -> timedelta | None:
    """The duration behind `--for`; None where nothing was said. Raises NotPossible."""
    if not text:
        return None
    try:
        return duration_of(text.lower())
    except ValueError as error:
        raise NotPossible(f"--for {error}, not “{text[:40]}”.", "Type it again, for example with --for 2h.") from error


def why(words: tuple[str, ...], reason: str) -> str:
    """The reason, from the words that were left over and from `--reason`."""
    return " ".join([*words, reason]).strip()


def under_way(ask: Ask, stage: Stage) -> str:
    """A sentence about the change that runs there now: a lock does not stop it. Empty: none."""
    with ask.house.ports.store.transaction() as tx:
        change = tx.running_change(stage.stack, stage.name)
    if change is None:
        return ""
    return f"{change.requester.name}'s {change.noun} is under way there and goes on."
