"""What `audit verify` says."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.audit import GENESIS, Row
from bot.domain.chain import Break, Head

_COPY = "Keep a copy of the file and compare it with your last export."


@dataclass(frozen=True, slots=True)
class Noted:
    """A head that somebody noted elsewhere. `entry` 0: which entry it was is not known. `found`: which entries of the
    log have that hash."""

    hash: str
    entry: int = 0
    found: tuple[int, ...] = ()

    @property
    def there(self) -> bool:
        """Whether the log goes through it."""
        return (self.entry in self.found) if self.entry else bool(self.found) or self.hash == GENESIS


def intact(last: Row | None) -> str:
    """Nothing is wrong with any entry."""
    if last is None:
        return f"The audit log is intact and empty. Its head is {GENESIS}.\n"
    return (
        f"The audit log is intact: {last.id} entries, the last from {last.at}. Its head is {last.hash}: keep it "
        "elsewhere to be able to show later that nothing was cut off or written anew.\n"
    )


def broken(it: Break) -> str:
    """The first entry that is not as the bot wrote it."""
    was = "the log was cut off" if it.wrong.value == "cut off" else f"it was {it.wrong.value}"
    return f"The audit log is broken at entry {it.entry}: {was} ({it.fact}). {_before(it.whole)} {_COPY}\n"


def unreadable(entry: int, reason: str) -> str:
    """SQLite cannot go on."""
    return f"The audit log is broken at entry {entry}: it cannot be read ({reason}). {_before(entry - 1)} {_COPY}\n"


def unnoted() -> str:
    """The note of the end beside the log is gone."""
    return (
        "Where the log ends is not noted in the file (table audit_head): entries cut off at its end would not show. If "
        "an older version of the bot used the file last, start the present one once; else somebody removed it. "
        f"{_COPY}\n"
    )


def unprotected(triggers: Sequence[str]) -> str:
    """Triggers are gone or changed."""
    return (
        f"The audit log is not protected: the database lacks the trigger {', '.join(triggers)}, or it says something "
        "else than the bot's own. Entries could be changed; the bot does not start on such a file. Restore a backup.\n"
    )


def compared(noted: Noted, head: Head) -> str:
    """With a head that was noted elsewhere."""
    if noted.there:
        entry = noted.entry or max(noted.found, default=0)
        return (
            f"The head you noted is entry {entry}: nothing up to it was changed since, and "
            f"{head.entries - entry} entries came after it.\n"
        )
    other = f" Entry {noted.found[0]} has that hash." if noted.found else " No entry has that hash."
    where = f"entry {noted.entry} has another hash" if noted.entry else "the log does not go through it"
    return (
        f"The head you noted is not in the log: {where}.{other} Either this is another log, or entries were written "
        f"anew after you noted it. {_COPY}\n"
    )


def _before(whole: int) -> str:
    if whole < 1:
        return "No entry before it vouches for the rest."
    return f"The entries before it (1 to {whole}) fit each other."
