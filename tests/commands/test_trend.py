"""How a stage's deploys go, in `history` and `status`, and as a picture."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bot.domain.changes import State
from bot.domain.errors import NotPossible
from bot.domain.trends import WEEKS, first_week
from bot.engine.trends import trend_of_stage
from tests.adapters.samples import sample_change
from tests.engine.house import BO, World, buttons, words_of

DIRECT = "D0ANA"


def past(world: World, number: int, age: timedelta, **changed: Any) -> None:
    """A deploy of shop / prod that was over that long ago and had taken 4 minutes and `number` seconds."""
    end = world.clock.now() - age
    base: dict[str, Any] = {"state": State.SUCCEEDED, "started_at": end - timedelta(seconds=240 + number)}
    change = sample_change(
        f"c{number}", **base | {"created_at": end - timedelta(hours=1), "finished_at": end} | changed
    )
    with world.store.transaction() as tx:
        tx.insert_change(change)


def some_past(world: World) -> None:
    """Ten deploys, one each four days, the third of which failed."""
    for number in range(10):
        past(world, number, timedelta(days=4 * (9 - number)), state=State.FAILED if number == 2 else State.SUCCEEDED)


def test_history_and_status_tell_how_deploys_go(world: World) -> None:
    some_past(world)
    told = "10 in 8 weeks · took"
    assert told in words_of(world.types("history shop prod"))
    assert "median 4m 5s, last 4m 9s" in words_of(world.types("history shop prod"))
    assert told in words_of(world.types("status shop prod"))
    assert "a week" not in words_of(world.types("status shop staging"))


def test_only_deploys_of_the_stage_that_came_to_an_end_count(world: World) -> None:
    past(world, 1, timedelta(days=1))
    past(world, 2, timedelta(days=1), verb="rollback")
    past(world, 3, timedelta(days=1), stage="staging")
    past(world, 4, timedelta(days=1), state=State.DENIED, started_at=None)
    past(world, 5, timedelta(days=1), state=State.EXPIRED, started_at=None)
    past(world, 6, timedelta(days=1), state=State.ROLLED_BACK)
    past(world, 7, timedelta(days=1), state=State.SUPERSEDED)
    past(world, 8, timedelta(weeks=9))
    trend = trend_of_stage(world.house.ports, "shop", "prod")
    counted = [(week.succeeded, week.failed, week.others) for week in trend.weeks if week.total]
    assert counted == [(1, 1, 1)]
    assert [span.total_seconds() for span in trend.lasted] == [248, 241]


def test_the_newest_twenty_successes_tell_how_long_it_takes(world: World) -> None:
    for number in range(25):
        past(world, number, timedelta(days=70 - number))
    lasted = trend_of_stage(world.house.ports, "shop", "prod").lasted
    assert [span.total_seconds() - 240 for span in lasted] == list(range(5, 25))


def test_the_picture_comes_in_a_direct_message_and_history_comes_back(world: World) -> None:
    some_past(world)
    page = world.types("history shop prod")
    before = words_of(page)
    sent = world.clicks(page, "Picture")
    assert "sent you a picture in a direct message" in words_of(sent)
    [said] = world.chat.channels[DIRECT]
    assert said.file is not None
    assert said.file[0] == f"history-shop-prod-{world.clock.now():%Y-%m-%d}.png"
    assert Image.open(BytesIO(said.file[1])).size == (800, 400)
    assert said.text.startswith("Deploys of shop / prod: deploys a week ")
    assert words_of(world.clicks(sent, "Back")) == before


def test_pages_further_back_have_neither_line_nor_picture(world: World) -> None:
    some_past(world)
    page = world.clicks(world.types("history shop prod"), "Older")
    assert "a week" not in words_of(page)
    assert page is not None
    assert "Picture" not in buttons(page)


@pytest.mark.parametrize(("verb", "age"), [("rollback", timedelta(days=1)), ("deploy", timedelta(weeks=20))])
def test_without_anything_to_draw_there_is_no_picture_to_ask_for(world: World, verb: str, age: timedelta) -> None:
    past(world, 1, age, verb=verb)
    page = world.types("history shop prod")
    assert page is not None
    assert "Picture" not in buttons(page)


def test_a_picture_of_which_nothing_is_left_to_draw_says_so(world: World) -> None:
    midnight = first_week(world.clock.now()) + timedelta(weeks=WEEKS)
    world.clock.advance(midnight - timedelta(minutes=1) - world.clock.now())
    past(world, 1, timedelta(weeks=WEEKS) - timedelta(minutes=2))
    page = world.types("history shop prod")
    world.clock.advance(timedelta(minutes=2))
    assert "no deploys of shop / prod" in words_of(world.clicks(page, "Picture"))
    assert DIRECT not in world.chat.channels


def test_slack_taking_no_file_is_said_with_another_way(world: World) -> None:
    some_past(world)
    refused = NotPossible("The Slack app lacks the scope files:write. (Slack: missing_scope)", "Add files:write.")
    world.chat.failures.add("send_file", refused)
    said = words_of(world.clicks(world.types("history shop prod"), "Picture"))
    assert "lacks the scope files:write" in said
    assert "/tinystacks history shop prod" in said


def test_somebody_else_sends_the_picture_to_themselves(world: World) -> None:
    some_past(world)
    world.clicks(world.types("history shop prod", BO), "Picture", BO)
    assert [name for name in world.chat.channels if name.startswith("D")] == ["D0BO"]
