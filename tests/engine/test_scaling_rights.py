"""No door into a scaling goes round what a typed one meets: Undo, --restore, the button of a way, a schedule's time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta

import pytest

from bot.domain.changes import State
from bot.domain.stacks import ApprovalRule, Limits
from bot.domain.windows import Window
from tests.engine.conftest import Build
from tests.engine.house import ANA, BO, CY, World, buttons, words_of
from tests.engine.scaling import counts, newest, registered, rule, scales, scales_itself, settles
from tests.engine.scheduled import UNTIL_EIGHT, fired, makes, stands, told
from tests.fakes.chat import Said

NIGHT = 'schedule scale shop staging --tasks 3 --cron "0 20 * * *"'
Door = Callable[[World], Said | None]


def is_now(world: World, **fields: object) -> None:
    """tinystacks.yml says this of the stage by now."""
    stack = world.house.config.stacks[0]
    stages = (replace(stack.stages[0], **fields), *stack.stages[1:])  # type: ignore[arg-type]
    object.__setattr__(world.house.config, "stacks", (replace(stack, stages=stages),))


def scaled(world: World) -> None:
    """2 → 4 tasks, done, before anything stood in the way."""
    scales(world, "4")
    settles(world)
    world.advances(30)


def undo(world: World) -> Said | None:
    with world.store.transaction() as tx:
        (done,) = tx.finished_changes("shop", "staging", 1)
    return world.clicks(world.card(done.id), "Undo")


def restore(world: World) -> Said | None:
    return world.types("scale shop staging --restore")


def way(world: World) -> Said | None:
    asked = world.types("scale shop staging 6")
    return world.clicks(asked, "Change bounds: min 6") if asked and "Change bounds: min 6" in buttons(asked) else asked


DOORS = {"Undo": undo, "--restore": restore, "a way": way}


@pytest.fixture(params=list(DOORS))
def door(request: pytest.FixtureRequest, world: World) -> Door:
    scaled(world)
    found: Door = DOORS[request.param]
    if found is way:
        scales_itself(world)
    return found


def test_it_asks_for_the_approval_that_the_rule_wants_and_not_of_who_pressed_it(world: World, door: Door) -> None:
    is_now(world, approval=rule())
    world.people.groups["S0REL"] = frozenset({ANA, CY})
    world.clicks(door(world), "Scale")
    world.runs()
    asked = newest(world)
    assert asked.state is State.AWAITING_APPROVAL
    assert "You asked for this change" in words_of(world.clicks(world.card(asked.id), "Approve", ANA))
    assert (counts(world), registered(world)) == ([4], [])
    world.clicks(world.card(asked.id), "Approve", CY)
    world.runs()
    assert newest(world).state is State.ROLLING_OUT


@pytest.mark.parametrize("held", ["a lock", "a freeze", "closed hours"])
def test_what_holds_the_stage_holds_it_before_the_preview_and_after(world: World, door: Door, held: str) -> None:
    preview = door(world)
    _hold(world, held)
    world.clicks(preview, "Scale")
    world.runs()
    assert "Scale" not in buttons(later) if (later := door(world)) else False
    assert (counts(world), registered(world)) == ([4], [])


def test_limits_hold_for_it(world: World, door: Door) -> None:
    is_now(world, limits=Limits(tasks=(3, 5)))
    assert "outside the limits of shop staging: 3 to 5 tasks" in words_of(door(world))


def test_who_may_not_scale_may_not_by_any_door(world: World, door: Door) -> None:
    is_now(world, may_change=("release",))
    assert "No rule lets you scale" in words_of(door(world))
    assert (counts(world), registered(world)) == ([4], [])


def _hold(world: World, held: str) -> None:
    if held == "closed hours":
        return is_now(world, closed=(Window(0, time(0), 6, time(23), "UTC", "all week"),))
    stack = world.house.config.stacks[0]
    stages = tuple(replace(one, admins=("developers",)) for one in stack.stages)
    object.__setattr__(world.house.config, "stacks", (replace(stack, stages=stages),))
    world.people.groups["S0DEV"] |= {BO}
    world.types("freeze incident" if held == "a freeze" else "lock shop staging incident", BO)
    return None


@pytest.mark.parametrize("held", ["a lock", "a freeze", "closed hours", "limits"])
def test_what_was_approved_as_a_schedule_is_held_when_its_time_comes(build: Build, held: str) -> None:
    world = build(approval=rule())
    world.types(f"{NIGHT} --yes")
    world.runs()
    world.clicks(world.card(), "Approve", CY)
    schedule = stands(world, world.change().id)
    if held == "limits":
        is_now(world, limits=Limits(tasks=(4, 9)))
    else:
        _hold(world, held)
    world.advances(UNTIL_EIGHT + 10)
    assert fired(world, schedule) == []
    assert counts(world) == []
    assert "Not run" in told(world)[0]


def test_who_made_a_schedule_approves_neither_it_nor_what_it_starts(build: Build) -> None:
    world = build(approval=rule())
    world.people.groups["S0REL"] = frozenset({ANA, CY})
    world.types(f"{NIGHT} --yes")
    world.runs()
    card = world.card()
    assert "You asked for this change" in words_of(world.clicks(card, "Approve", ANA))
    world.clicks(card, "Approve", CY)
    schedule = stands(world, world.change().id)
    is_now(world, approval=ApprovalRule(("scale",), ("release",), 2, timedelta(minutes=30)))
    world.advances(UNTIL_EIGHT + 10)
    (change,) = fired(world, schedule)
    assert change.state is State.AWAITING_APPROVAL
    assert "You asked for this change" in words_of(world.clicks(world.card(change.id), "Approve", ANA))
    assert "You approved it" in words_of(world.clicks(world.card(change.id), "Approve", CY))
    assert counts(world) == []


def test_two_schedules_of_one_minute_come_one_after_the_other(world: World) -> None:
    first = makes(world, NIGHT)
    world.advances(61)
    second = makes(world, NIGHT.replace("--tasks 3", "--tasks 5"))
    world.advances(UNTIL_EIGHT)
    settles(world)
    world.advances(60)
    settles(world)
    assert sorted(counts(world)) == [3, 5]
    assert [one.state for one in (*fired(world, first), *fired(world, second))] == [State.SUCCEEDED] * 2


def test_the_log_has_what_was_scheduled_fired_missed_refused_and_removed(world: World) -> None:
    schedule = makes(world, NIGHT)
    world.advances(UNTIL_EIGHT)
    settles(world)
    world.clock.advance(timedelta(days=1, hours=1))
    world.runs()
    world.types("lock shop staging incident", BO)
    world.people.groups["S0DEV"] = frozenset({BO})
    world.advances(23 * 3_600)
    world.types(f"schedule remove {schedule.short}", CY)
    world.types(f"schedule remove {schedule.short}", BO)
    done = world.done()
    for entry in (
        ("schedule", "proposed"),
        ("confirm", "succeeded"),
        ("fire", "approved"),
        ("aws:UpdateService", "done"),
    ):
        assert entry in done
    assert [outcome for action, outcome in done if action == "schedule"][-4:] == [
        "missed",
        "refused",
        "refused",
        "removed",
    ]
    assert {row.user_id for row in world.audit() if (row.action, row.outcome) == ("schedule", "removed")} == {BO}


def test_who_called_an_emergency_is_told_how_to_take_it_back(build: Build) -> None:
    """The button is for who may change the stage; the same right that started it ends it, with a reason of its own."""
    world = build(approval=rule(), emergency=("release",))
    world.types("scale shop staging 4 --yes --emergency the shop is down", CY)
    world.runs()
    settles(world)
    change = newest(world)
    told = words_of(world.clicks(world.card(change.id), "Undo", CY))
    typed = f"scale shop staging --restore={change.id} --emergency"
    assert f"/tinystacks {typed} REASON" in told
    world.types(f"{typed} it is up again --yes", CY)
    world.runs()
    assert counts(world) == [4, 2]
