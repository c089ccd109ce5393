"""`schedule`: what is typed, what the form asks for, the list, and who may remove what."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.changes import State
from bot.domain.schedules import Typed
from bot.domain.stacks import ApprovalRule, Approved
from bot.engine.schedule_planning import MOST
from tests.commands.test_forms import element, errors, form, opened, sent
from tests.engine.conftest import Build
from tests.engine.house import ANA, BO, CY, World, buttons, words_of
from tests.engine.scheduled import NIGHTLY, makes, stands

RULE = ApprovalRule(("deploy",), ("release",), 1, timedelta(minutes=30))
FORM = {"stage": "shop/staging", "what": "deploy", "wish": "v42", "cron": "0 20 * * mon-fri"}
WRONG: tuple[tuple[Mapping[str, str], str, str], ...] = (
    ({"stage": ""}, "stage", "Choose a stage."),
    ({"what": ""}, "what", "Choose what is to be done."),
    ({"cron": ""}, "at", "Say when"),
    ({"at": "2026-12-01 09:00"}, "at", "not both"),
    ({"cron": "0 20 * *"}, "cron", "4 fields"),
    ({"cron": "", "at": "2020-12-01 09:00"}, "at", "is over"),
    ({"tz": "Berlin"}, "tz", "Did you mean Europe/Berlin"),
    ({"cron": "", "at": "2026-12-01 09:00", "tz": "Mars"}, "tz", "no time zone"),
    ({"grace": "3d"}, "grace", "at most 24h"),
)


def change_of(world: World) -> str:
    """`verb words, when` of the newest schedule that was asked for."""
    return world.change().plan.after.image


@pytest.mark.parametrize(
    "words",
    [
        'schedule deploy shop staging v42 --cron "0 20 * * mon-fri" --tz Europe/Berlin',
        "schedule add deploy shop staging v42 --cron 0 20 * * mon-fri --tz europe/berlin",
        "SCHEDULE Deploy SHOP Staging --cron “0 20 * * MON-FRI” --tz Europe/Berlin v42",
        "schedule --cron 0 20 * * 1-5 --tz Europe/Berlin deploy shop staging v42",
        "schedule deploy shop staging v42 —cron 0 20 * * 1-5 —tz Europe/Berlin",
    ],
)
def test_it_is_read_however_a_person_types_it(world: World, words: str) -> None:
    shown = words_of(world.types(words))
    assert change_of(world) == "deploy v42, weekdays at 20:00 Europe/Berlin"
    assert "next: Mon 23 Nov 20:00 (19:00 UTC) · Tue 24 Nov 20:00 (19:00 UTC)" in shown


def test_in_the_stages_history_it_was_scheduled_whatever_comes_of_it(world: World) -> None:
    makes(world)
    assert "· scheduled\n" in words_of(world.types("history shop staging"))
    with world.store.transaction() as tx:
        (made,) = tx.schedules("shop", "staging")
    world.types(f"schedule remove {made.short}")
    told = words_of(world.types("audit shop staging", CY))
    assert "asked to schedule · shop / staging · proposed" in told
    assert "took a schedule away · shop / staging · removed" in told


def test_options_of_the_scheduled_verb_are_left_to_it(world: World) -> None:
    shown = words_of(world.types("schedule scale shop staging --tasks 6 --cron 0 7 * * 1-5"))
    assert "`scale --tasks 6`" in shown
    assert "“six”" in words_of(world.types("schedule scale shop staging six --cron 0 7 * * 1-5"))
    assert "It does not say how many." in words_of(world.types("schedule scale shop staging --cron 0 7 * * 1-5"))
    for skips in ("--yes", "--emergency now"):
        world.types(f"schedule deploy shop staging v42 {skips} --cron 0 7 * * *")
        with world.store.transaction() as tx:
            assert all(one.plan.schedule is None or "yes" not in one.asked for one in tx.waiting_changes())
    for what in ("deploy shop staging v42", "scale shop staging 3"):
        said = words_of(world.types(f"schedule {what} --emergency now --cron 0 7 * * *"))
        assert "skips no approval and no lock" in said


def test_scaling_to_what_runs_now_can_be_scheduled(world: World) -> None:
    shown = words_of(world.types("schedule scale shop staging --tasks 2 --cron 0 20 * * *"))
    assert "As things stand now there would be nothing to do." in shown


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("deploy shop staging v42", "It does not say when."),
        ("deploy shop staging nope!! --cron 0 20 * * *", "is not an image"),
        ("deploy shop staging v99 --cron 0 20 * * *", "no image"),
        ("deploy shop stagin v42 --cron 0 20 * * *", "Did you mean staging"),
        ("stop shop staging x --cron 0 20 * * *", "There is: scale, deploy"),
        ("deploy shop staging v42 --cron @daily", "not “@daily”"),
        ("deploy shop staging v42 --at 2026-11-23 09:00", "is over"),
        ("deploy shop staging v42 --at 2026-12-01 09:00 --tz Berlin", "Did you mean Europe/Berlin"),
        ("remove nobody", "I know no schedule “nobody”"),
        ("remove", "It does not say which schedule"),
        ("list shp", "Did you mean shop"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_stores_nothing(world: World, words: str, told: str) -> None:
    assert told in words_of(world.types(f"schedule {words}"))
    with world.store.transaction() as tx:
        assert tx.waiting_changes() == ()


def test_who_may_not_change_the_stage_schedules_nothing_there(world: World) -> None:
    assert "No rule lets you schedule shop staging" in words_of(world.types(NIGHTLY, CY))


def test_one_with_a_preview_is_confirmed_cancelled_or_expires(world: World) -> None:
    assert list(buttons(shown)) == ["Schedule", "Cancel"] if (shown := world.types(NIGHTLY)) else False
    assert "Scheduled. Its card is in" in words_of(world.clicks(shown, "Schedule"))
    assert world.change().state is State.SUCCEEDED
    world.clicks(world.types(NIGHTLY), "Cancel")
    assert world.change().state is State.CANCELLED
    assert words_of(world.types("schedule list")).count("Remove") == 1


def test_several_schedules_may_wait_for_approval_but_not_the_same_twice(build: Build) -> None:
    world = build(approval=RULE)
    morning = NIGHTLY.replace("0 20", "0 7")
    assert "Asked for approval" in words_of(world.types(f"{NIGHTLY} --yes"))
    assert "Asked for approval" in words_of(world.types(f"{morning} --yes"))
    assert "waits for approval already" in words_of(world.types(f"{NIGHTLY} --yes"))


def test_an_only_time_that_passed_before_the_yes_is_not_scheduled(build: Build) -> None:
    world = build(approval=RULE)
    world.types("schedule deploy shop staging v42 --at 2026-11-23 10:05 --grace 5m --yes")
    world.runs()
    world.clock.advance(timedelta(minutes=11))
    assert "Nothing was scheduled" in words_of(world.clicks(world.card(), "Approve", CY))
    assert world.change().state is State.OUTDATED
    world.advances(5)
    assert "Ask again" in buttons(world.card())


def test_what_is_approved_within_its_grace_comes_at_once(build: Build) -> None:
    world = build(approval=RULE)
    world.types("schedule deploy shop staging v42 --at 2026-11-23 10:05 --grace 5m --yes")
    world.runs()
    world.clock.advance(timedelta(minutes=9))
    assert "Scheduled" in words_of(world.clicks(world.card(), "Approve", CY))
    world.advances(5)
    assert len(world.calls("UpdateService")) == 1


def test_a_lock_keeps_nobody_from_scheduling_and_is_told(world: World) -> None:
    world.people.groups["S0DEV"] |= {BO}
    world.types("lock shop staging incident", BO)
    assert "⚠️ *lock* As of now: bo has locked shop staging" in words_of(world.types(NIGHTLY))
    assert makes(world).next_at is not None


def test_a_schedule_is_no_release_of_its_stage(world: World) -> None:
    makes(world)
    with world.store.transaction() as tx:
        assert tx.releases("shop", "staging", 5) == ()
        assert tx.finished_changes("shop", "staging", 5) == ()


def test_an_expired_request_is_asked_for_again_with_the_same_words(build: Build) -> None:
    world = build(approval=RULE)
    world.types('schedule deploy shop staging v42 --cron "0 20 * * *" --tz Europe/Berlin --grace 1h --yes')
    world.advances(1_805)
    first = world.change()
    again = world.clicks(world.card(), "Ask again")
    assert "every day at 20:00 Europe/Berlin" in words_of(again)
    with world.store.transaction() as tx:
        (second,) = tx.waiting_changes()
    assert (second.asked, second.plan.after) == (first.asked, first.plan.after)
    assert second.plan.schedule is not None
    assert second.plan.schedule.grace == timedelta(hours=1)


def test_rules_that_moved_since_the_preview_are_told(build: Build) -> None:
    world = build(approval=RULE)
    shown = world.types(NIGHTLY)
    stack = world.house.config.stacks[0]
    due = replace(stack.stages[0], approval=replace(RULE, schedules=Approved.DUE))
    object.__setattr__(world.house.config, "stacks", (replace(stack, stages=(due, *stack.stages[1:])),))
    said = words_of(world.clicks(shown, "Schedule"))
    assert "has changed this stage since the preview (approval)" in said
    assert '/tinystacks schedule deploy shop staging v42 --cron "0 20' in said


def test_the_list_shows_what_comes_first_by_place(world: World) -> None:
    world.people.groups["S0REL"] = frozenset({ANA})
    late = makes(world)
    makes(world, "schedule deploy shop prod v42 --at 2026-11-23 12:00 --tz Europe/Berlin --reason big day")
    everything = words_of(world.types("schedule list", BO))
    assert everything.index("shop → prod") < everything.index("shop → staging")
    assert "big day" in everything
    assert f"by ana, `{late.short}`" in everything
    assert "prod" not in words_of(world.types("schedule list shop staging"))
    assert "Nothing is scheduled for web" not in words_of(world.types("schedule list shop"))


def test_a_long_list_is_cut_and_says_so(world: World) -> None:
    for hour in range(17):
        makes(world, NIGHTLY.replace("0 20", f"0 {hour}"))
    assert "… and 5 more" in words_of(world.types("schedule list"))


def test_a_stage_has_only_so_many(world: World) -> None:
    schedule = makes(world)
    with world.store.transaction() as tx:
        for number in range(MOST - 1):
            tx.insert_schedule(replace(schedule, id=f"more-{number}"))
    assert f"has {MOST} schedules already" in words_of(world.types(NIGHTLY))
    world.types("schedule remove more-1")
    assert makes(world).next_at is not None


def test_it_is_removed_by_its_id_or_its_beginning_by_whoever_may_change_the_stage(world: World) -> None:
    schedule = makes(world)
    assert "No rule lets you schedule" in words_of(world.types(f"schedule remove {schedule.short}", CY))
    assert stands(world, schedule.id).next_at is not None
    world.people.groups["S0DEV"] |= {BO}
    assert "Removed" in words_of(world.types(f"schedule rm {schedule.short}", BO))
    assert "has been removed already" in words_of(world.types(f"schedule remove {schedule.id}"))
    assert ("schedule", "removed") in world.done()


def test_an_id_that_several_begin_with_is_asked_about(world: World) -> None:
    makes(world)
    makes(world, NIGHTLY.replace("20", "21"))
    assert "Several schedules begin with “0000”" in words_of(world.types("schedule remove 0000"))
    assert "I know no schedule" in words_of(world.types("schedule remove 000"))


def test_where_the_stage_is_configured_no_more_its_creator_removes_it(world: World) -> None:
    schedule = makes(world)
    stack = world.house.config.stacks[0]
    object.__setattr__(world.house.config, "stacks", (replace(stack, stages=stack.stages[1:]),))
    assert "Only ana, who made this schedule" in words_of(world.types(f"schedule remove {schedule.short}", BO))
    assert "Removed" in words_of(world.types(f"schedule remove {schedule.short}"))


def test_a_removed_one_never_comes(world: World) -> None:
    schedule = makes(world)
    world.types(f"schedule remove {schedule.short}")
    world.clock.advance(timedelta(days=2))
    world.runs()
    assert stands(world, schedule.id).last_key == ""
    assert world.wakes.errors == []


def test_its_button_in_the_list_leaves_the_list_standing(world: World) -> None:
    makes(world)
    shown = world.types("schedule list")
    answer = world.clicks(shown, "Remove")
    assert "Removed" in words_of(answer)
    assert shown is not answer


def test_the_home_and_the_stages_status_show_what_comes_next(world: World) -> None:
    for hour in range(6):
        makes(world, NIGHTLY.replace("0 20", f"0 {hour}"))
    told = words_of(world.types("status shop staging"))
    assert "🗓️ next schedule: `deploy v42` Tue 24 Nov 00:00 UTC, and 5 more" in told
    world.types("home")
    home = str(world.chat.homes[ANA])
    assert home.count("🗓️") == 5
    assert "Coming up" in home
    assert "schedule list" in home


def test_without_its_parts_it_opens_a_form_with_what_was_understood(world: World) -> None:
    view = opened(world, 'schedule deploy --cron "0 20 * * *" --tz UTC --reason why')
    assert element(view, "what")["initial_option"]["value"] == "deploy"
    assert element(view, "cron")["initial_value"] == "0 20 * * *"
    assert element(view, "reason")["initial_value"] == "why"
    opened(world, "schedule deploy shop")
    assert "For example" in words_of(world.types("schedule", trigger_id=""))


def test_a_form_sent_off_is_what_could_have_been_typed(world: World) -> None:
    opened(world, "schedule")
    request = sent(world, "schedule", **FORM, tz="Europe/Berlin", grace="1h", reason="save money")
    assert errors(world, request) == {}
    assert "save money" in words_of(world.does(request))
    with world.store.transaction() as tx:
        (change,) = tx.waiting_changes()
    assert change.asked == str(Typed("deploy", "v42", "0 20 * * mon-fri", "", "Europe/Berlin", "1h"))


@pytest.mark.parametrize(("filled", "field", "told"), WRONG)
def test_what_is_wrong_in_a_form_is_said_at_its_field(
    world: World, filled: Mapping[str, str], field: str, told: str
) -> None:
    opened(world, "schedule")
    empty = dict.fromkeys(("at", "tz", "grace", "reason"), "")
    found = errors(world, sent(world, "schedule", **{**empty, **FORM, **filled}))
    assert list(found) == [field]
    assert told in found[field]
    assert form(world)["callback_id"] == "schedule"
