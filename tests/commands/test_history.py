"""`history stack stage` as people use it."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.audit import Entry
from bot.domain.changes import Approval, Change, State
from bot.domain.people import Person
from bot.domain.stacks import ApprovalRule
from bot.engine.rows import Posting
from sandbox.slack.blocks import block_problems
from tests.adapters.samples import sample_change
from tests.engine.house import ANA, World, buttons, words_of
from tests.fakes.chat import Said

BO, CY = Person("T0ACME", "U0BO", "bo"), Person("T0ACME", "U0CY", "cy")
RULE = ApprovalRule(("deploy",), ("release",), 1, timedelta(minutes=30))


def past(world: World, number: int, **changed: Any) -> Change:
    """A change of shop / prod, the more minutes ago the lower its number."""
    at = world.clock.now() - timedelta(minutes=500 - number)
    base: dict[str, Any] = {"state": State.SUCCEEDED, "created_at": at, "started_at": at, "reason": f"number {number}."}
    change = sample_change(f"c{number}", **base | {"finished_at": at + timedelta(seconds=252)} | changed)
    with world.store.transaction() as tx:
        tx.insert_change(change)
    return change


def entries(said: Said | None) -> list[str]:
    """The changes of a page."""
    assert said is not None
    assert block_problems([dict(block) for block in said.blocks]) == []
    return [block["text"]["text"] for block in said.blocks if block["type"] == "section"][1:]


def numbers(said: Said | None) -> list[int]:
    return [int(text.split("number ")[1].split(".")[0]) for text in entries(said)]


def test_a_change_tells_its_outcome_who_how_long_and_from_what_to_what(world: World) -> None:
    past(world, 1, approvals=tuple(Approval(who, world.clock.now(), "release (S0REL)") for who in (BO, CY)))
    [text] = entries(world.types("history shop prod"))
    assert text.startswith("✅ *deploy* `shop:v42` → `v43` · succeeded\n4m 12s · by ana, <!date^")
    assert "approved by bo and cy · “number 1.”" in text


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"state": State.FAILED}, "❌"),
        ({"state": State.DENIED, "started_at": None, "decided_by": BO, "decided_why": "not <!here>"}, "⚪"),
        ({"state": State.DENIED, "started_at": None, "decided_by": BO, "decided_why": "late"}, "denied by bo: “late”"),
        ({"state": State.EXPIRED, "started_at": None, "approval": RULE}, "expired"),
        ({"state": State.ROLLING_OUT, "finished_at": None}, "8h 19m so far"),
        ({"state": State.ROLLED_BACK}, "↩️"),
        ({"emergency": "the shop is *down*"}, "🚨 emergency: “the shop is ∗down∗”"),
    ],
)
def test_each_outcome_has_its_words(world: World, changed: dict[str, Any], told: str) -> None:
    past(world, 1, **changed)
    [text] = entries(world.types("history shop prod"))
    assert told in text
    assert "<!here>" not in text


def test_previews_that_nobody_confirmed_are_no_history(world: World) -> None:
    past(world, 1, state=State.PROPOSED, started_at=None, finished_at=None)
    past(world, 2, state=State.CANCELLED, started_at=None)
    past(world, 3, state=State.EXPIRED, started_at=None)
    past(world, 4, state=State.CANCELLED, started_at=None, queued_at=world.clock.now())
    past(world, 5, state=State.CANCELLED, started_at=None, approval=RULE)
    past(world, 6, stage="staging")
    assert numbers(world.types("history shop prod")) == [5, 4]


def test_a_stage_without_changes_says_how_to_make_one(world: World) -> None:
    said = words_of(world.types("history shop prod"))
    assert "Nothing was changed on shop / prod" in said
    assert "/tinystacks deploy shop prod" in said


def test_pages_turn_in_place_and_back(world: World) -> None:
    for number in range(20):
        past(world, number)
    page = world.types("history shop prod")
    assert page is not None
    assert numbers(page) == list(range(19, 11, -1))
    assert world.clicks(page, "Older") is page
    assert numbers(page) == list(range(11, 3, -1))
    assert numbers(world.clicks(page, "Older")) == [3, 2, 1, 0]
    assert list(buttons(page)) == ["Newer"]
    past(world, 30)
    assert numbers(world.clicks(page, "Newer")) == list(range(11, 3, -1))
    assert numbers(world.clicks(page, "Newer")) == list(range(19, 11, -1))
    assert numbers(world.clicks(page, "Newer")) == [30, *range(19, 12, -1)]


def test_changes_of_one_moment_are_each_shown_once(world: World) -> None:
    at = world.clock.now()
    for number in range(20):
        past(world, number, created_at=at)
    page = world.types("history shop prod")
    seen = numbers(page) + numbers(world.clicks(page, "Older")) + numbers(world.clicks(page, "Older"))
    assert sorted(seen) == list(range(20))


def test_a_stage_that_left_the_config_keeps_its_history(world: World) -> None:
    past(world, 1, stack="legacy", stage="live")
    assert numbers(world.types("history legacy live")) == [1]
    assert "I know no stack" in words_of(world.types("history legacy other"))


def test_a_lock_after_a_roll_back_and_the_card_are_shown(world: World) -> None:
    past(world, 1, verb="rollback")
    past(world, 2)
    now = world.clock.now()
    ts = world.chat.post_message("C0PROD", {"text": "card"}, thread_ts=None, message_id="card:c1")
    with world.store.transaction() as tx:
        tx.append_audit(Entry(now, "", "", "tinystacks", "lock", "locked", "shop", "prod", change_id="c1"))
        tx.put_posting(Posting("card:c1", "C0PROD", {"text": "card"}, 1, ts=ts, sent_version=1))
    later, earlier = entries(world.types("history shop prod"))
    assert (
        f"🔒 locked afterwards · “number 1.” · <https://acme.slack.com/archives/C0PROD/p{ts.replace('.', '')}|card>"
        in (earlier)
    )
    assert "🔒" not in later
    assert "|card>" not in later


def test_a_deploy_that_was_made_here_is_in_it(world: World) -> None:
    world.deploys()
    [text] = entries(world.types("history shop staging", ANA))
    assert text.startswith("🔵 *deploy* `v41` → `v42` · rolling out\n0s so far · by ana, ")
    assert "|card>" in text
