"""Boards of any size stay within Slack's limits and readable on a phone."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.board import Release, Tile
from bot.domain.changes import State
from bot.domain.ecs import Deployment, Service
from bot.domain.locks import Lock, Why
from bot.domain.people import Person
from bot.domain.plans import Side
from bot.domain.stacks import Place, Stage
from bot.domain.windows import Window
from bot.messages.home import A_PAGE, Health, HomePage, home_view
from bot.messages.kit import Message, cut, units
from bot.messages.refusals import said
from bot.messages.status import age, fitting, overview, packed, stack_lines, stack_status
from sandbox.slack.blocks import BLOCKS_LENGTH, block_problems, blocks_length
from sandbox.slack.views import checked_view

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
ANA = Person("T0ACME", "U0ANA", "ana")
HEALTH = Health("0.1.0", NOW, {"slack": None, "database": "disk full", "aws": None})
LONG = "<!channel>*`~" * 40


def tile(stack: str, name: str, running: int = 4, lock: Lock | None = None, closed: Window | None = None) -> Tile:
    arn = f"arn:aws:ecs:us-east-1:1:task-definition/{stack}:12"
    primary = Deployment("ecs-svc/1", "PRIMARY", arn, 4, 0, running, 0, NOW, "COMPLETED")
    service = Service("arn:a:b:c:1:service/main/x", stack, "arn", "ACTIVE", 4, running, 0, arn, (primary,))
    side = Side(f"{stack}:12", "shop:v43", "v43-ab12cd3")
    release = Release("c1", "deploy", State.SUCCEEDED, ANA, NOW - timedelta(hours=2), side, side)
    stage = Stage(stack, name, Place("us-east-1", "main"), stack, "C0")
    return Tile(stage, service, "", side, None, (release,), lock, closed)


def board(stacks: int, stages: int = 1, running: int = 4) -> list[Tile]:
    names = [f"stage{number}" for number in range(stages)]
    return [tile(f"application-{number:03}", name, running) for number in range(stacks) for name in names]


def check(message: Message) -> str:
    """Slack takes it; all of its words."""
    blocks = [dict(block) for block in message["blocks"]]
    assert block_problems(blocks) == []
    assert len(blocks) <= 50
    assert blocks_length(blocks) <= BLOCKS_LENGTH
    words = "\n".join(str(block.get("text", {}).get("text", "")) for block in blocks)
    assert units(words) < 12_000
    return words


@pytest.mark.parametrize(("stacks", "stages"), [(1, 1), (20, 3), (60, 1), (60, 3), (1, 60), (400, 1)])
def test_a_board_of_any_size_fits_into_one_message(stacks: int, stages: int) -> None:
    check(overview(board(stacks, stages), NOW))


@pytest.mark.parametrize(("stacks", "stages"), [(20, 3), (30, 2), (60, 1)])
def test_sixty_stages_are_all_there_a_line_each(stacks: int, stages: int) -> None:
    words = check(overview(board(stacks, stages), NOW))
    lines = [line for line in words.splitlines() if line.startswith("🟢")]
    assert len(lines) == 60
    shown = max(len(line.replace("`", "")) for line in lines)
    assert shown <= 48, "what a phone shows in a line"


@pytest.mark.parametrize("stages", [1, 20, 44, 120])
def test_a_stack_of_any_size_fits_into_one_message(stages: int) -> None:
    lock = Lock("l1", "shop", "", ANA, LONG, NOW, None, Why.HELD, "C0")
    tiles = [tile("shop", f"customer-{number:03}", running=1, lock=lock) for number in range(stages)]
    words = check(stack_status(tiles, NOW))
    shown = words.count("🟠 *customer")
    assert shown >= min(stages, 20)
    left = f"… and {stages - shown} more stages"
    assert (left in str(stack_status(tiles, NOW))) == (shown < stages)


def test_a_stack_of_very_many_stages_is_cut_between_its_lines() -> None:
    lines = stack_lines(board(1, 200), NOW).splitlines()
    assert all(line.endswith("ana 2h ago") for line in lines[1:-1])
    assert lines[-1] == f"… and {200 - len(lines) + 2} more"


def test_what_does_not_fit_is_counted_and_what_needs_a_look_stays() -> None:
    tiles = [*board(300), tile("zebra", "prod", running=1)]
    message = overview(tiles, NOW)
    words = check(message)
    assert "🟠 prod" in words
    left = 301 - words.count("\n🟢") - words.count("\n🟠")
    assert f"{left} more stacks did not fit" in str(message["blocks"])


@given(st.lists(st.tuples(st.text(max_size=3_000), st.booleans()), max_size=40, unique_by=lambda one: one[0]))
def test_fitting_keeps_the_order_and_leaves_quiet_ones_out_first(texts: list[tuple[str, bool]]) -> None:
    shown, left = fitting(texts)
    assert len(shown) + left == len(texts)
    assert sum(units(text) + 1 for text in shown) <= 9_500
    assert shown == [text for text, _ in texts if text in set(shown)]
    loud = [text for text, quiet in texts if not quiet]
    if sum(units(text) + 1 for text in loud) <= 9_500:
        assert set(loud) <= set(shown)


@given(st.lists(st.text(min_size=1, max_size=300), max_size=200))
def test_packed_loses_nothing(texts: list[str]) -> None:
    assert "".join("".join(packed(texts)).split()) == "".join("".join(texts).split())


@given(st.integers(0, 10_000_000))
def test_an_age_is_short(seconds: int) -> None:
    assert len(age(timedelta(seconds=seconds))) <= 8


def test_locks_and_closed_hours_stand_at_the_end_of_their_line_and_a_freeze_once_on_top() -> None:
    lock = Lock("l1", "shop", "prod", ANA, LONG, NOW, None, Why.HELD, "C0")
    freeze = Lock("l2", "", "", ANA, "holidays", NOW, None, Why.FREEZE, "C0")
    closed = Window(4, time(16), 0, time(8), "UTC", "Fri 16:00 - Mon 08:00 UTC")
    text = stack_lines([tile("shop", "prod", lock=lock), tile("shop", "dev", closed=closed)], NOW)
    assert [line.rpartition(" · ")[2] for line in text.splitlines()[1:3]] == ["🔒 ana", "🚪 closed"]
    words = check(overview([tile("shop", "prod", lock=freeze), tile("shop", "dev", lock=freeze)], NOW))
    assert words.count("🧊 frozen by ana") == 1
    assert "🔒" not in words


def test_words_of_others_stay_words() -> None:
    lock = Lock("l1", "shop", "prod", Person("T0ACME", "U0BAD", LONG), LONG, NOW, None, Why.HELD, "C0")
    for message in (
        overview([tile("shop", "prod", lock=lock)], NOW),
        stack_status([tile("shop", "prod", lock=lock)], NOW),
    ):
        assert "<!channel>" not in check(message)


def test_no_stacks_at_all_says_where_they_go() -> None:
    assert "tinystacks.yml" in check(overview([], NOW))


@pytest.mark.parametrize("stacks", [1, 2, 60, 150])
@pytest.mark.parametrize("page", [-3, 0, 1, 99])
def test_a_home_of_any_size_is_a_view_that_slack_takes(stacks: int, page: int) -> None:
    note = said("noted")
    view = home_view(HomePage(board(stacks, 2), HEALTH, page=page, note=note), NOW, ())
    checked_view(dict(view), "home")
    assert len(view["blocks"]) < 100
    assert "⚠️ database" in str(view["blocks"][-1])


def test_every_stack_is_on_one_page_of_the_home() -> None:
    tiles = board(60)
    found: list[str] = []
    for page in range(-(-60 // A_PAGE)):
        blocks = home_view(HomePage(tiles, HEALTH, page=page), NOW, ())["blocks"]
        found += [block["accessory"]["value"] for block in blocks if "accessory" in block]
    assert found == [f"application-{number:03}" for number in range(60)]


def test_a_stack_chosen_is_shown_alone() -> None:
    blocks = home_view(HomePage(board(60), HEALTH, chosen="application-007"), NOW, ())["blocks"]
    assert [block["accessory"]["value"] for block in blocks if "accessory" in block] == ["application-007"]


@given(st.text(max_size=200), st.integers(1, 120))
def test_a_text_is_cut_to_whatever_room_there_is(text: str, most: int) -> None:
    assert units(cut(text, most)) <= most
    assert cut(text, most) == text or cut(text, most).endswith(("…", ")"))
