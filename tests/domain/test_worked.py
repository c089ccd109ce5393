"""Which revision worked last: what was left, failed or replaced is never gone back to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.changes import Change, State
from bot.domain.ecs import ServiceDeployment, ServiceRevision
from bot.domain.plans import Side
from bot.domain.worked import Source, Worked, brought, last_worked, last_worked_in_ecs, left_behind, newest, worked_at
from tests.adapters.samples import NOON, PLAN, sample_change

PREFIX = "arn:aws:ecs:eu-west-1:111122223333:task-definition/"
BAD = (State.FAILED, State.ROLLED_BACK, State.SUPERSEDED)


def arn(number: int) -> str:
    return f"{PREFIX}shop:{number}"


def ended(minute: float, verb: str, before: int, after: int, state: State = State.SUCCEEDED, good: int = 0) -> Change:
    """A change that ended then; `good`: what had completed when it was planned (0: nothing had)."""
    plan = replace(
        PLAN,
        verb=verb,
        before=Side(f"shop:{before}", "shop:x"),
        previous_task_definition_arn=arn(good or before),
        previous_completed=bool(good),
    )
    at = NOON + timedelta(minutes=minute)
    times = {"created_at": at - timedelta(seconds=30), "updated_at": at, "finished_at": at}
    return sample_change(f"c{minute}", verb=verb, state=state, plan=plan, registered_arn=arn(after), **times)


def goes_to(current: int, *changes: Change) -> str | None:
    """`shop:N`; the changes are given oldest first."""
    found = last_worked(list(reversed(changes)), arn(current))
    return found.arn.removeprefix(PREFIX) if found else None


def test_the_revision_before_a_good_deploy_is_gone_back_to() -> None:
    assert goes_to(43, ended(1, "deploy", 41, 42, good=41), ended(2, "deploy", 42, 43, good=42)) == "shop:42"


def test_revisions_that_never_worked_are_passed_over() -> None:
    bad = [ended(minute, "deploy", 42, 42 + minute, state, good=42) for minute, state in enumerate(BAD, start=2)]
    assert goes_to(46, ended(1, "deploy", 41, 42), *bad, ended(9, "deploy", 42, 46, good=42)) == "shop:42"


def test_a_revision_that_runs_and_failed_is_left_for_the_one_before() -> None:
    assert goes_to(43, ended(1, "deploy", 41, 42), ended(2, "deploy", 42, 43, State.FAILED, good=42)) == "shop:42"


def test_what_was_rolled_back_from_is_not_gone_back_to() -> None:
    deploys = [ended(number, "deploy", 40 + number, 41 + number, good=40 + number) for number in (1, 2)]
    assert goes_to(42, *deploys, ended(3, "rollback", 43, 42, good=43)) == "shop:41"


def test_a_revision_that_was_left_counts_again_once_it_was_deployed_again_with_success() -> None:
    past = [ended(1, "deploy", 41, 42, good=41), ended(2, "rollback", 42, 41, good=42)]
    again = [ended(3, "rollback", 41, 42, good=41), ended(4, "deploy", 42, 43, good=42)]
    assert goes_to(43, *past, ended(4, "deploy", 41, 43, good=41)) == "shop:41"
    assert goes_to(43, *past, *again) == "shop:42"


def test_a_roll_back_that_failed_leaves_nothing_behind() -> None:
    deploys = [ended(1, "deploy", 41, 42), ended(2, "deploy", 42, 43)]
    assert goes_to(44, *deploys, ended(3, "rollback", 43, 42, State.FAILED), ended(4, "deploy", 43, 44)) == "shop:43"


def test_what_somebody_else_deployed_and_completed_is_known_from_the_next_plan() -> None:
    assert goes_to(45, ended(1, "deploy", 42, 43), ended(9, "deploy", 44, 45, good=44)) == "shop:44"


def test_what_ran_before_and_never_completed_is_no_way_back() -> None:
    assert goes_to(45, ended(1, "deploy", 42, 43), ended(9, "deploy", 44, 45, good=0)) == "shop:43"


def test_another_accounts_revisions_are_no_way_back() -> None:
    moved = replace(ended(1, "deploy", 41, 42), registered_arn=arn(42).replace("111122223333", "444455556666"))
    assert goes_to(43, ended(0, "deploy", 40, 41), moved, ended(2, "deploy", 42, 43)) == "shop:41"


def test_without_a_record_nothing_is_known() -> None:
    assert goes_to(43) is None
    assert goes_to(43, ended(1, "deploy", 42, 43)) is None


def test_it_is_known_whether_what_runs_came_by_us() -> None:
    history = [ended(2, "deploy", 42, 43, State.FAILED), ended(1, "deploy", 41, 42)]
    assert brought(history, arn(42))
    assert not brought(history, arn(43))
    assert not brought([], arn(43))


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Change], int]:
    """A stage's life as our record has it, oldest first, and what runs at its end."""
    current, top, changes = 1, 1, []
    for minute in range(1, draw(st.integers(1, 14)) + 1):
        foreign, verb = draw(st.booleans()), draw(st.sampled_from(("deploy", "deploy", "rollback")))
        if foreign:
            top += 1
            current = top
        state = draw(st.sampled_from((State.SUCCEEDED, State.SUCCEEDED, *BAD)))
        after = draw(st.integers(1, top)) if verb == "rollback" else top + 1
        top = max(top, after)
        good = draw(st.sampled_from((0, current)))
        changes.append(ended(minute, verb, current, after, state, good))
        current = after if state in (State.SUCCEEDED, State.FAILED) else current
    return changes, current


