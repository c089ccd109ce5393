"""Killed at any instant and started again, the bot goes on where it was: once, whole, in order.

`KILLS=100 SEED=7 pytest tests/stories/test_kills.py` for more of it.
"""

import io
import json
import os
from collections import Counter
from collections.abc import Iterator

import pytest

from bot.audit_command import verify
from bot.domain.changes import State
from sandbox.whole import CONFIG, Sandbox
from tests.stories.kills import Siege
from tests.stories.ledger import ECS_AGREES, Ledger, is_calm, struck
from tests.tale import disagreements

KILLS, SEED = int(os.environ.get("KILLS", "15")), int(os.environ.get("SEED", "1"))

pytestmark = pytest.mark.timeout(120 + 4 * KILLS)


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    folder = tmp_path_factory.mktemp("kills")
    print(f"{KILLS} kills with seed {SEED} in {folder}")
    config = folder / "tinystacks.yml"
    config.write_text(CONFIG.read_text().replace("by: [release]", "by: [release]\n          expires: 6s"))
    with Sandbox(folder, speed=30, limits=False, config=config) as box:
        siege = Siege(box, SEED, KILLS)
        siege.run(lambda: struck(box.database), lambda: is_calm(box.database))
        yield siege


@pytest.fixture(scope="module")
def ledger(siege: Siege) -> Ledger:
    return Ledger(siege.box)


def test_much_was_going_on(ledger: Ledger) -> None:
    ends = Counter(change.state.value for change in ledger.confirmed)
    found = [row for row in ledger.audit if row["outcome"] == "found"]
    print(f"{len(ledger.confirmed)} changes: {dict(ends)}; {len(found)} calls found after a crash")
    assert ends["succeeded"] >= max(1, KILLS / 30)
    assert found, "the kills never struck a call"


def test_every_confirmed_change_came_to_its_end(ledger: Ledger) -> None:
    assert [change.id for change in ledger.confirmed if not change.final] == []


def test_each_change_was_registered_and_applied_once(ledger: Ledger) -> None:
    started = [change for change in ledger.confirmed if change.state is not State.OUTDATED]
    backs = [row for row in ledger.calls if row["number"] == 101]
    went_back = [
        one.plan.previous_task_definition_arn for one in started for row in backs if row["change_id"] == one.id
    ]
    assert ledger.registered == {change.id: 1 for change in started}
    for change in started:
        assert ledger.updated[change.registered_arn] == 1 + went_back.count(change.registered_arn)


def test_each_card_and_each_reply_is_in_its_channel_once(ledger: Ledger) -> None:
    posted = {posting_id: len(found) for posting_id, found in ledger.messages().items()}
    assert posted == {row["id"]: 1 for row in ledger.postings}


def test_replies_stand_under_their_card_in_the_order_in_which_they_were_told(ledger: Ledger) -> None:
    messages = {posting_id: found[0] for posting_id, found in ledger.messages().items()}
    for change in ledger.confirmed:
        thread = [messages[row["id"]] for row in ledger.postings if row["thread_of"] == f"card:{change.id}"]
        assert {one.thread_ts for one in thread} <= {messages[f"card:{change.id}"].ts}
        assert [one.ts for one in thread] == sorted(one.ts for one in thread)


def test_each_card_shows_the_last_state_and_ecs_agrees(ledger: Ledger) -> None:
    messages = ledger.messages()
    for change in ledger.confirmed:
        row = next(row for row in ledger.postings if row["id"] == f"card:{change.id}")
        card = messages[row["id"]][0]
        assert card.text == json.loads(row["body"])["text"]
        assert card.text.endswith({State.OUTDATED: "not run"}.get(change.state, change.state.value.replace("_", " ")))
        assert ledger.ecs_says(change) in ECS_AGREES.get(change.state, {"NONE"}), change


def test_the_audit_log_is_whole_and_has_an_outcome_for_each_call(ledger: Ledger) -> None:
    told = io.StringIO()
    assert verify(f"sqlite:///{ledger.database}", told) == 0, told.getvalue()
    calls = [row for row in ledger.audit if row["action"].startswith("aws:")]
    asked = {(row["change_id"], row["action"]) for row in calls if row["outcome"] == "intent"}
    answered = [(row["change_id"], row["action"]) for row in calls if row["outcome"] != "intent"]
    carried_out = [(row["change_id"], row["action"]) for row in calls if row["outcome"] in ("done", "found")]
    assert set(answered) == asked
    assert len(carried_out) == len(set(carried_out))


def test_each_acked_command_was_done_or_answered(siege: Siege, ledger: Ledger) -> None:
    confirmed = {change.reason for change in ledger.confirmed}
    typed = siege.typed
    for user_id, channel_id in {(one.user_id, one.channel_id) for one in typed}:
        mine = [one for one in typed if (one.user_id, one.channel_id) == (user_id, channel_id)]
        answers = ledger.answers_to(user_id, channel_id)
        assert len(mine) == len(answers)
        for one, answer in zip(mine, answers, strict=True):
            told = ledger.told_of_restart(one.mark)
            assert told or answer["answered"] or one.mark in confirmed or not one.acked, one
            # Nobody can look for an ephemeral message: a death before Slack's answer to it says it once more.
            assert told <= 1 + siege.cut_short, one


def test_nothing_is_left_that_would_wake(ledger: Ledger) -> None:
    assert [row["key"] for row in ledger.rows("SELECT key FROM wakes")] == ["prune"]
    assert ledger.rows("SELECT * FROM requests WHERE state = 'received'") == []


def test_the_audit_log_tells_the_same_as_the_rows(ledger: Ledger) -> None:
    assert disagreements(ledger.database) == []
