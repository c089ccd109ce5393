"""What is typed of a schedule, and its plan."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.changes import Change, State
from bot.domain.consent import approval_of
from bot.domain.errors import NotPossible, UnknownName
from bot.domain.fingerprints import rules_moved
from bot.domain.people import Person
from bot.domain.plans import STAGE_CHECK, Check, Level, Plan, Side
from bot.domain.schedule_plans import plan_schedule, timetable_of
from bot.domain.schedules import Schedule, Typed, fire_key, in_one, typed_of
from bot.domain.stacks import ApprovalRule, Approved, Place, Stage
from bot.domain.timetables import Timetable
from bot.domain.windows import Window
from bot.domain.words import words

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ANA = Person("T0ACME", "U0ANA", "ana")
STAGE = Stage("shop", "prod", Place("us-east-1", "prod"), "shop-prod", "C0PROD")
TABLE = Timetable(
    "scale", "--tasks 2", "0 20 * * *", None, "UTC", times=(NOW + timedelta(hours=10), NOW + timedelta(hours=34))
)
TODAY = Plan("scale", Side("shop:1", "a"), Side("shop:1", "a"), "111122223333", (), ())
WORD = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S", "Zs")), max_size=12)


@given(verb=st.sampled_from(["scale", "deploy"]), asked=st.lists(WORD), given=st.tuples(WORD, WORD, WORD, WORD))
def test_what_was_typed_is_the_same_after_it_was_written_down(
    verb: str, asked: list[str], given: tuple[str, str, str, str]
) -> None:
    options = ("--cron", "--at", "--tz", "--grace")
    kept = in_one([one for one in asked if one.strip() not in options])
    written = str(Typed(verb, kept, *given))
    read = typed_of(written)
    assert str(read) == written
    assert (read.verb, words(read.asked)) == (verb, words(kept))


def test_nothing_typed_is_nothing_read() -> None:
    assert typed_of("") == Typed("", "")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (Typed("stop", "x", "0 20 * * *"), "There is: scale, deploy"),
        (Typed("deploy", "v42"), "It does not say when."),
        (Typed("scale", "--tasks 2 --emergency=now", "0 20 * * *"), "Leave --emergency out."),
        (Typed("deploy", "v42", " ", " "), "It does not say when."),
        (Typed("deploy", "v42", "0 20 * * *", "2026-12-01 09:00"), "by --cron and --at at once"),
        (Typed("deploy", "v42", "0 20 * *"), "4 fields"),
        (Typed("deploy", "v42", "0 20 * * *", tz="Mars"), "time zone"),
        (Typed("deploy", "v42", "", "2020-12-01 09:00"), "is over"),
        (Typed("deploy", "v42", "0 20 * * *", grace="3d"), "is no time to be late"),
    ],
)
def test_what_cannot_be_read_is_refused(typed: Typed, told: str) -> None:
    with pytest.raises((NotPossible, UnknownName)) as refused:
        timetable_of(typed, NOW)
    assert told in str(refused.value)


def test_what_can_be_read_is_a_timetable() -> None:
    table = timetable_of(Typed("scale", "--tasks 2", "0 20 * * 1-5", tz="europe/berlin", grace="1h"), NOW)
    assert table == Timetable("scale", "--tasks 2", "0 20 * * 1-5", None, "Europe/Berlin", timedelta(hours=1))


def test_a_plan_of_a_schedule_calls_nothing_and_rests_on_the_rules_alone() -> None:
    plan = plan_schedule(STAGE, TABLE, TODAY)
    assert (plan.steps, plan.schedule, plan.blocked) == ((), TABLE, False)
    assert rules_moved(plan.rests_on, STAGE) == ()
    assert rules_moved(plan.rests_on, replace(STAGE, service="other"))


def test_what_passes_by_itself_does_not_stand_in_the_way_and_all_else_does() -> None:
    bad = [Check(name, Level.BAD, "No.") for name in ("lock", STAGE_CHECK, "service")]
    plan = plan_schedule(STAGE, TABLE, replace(TODAY, checks=tuple(bad[:2])))
    assert [(check.level, check.sentence) for check in plan.checks] == [(Level.WARNING, "As of now: No.")] * 2
    assert plan_schedule(STAGE, TABLE, replace(TODAY, checks=tuple(bad))).blocked


def test_where_there_is_nothing_to_do_now_it_can_be_scheduled_all_the_same() -> None:
    plan = plan_schedule(STAGE, TABLE, None)
    assert "nothing to do" in plan.checks[0].sentence
    assert not plan.blocked


def test_a_time_in_a_closed_window_is_told_and_only_such_times_are_refused() -> None:
    mondays = Window(0, time(19), 0, time(21), "UTC", "mon 19:00 – mon 21:00 UTC")
    some = plan_schedule(replace(STAGE, closed=(mondays,)), TABLE, TODAY)
    assert not some.blocked
    assert "1 of 2 would not run" in some.checks[0].sentence
    every = plan_schedule(replace(STAGE, closed=(mondays,)), replace(TABLE, times=TABLE.times[:1]), TODAY)
    assert every.blocked


def test_a_tag_that_may_move_until_then_is_told_and_a_digest_is_not() -> None:
    digest = "sha256:" + "4f5e" * 16
    today = replace(TODAY, verb="deploy", after=Side("shop:new", "a", "v42", digest))
    by_tag = plan_schedule(STAGE, replace(TABLE, verb="deploy", asked="v42"), today)
    assert by_tag.checks[0].sentence.startswith("v42 is 4f5e4f5e4f5e now; what it stands at when its time comes")
    by_digest = plan_schedule(STAGE, replace(TABLE, verb="deploy", asked=digest), today)
    assert [check.name for check in by_digest.checks] == ["today"]


def test_a_time_that_comes_twice_is_told() -> None:
    at = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    table = Timetable("deploy", "v42", "", at, "Europe/Berlin", times=(at,))
    told = [check.sentence for check in plan_schedule(STAGE, table, TODAY).checks if check.name == "clock"]
    assert told == [
        "Clocks are set back then, so 02:30 comes twice: I take the first, 00:30 UTC. "
        "Choose another time if that is not meant."
    ]


def test_a_fire_is_known_by_the_time_on_the_wall() -> None:
    table = replace(TABLE, zone="Europe/Berlin")
    schedule = Schedule("5f1e0a", "shop", "prod", table, ANA, "", "C0PROD", NOW, NOW)
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert fire_key(schedule, first) == fire_key(schedule, second) == "sched:5f1e0a:2026-10-25T02:30"


@pytest.mark.parametrize("verb", ["scale", "deploy"])
@pytest.mark.parametrize("when", list(Approved))
@pytest.mark.parametrize("covered", [("scale",), ("deploy",)])
def test_a_schedule_is_approved_when_it_is_made_where_the_rule_says_so_and_covers_its_verb(
    verb: str, when: Approved, covered: tuple[str, ...]
) -> None:
    rule = ApprovalRule(covered, ("release",), 1, timedelta(minutes=30), when)
    stage = replace(STAGE, approval=rule)
    plan = plan_schedule(stage, replace(TABLE, verb=verb), None)
    change = Change(
        "1", "schedule", "shop", "prod", STAGE.place, "shop-prod", "C0PROD", State.PROPOSED, plan, ANA, "", "", NOW, NOW
    )
    wanted = verb in covered and when is Approved.CREATED
    assert approval_of(change, stage) == (rule if wanted else None)
    come = replace(change, verb=verb, plan=TODAY, scheduled="5f1e0a")
    assert approval_of(come, stage) == (rule if verb in covered else None)