def qualified(changes: Sequence[Change], current: int) -> list[tuple[float, str]]:
    """(When, what) of all that was shown to work and not left since: by the rule's words, not by walking back."""
    shown: list[tuple[float, str]] = []
    left: list[tuple[float, str]] = []
    for number, change in enumerate(changes):
        plan = change.plan
        if change.state is State.SUCCEEDED:
            shown.append((number + 0.9, change.registered_arn))
            left += [(number + 0.8, PREFIX + plan.before.revision)] if change.verb == "rollback" else []
        shown += [(number + 0.1, plan.previous_task_definition_arn)] if plan.previous_completed else []
    since = {name: max(at for at, one in left if one == name) for _, name in left}
    return [(at, name) for at, name in shown if name != arn(current) and at > since.get(name, -1)]


@settings(deadline=None)
@given(lives())
def test_it_is_always_the_newest_that_worked_and_was_not_left_since(life: tuple[list[Change], int]) -> None:
    changes, current = life
    found = last_worked(changes[::-1], arn(current))
    candidates = qualified(changes, current)
    assert (found.arn if found else None) == (max(candidates)[1] if candidates else None)


@settings(deadline=None)
@given(lives())
def test_going_back_again_and_again_never_returns_to_what_was_left(life: tuple[list[Change], int]) -> None:
    changes, current = life
    seen = [arn(current)]
    for minute in range(100, 130):
        found = last_worked(changes[::-1], seen[-1])
        if found is None:
            return
        assert found.arn not in seen
        before, after = (int(one.rpartition(":")[2]) for one in (seen[-1], found.arn))
        changes = [*changes, ended(minute, "rollback", before, after, good=before)]
        seen.append(found.arn)
    raise AssertionError("it never ends")


def deployments(*past: tuple[int, str]) -> tuple[list[ServiceDeployment], dict[str, ServiceRevision]]:
    """ECS's record of (revision, status), given oldest first."""
    made = [
        ServiceDeployment(f"d{n}", status, NOON + timedelta(minutes=n), target_revision_arn=f"r{n}")
        for n, (_, status) in enumerate(past)
    ]
    revisions = {f"r{n}": ServiceRevision(f"r{n}", arn(number)) for n, (number, _) in enumerate(past)}
    return made[::-1], revisions


def by_ecs(current: int, *past: tuple[int, str]) -> str | None:
    found = last_worked_in_ecs(*deployments(*past), arn(current), {})
    return found.arn.removeprefix(PREFIX) if found else None


OK = "SUCCESSFUL"


def test_ecs_knows_what_it_brought_with_success() -> None:
    assert by_ecs(43, (41, OK), (42, OK), (43, OK)) == "shop:42"
    assert by_ecs(44, (41, OK), (42, "ROLLBACK_SUCCESSFUL"), (43, "STOPPED"), (44, "IN_PROGRESS")) == "shop:41"
    assert by_ecs(41, (41, OK)) is None


def test_in_ecs_a_return_to_what_worked_before_counts_as_a_roll_back() -> None:
    assert by_ecs(42, (41, OK), (42, OK), (43, OK), (42, OK)) == "shop:41"
    assert by_ecs(42, (41, OK), (42, OK), (43, OK), (42, OK), (42, OK)) == "shop:41"
    assert by_ecs(42, (42, OK), (43, OK), (42, OK)) is None


def test_in_ecs_a_restart_is_no_return() -> None:
    assert by_ecs(43, (42, OK), (42, OK), (43, OK), (43, OK)) == "shop:42"


def test_what_our_record_says_was_left_is_not_taken_from_ecs() -> None:
    made, revisions = deployments((41, OK), (43, OK), (42, OK))
    left = left_behind([ended(2, "rollback", 43, 42)])
    assert left == {"shop:43": NOON + timedelta(minutes=2)}
    assert last_worked_in_ecs(made, revisions, arn(42), left) == Worked(arn(41), Source.ECS, NOON)
    again = left_behind([ended(0.5, "rollback", 43, 42)])
    found = last_worked_in_ecs(made, revisions, arn(42), again)
    assert found is not None
    assert found.arn == arn(43)


def test_a_deployment_whose_revision_ecs_does_not_tell_is_passed_over() -> None:
    made, revisions = deployments((41, OK), (42, OK), (43, OK))
    del revisions["r1"]
    found = last_worked_in_ecs(made, revisions, arn(43), {})
    assert found is not None
    assert found.arn == arn(41)


def test_of_two_records_the_newer_word_counts() -> None:
    ours, theirs = Worked(arn(41), Source.OURS, NOON), Worked(arn(43), Source.ECS, NOON + timedelta(minutes=1))
    assert newest(ours, theirs) == newest(theirs, ours) == theirs
    assert newest(None, ours) == ours
    assert newest(None, None) is None


def test_when_a_named_revision_last_worked_is_known_left_or_not() -> None:
    history = [ended(3, "rollback", 43, 42), ended(2, "deploy", 42, 43, good=42), ended(1, "deploy", 41, 42)]
    known = {number: worked_at(history, arn(number)) for number in (41, 42, 43)}
    assert {number: found.at if found else None for number, found in known.items()} == {
        41: None,
        42: NOON + timedelta(minutes=3),
        43: NOON + timedelta(minutes=2),
    }
