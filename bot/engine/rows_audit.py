"""What is read back of what was done: the end of the audit log, and the changes of a stage."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.audit import Row
from bot.domain.board import Release
from bot.domain.chain import Head
from bot.domain.changes import Change
from bot.domain.log_filter import Filter, Page
from bot.domain.people import Person
from bot.domain.trends import Outcome


class AuditRows(Protocol):
    """Part of a transaction."""

    def audit_head(self) -> Head | None:
        """Where the log ends, as noted with its last entry; None: the note is gone."""
        ...

    def changes_of_stage(
        self, stack: str, stage: str, most: int, *, before: str = "", after: str = ""
    ) -> tuple[Change, ...]:
        """At most `most` that were asked for in earnest, newest first: the newest of all, or those older than the
        change `before`, or the next newer than the change `after`. Previews that nobody confirmed are none."""
        ...

    def releases(self, stack: str, stage: str, most: int) -> tuple[Release, ...]:
        """What its SUCCEEDED, FAILED, ROLLED_BACK and SUPERSEDED changes left behind, last finished first."""
        ...

    def deploy_outcomes(self, stack: str, stage: str, since: datetime) -> tuple[Outcome, ...]:
        """What became of each deploy of the stage that was over since then, oldest first."""
        ...

    def deploy_durations(self, stack: str, stage: str, most: int) -> tuple[timedelta, ...]:
        """How long its last successful deploys took, oldest first."""
        ...

    def changes_of_person(self, person: Person, most: int) -> tuple[Change, ...]:
        """At most `most` that this person asked for in earnest, newest first."""
        ...

    def locked_after(self, change_ids: Sequence[str]) -> frozenset[str]:
        """Those of the changes after whose roll back the stage was locked, says the audit log."""
        ...

    def card_places(self, change_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Change id → channel_id and ts of its card, of those whose card was posted."""
        ...


class AuditLog(Protocol):
    """The audit log to read, newest first, without keeping anybody waiting who writes."""

    def page(self, wanted: Filter, page: Page, most: int) -> tuple[Row, ...]:
        """At most `most` entries that fit: the newest of all, or those next to the page's edge."""
        ...

    def newest_first(self, wanted: Filter) -> Iterator[Row]:
        """All that fit, as they are read."""
        ...

    def entry(self, entry_id: int) -> Row | None:
        """One of them."""
        ...

    def count(self, wanted: Filter) -> int:
        """How many fit; reads all of them."""
        ...

    def user_ids(self, name: str) -> tuple[str, ...]:
        """Who acted under that name last, people who have left among them."""
        ...
