"""A rollout is asked to go back."""

from bot.domain.changes import State
from bot.domain.errors import AccessDenied, NotPossible, Throttled, Unanswered
from tests.engine.house import BO, CY, STAGING, World, words_of

GONE = NotPossible("The deployment cannot be stopped.", "Deploy an earlier revision.")


def aborted(world: World) -> None:
    """A deploy that rolls out, its abort asked for by ana and carried out."""
    world.deploys()
    world.advances(10)
    world.clicks(world.card(), "Abort")
    world.runs()


def back(world: World) -> None:
    """ECS has the revision before up again."""
    world.ecs.rolls_back(STAGING, "shop")
    world.advances(20)
    world.ecs.completes(STAGING, "shop")
    world.advances(20)


def test_abort_asks_ecs_to_roll_its_own_deployment_back(world: World) -> None:
    aborted(world)
    arn = world.ecs.service(STAGING, "shop").service_deployment_arn
    assert world.calls("StopServiceDeployment") == [{"serviceDeploymentArn": arn, "stopType": "ROLLBACK"}]
    assert len(world.calls("UpdateService")) == 1


def test_an_aborted_rollout_ends_rolled_back_and_says_by_whom(world: World) -> None:
    aborted(world)
    back(world)
    assert world.change().state is State.ROLLED_BACK
    assert "aborted by <@U0ANA>" in words_of(world.card())
    assert "Abort" not in words_of(world.card()).splitlines()


def test_the_card_says_at_once_that_somebody_asked(world: World) -> None:
    aborted(world)
    world.advances(5)
    assert "abort asked by <@U0ANA>" in words_of(world.card())


def test_where_stopping_is_refused_the_service_goes_back_to_the_revision_before(world: World) -> None:
    world.deploys()
    world.advances(10)
    world.ecs.fails("StopServiceDeployment", GONE)
    world.clicks(world.card(), "Abort")
    world.runs()
    assert world.calls("UpdateService")[-1] == {
        "cluster": "staging",
        "service": "shop",
        "taskDefinition": world.change().plan.previous_task_definition_arn,
    }
    world.ecs.completes(STAGING, "shop")
    world.advances(60)
    assert world.change().state is State.ROLLED_BACK


def test_a_second_abort_is_told_who_asked_and_calls_nothing(world: World) -> None:
    world.deploys()
    world.advances(10)
    card = world.card()
    first = [dict(block) for block in card.blocks]
    world.clicks(card, "Abort")
    card.blocks = tuple(first)
    told = words_of(world.clicks(card, "Abort", BO))
    world.runs()
    assert "ana asked for that already" in told
    assert len(world.calls("StopServiceDeployment")) == 1


def test_running_the_step_twice_asks_ecs_once(world: World) -> None:
    aborted(world)
    world.wakes_for(f"abort:{world.change().id}")
    assert len(world.calls("StopServiceDeployment")) == 1


def test_somebody_without_the_right_cannot_abort(world: World) -> None:
    world.deploys()
    told = words_of(world.clicks(world.card(), "Abort", CY))
    world.runs()
    assert "No rule lets you deploy shop staging" in told
    assert world.calls("StopServiceDeployment") == []
    assert world.change().aborted_at is None


def test_an_abort_after_the_end_is_told_so(world: World) -> None:
    world.deploys()
    card = world.card()
    old = card.blocks
    world.ecs.completes(STAGING, "shop")
    world.advances(20)
    card.blocks = old
    assert "succeeded already" in words_of(world.clicks(card, "Abort"))
    world.runs()
    assert world.calls("StopServiceDeployment") == []


def test_an_abort_waits_for_aws_as_long_as_it_takes(world: World) -> None:
    world.deploys()
    world.advances(10)
    world.ecs.fails("StopServiceDeployment", Throttled("AWS", "StopServiceDeployment"), times=150)
    world.clicks(world.card(), "Abort")
    world.advances(1_000)
    record = world.ecs.service_deployments[world.change().service_deployment_arn]
    assert record.status == "ROLLBACK_REQUESTED"
    assert world.wakes.errors == []


def test_an_abort_that_was_not_answered_does_not_go_two_ways(world: World) -> None:
    world.deploys()
    world.advances(10)
    world.ecs.applies_but_does_not_answer("StopServiceDeployment")
    world.clicks(world.card(), "Abort")
    world.advances(60)
    assert len(world.calls("UpdateService")) == 1


def test_an_abort_not_answered_before_the_roll_back_ended_leaves_the_service_alone(world: World) -> None:
    world.deploys()
    world.advances(10)
    world.ecs.applies_but_does_not_answer("StopServiceDeployment")
    world.clicks(world.card(), "Abort")
    world.runs()
    back(world)
    world.advances(60)
    assert world.change().state is State.ROLLED_BACK
    assert len(world.calls("UpdateService")) == 1


def test_an_abort_that_nothing_can_carry_out_is_told_in_the_thread(world: World) -> None:
    world.deploys()
    world.advances(10)
    world.ecs.fails("StopServiceDeployment", GONE)
    world.ecs.fails("UpdateService", AccessDenied("ecs:UpdateService", "role bot"))
    world.clicks(world.card(), "Abort")
    world.advances(10)
    assert any("could not bring it back" in told and "ecs:UpdateService" in told for told in world.thread())


def test_an_unanswered_way_back_is_found_and_not_repeated(world: World) -> None:
    world.deploys()
    world.advances(10)
    world.ecs.fails("StopServiceDeployment", GONE, times=5)
    world.ecs.applies_but_does_not_answer("UpdateService")
    world.clicks(world.card(), "Abort")
    world.advances(60)
    assert len(world.calls("UpdateService")) == 2


def test_an_unanswered_stop_that_did_not_land_is_asked_again(world: World) -> None:
    world.deploys()
    world.advances(10)
    world.ecs.fails("StopServiceDeployment", Unanswered("AWS", "StopServiceDeployment"))
    world.clicks(world.card(), "Abort")
    world.advances(60)
    assert len(world.calls("StopServiceDeployment")) == 2


def test_the_audit_log_says_who_aborted_and_in_whose_name_aws_was_asked(world: World) -> None:
    world.deploys()
    world.advances(10)
    world.clicks(world.card(), "Abort", BO)
    world.runs()
    rows = [row for row in world.audit() if row.action in ("abort", "aws:StopServiceDeployment")]
    assert [(row.action, row.outcome, row.user_id) for row in rows] == [
        ("abort", "rolling_out", BO),
        ("aws:StopServiceDeployment", "intent", BO),
        ("aws:StopServiceDeployment", "done", BO),
    ]
