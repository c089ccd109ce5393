"""What must hold of every change, however it came about; looked at after each step of the state machine."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.adapters.sqlite import AuditFile
from bot.adapters.sqlite.base import from_json
from bot.domain.audit import Row
from bot.domain.chain import examine
from bot.domain.changes import FINAL, RUNNING, Approval, Change, State
from bot.domain.locks import Lock, hold_on
from bot.domain.names import find_stage
from bot.engine.ports import Tx
from tests.engine.locking import locks
from tests.engine.mortal import Mortal
from tests.engine.scaling import limits
from tests.tale import disagreements

_NEVER_RAN = frozenset({State.PROPOSED, State.AWAITING_APPROVAL, State.DENIED, State.EXPIRED, State.CANCELLED})
_RAN = RUNNING | {State.SUCCEEDED, State.FAILED, State.ROLLED_BACK, State.SUPERSEDED}


@dataclass
class Truth:
    """`holds` raises AssertionError for what must not be; it remembers what it saw the last time."""

    world: Mortal
    changes: dict[str, Change] = field(default_factory=dict)
    entries: int = 0
    moved: tuple[int, ...] = ()
    locks: tuple[Lock, ...] = ()
    tokens: dict[str, tuple[str, ...]] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)

    def holds(self) -> None:
        """All of it, now; nothing is looked at twice."""
        moved = (id(self.world.store), self.world.store._db.conn.total_changes, len(self.world.ecs.writes))
        if moved == self.moved:
            return
        self.moved = moved
        rows = self._log()
        with closing(sqlite3.connect(f"file:{self.world.path}?mode=ro", uri=True)) as database:
            changes = {one.id: one for one in _changes(database)}
            tokens = {
                hash_: rest for hash_, *rest in database.execute("SELECT hash, value, action_id, about FROM tokens")
            }
        for change in changes.values():
            self._goes_on_from(self.changes.get(change.id), change)
            self._is_decided_rightly(change)
            self._is_applied_once(change)
        self._one_at_a_time(changes)
        self._fires_once(changes)
        self._starts_rightly(changes, rows[self.entries :])
        self._tokens_stay(tokens)
        assert disagreements(self.world.path) == []
        self._nothing_broke()
        self.changes, self.entries = changes, len(rows)
        self.locks = tuple(one for one in locks(self.world) if isinstance(one, Lock))

    def _log(self) -> list[Row]:
        with AuditFile(self.world.path).open() as log:
            rows = list(log.rows())
            assert examine(rows, log.beside()) is None
        return rows

    def _goes_on_from(self, before: Change | None, change: Change) -> None:
        if before is None:
            return
        assert change.version >= before.version
        if before.final:
            assert change == before, f"{change.id} was {before.state} and went on"
        assert len(change.approvals) >= len(before.approvals)

    def _is_decided_rightly(self, change: Change) -> None:
        by = [one.person.user_id for one in change.approvals]
        assert len(by) == len(set(by))
        assert change.requester.user_id not in by
        for one in change.approvals[len(self._known(change).approvals) :]:
            self._still_counts(change, one)
        rule = find_stage(self.world.house.config, change.stack, change.stage).approval
        verb = change.plan.schedule.verb if change.plan.schedule else change.verb
        if rule and verb in rule.verbs and not change.emergency and change.state in _RAN:
            assert len(by) >= rule.count, f"{change.id} is {change.state} with {by}"

    def _still_counts(self, change: Change, one: Approval) -> None:
        """Given in time, by who may; what a schedule starts has those that the schedule has."""
        if change.scheduled and change.id not in self.changes:
            assert one in self.changes[change.scheduled].approvals
        else:
            assert change.expires_at
            assert one.at < change.expires_at
        assert one.person.user_id in self.world.people.groups["S0REL"]

    def _is_applied_once(self, change: Change) -> None:
        asked = [one for one in self.world.ecs.writes if one.who and one.who.change_id == change.id]
        scaled = [one for one in self.world.scaling.carried_out if one.who and one.who.change_id == change.id]
        if change.state in _NEVER_RAN:
            assert asked + scaled == [], f"{change.id} is {change.state}"
        done = [one for one in self.world.ecs.carried_out if one in asked and one.call == "UpdateService"]
        assert len(done) <= 1 + (change.aborted_at is not None), f"{change.id}: {[one.request for one in done]}"
        goes_on = bool(change.plan.scale and change.plan.scale.resume_after)
        assert len(scaled) <= 1 + goes_on, f"{change.id}: {[one.request for one in scaled]}"

    def _one_at_a_time(self, changes: dict[str, Change]) -> None:
        for stage in {one.stage for one in changes.values()}:
            mine = [one for one in changes.values() if one.stage == stage]
            assert sum(one.state in RUNNING and not one.failing for one in mine) <= 1
            open_ = [one for one in mine if one.state is State.AWAITING_APPROVAL]
            waits = [(one.verb, one.asked if one.plan.schedule else "") for one in open_]
            assert len(waits) == len(set(waits))

    def _fires_once(self, changes: dict[str, Change]) -> None:
        """A time that came is one change at the most, and none of a schedule that was removed before it."""
        made = Counter(one.request_key for one in changes.values() if one.scheduled)
        assert set(made.values()) <= {1}, made
        with self.world.store.transaction() as tx:
            new = [one for one in changes.values() if one.scheduled and one.id not in self.changes]
            removed = self.removed
            self.removed = {one for one in {each.scheduled for each in changes.values()} if _is_removed(tx, one)}
        assert not [one.id for one in new if one.scheduled in removed]

    def _starts_rightly(self, changes: dict[str, Change], new: list[Row]) -> None:
        """With the right of everybody who is in it, before its time is over, and past no lock."""
        for row in new:
            if row.action != "start":
                continue
            change, groups = changes[row.change_id], self.world.people.groups
            asker = change.requester.user_id
            assert asker in groups["S0REL" if change.emergency else "S0DEV"], f"{asker} may no longer"
            assert all(one.person.user_id in groups["S0REL"] for one in change.approvals)
            self._no_lock(change, datetime.fromisoformat(row.at))

    def _no_lock(self, change: Change, at: datetime) -> None:
        """Of the locks that stood before this step and stand after it."""
        if change.emergency:
            return
        stood = [one for one in self.locks if one in locks(self.world)]
        stage = find_stage(self.world.house.config, change.stack, change.stage)
        ours = [one for one in stood if not one.stack or (one.stack, one.stage) == (change.stack, change.stage)]
        assert hold_on(stage, change.verb, change.requester, ours, at) is None

    def _tokens_stay(self, tokens: dict[str, list[str]]) -> None:
        now = {hash_: tuple(rest) for hash_, rest in tokens.items()}
        assert {hash_: now.get(hash_) for hash_ in self.tokens} == self.tokens
        self.tokens = now

    def _nothing_broke(self) -> None:
        assert self.world.wakes.errors == []
        said = [one.text for messages in self.world.chat.channels.values() for one in messages[-5:]]
        assert not [text for text in said if "went wrong" in text or "Traceback" in text]

    def _known(self, change: Change) -> Change:
        return self.changes.get(change.id) or _no_approvals(change)

    def rests(self) -> None:
        """Everything came to its end."""
        self.holds()
        assert {one.state for one in self.changes.values()} <= FINAL
        assert self.world.postings() == ()
        self._no_suspension_is_forgotten()

    def _no_suspension_is_forgotten(self) -> None:
        bounds = limits(self.world)
        if bounds and bounds.suspended:
            said = [one.text for messages in self.world.chat.channels.values() for one in messages]
            assert [text for text in said if "still suspended:" in text or "suspended still:" in text]


def _changes(database: sqlite3.Connection) -> list[Change]:
    return [from_json(Change, row[0]) for row in database.execute("SELECT body FROM changes ORDER BY created_at, id")]


def _is_removed(tx: Tx, schedule_id: str) -> bool:
    schedule = tx.schedule(schedule_id)
    return schedule is not None and schedule.removed


def _no_approvals(change: Change) -> Change:
    return replace(change, approvals=())
