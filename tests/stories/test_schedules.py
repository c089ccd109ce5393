"""A schedule whose time comes while the real process is killed and started again comes exactly once."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.sqlite.base import from_json, to_json
from bot.domain.audit import timestamp
from bot.domain.changes import State
from bot.domain.schedules import Schedule
from tests.stories.hasty import HASTY
from tests.stories.ledger import Ledger, rows
from tests.stories.told import Story, story, waits_until
from tests.tale import disagreements

PASSED, COMES, MISSED = ("passed",), ("soon", "next"), "missed"
STACKS = (*PASSED, *COMES, MISSED)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with story(tmp_path_factory.mktemp("schedules"), STACKS, command=HASTY) as told:
        yield told


def moves(here: Story, stack: str, by: float) -> None:
    """While the bot is dead: the schedule's time is so many seconds from now. The row is the truth."""
    due = datetime.now(UTC) + timedelta(seconds=by)  # noqa: TID251 the clock of a real process
    with closing(sqlite3.connect(here.box.database)) as file, file:
        (body,) = file.execute("SELECT body FROM schedules WHERE stack = ?", (stack,)).fetchone()
        schedule = from_json(Schedule, body)
        moved = to_json(replace(schedule, next_at=due))
        file.execute("UPDATE schedules SET next_at = ?, body = ? WHERE id = ?", (timestamp(due), moved, schedule.id))
        file.execute("UPDATE wakes SET at = ? WHERE key = ?", (timestamp(due), f"schedule:{schedule.id}"))


def asked(here: Story, sql: str) -> int:
    return len(rows(here.box.database, sql))


def test_each_comes_once_whenever_the_bot_is_killed_around_its_time(here: Story) -> None:
    for stack in STACKS:
        here.ana.types(f'/tinystacks schedule deploy {stack} staging v43 --cron "0 0 1 1 *" --yes')
    waits_until(lambda: asked(here, "SELECT 1 FROM schedules") == len(STACKS))
    here.box.bot.kill()
    for stack in PASSED:
        moves(here, stack, -5)
    for stack in COMES:
        moves(here, stack, 3)
    moves(here, MISSED, -3_600)
    here.world.faults.slow("DescribeServices", 0.4)
    for sql in (
        "SELECT 1 FROM fires",
        "SELECT 1 FROM changes WHERE verb = 'deploy'",
        "SELECT 1 FROM calls WHERE operation = 'UpdateService' AND outcome IS NOT NULL",
    ):
        here.starts()
        waits_until(lambda sql=sql: asked(here, sql))  # type: ignore[misc]
        here.box.bot.kill()
    here.world.faults.clear()
    here.starts()
    waits_until(lambda: asked(here, "SELECT 1 FROM changes WHERE verb = 'deploy' AND state = 'succeeded'") == 3, 90)
    waits_until(lambda: not asked(here, "SELECT 1 FROM postings WHERE sent_version < version"))
    _came_once(here, Ledger(here.box))


def _came_once(here: Story, ledger: Ledger) -> None:
    fires = {row["schedule_id"]: row["outcome"] for row in ledger.rows("SELECT * FROM fires")}
    made = [one for one in ledger.changes if one.scheduled]
    assert Counter(fires.values()) == {"started": 3, "missed": 1}
    assert Counter(one.stack for one in made) == dict.fromkeys((*PASSED, *COMES), 1)
    assert {one.state for one in made} == {State.SUCCEEDED}
    assert ledger.registered == {one.id: 1 for one in made}
    for one in made:
        assert len(here.called("UpdateService", one.stack)) == 1
    posted = {posting_id: len(found) for posting_id, found in ledger.messages().items()}
    assert posted == {row["id"]: 1 for row in ledger.postings}
    assert disagreements(here.box.database) == []
    assert here.called("RegisterTaskDefinition", MISSED) == []
    (message,) = [found[0] for posting_id, found in ledger.messages().items() if posting_id.startswith("news:sched:")]
    assert f"Missed: *deploy {MISSED} → staging*" in message.text
