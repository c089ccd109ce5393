"""What comes in between: an end before an abort, a call that lands while nobody looks, a look-up that fails."""

from bot.domain.changes import State
from bot.domain.errors import NotPossible, Throttled, Unanswered
from bot.domain.requests import Kind
from bot.engine.changes import ABORT
from bot.engine.intake import Intake
from tests.engine.house import ANA, CHANNEL, STAGING, World, words_of
from tests.engine.sayings import channel, says

SILENT = Unanswered("Slack", "x")
OVER = NotPossible("Service deployment is already in a terminal state.", "Look at it.")


def test_an_abort_that_comes_after_ecs_has_completed_the_rollout_changes_nothing(world: World) -> None:
    world.deploys()
    world.ecs.meanwhile("StopServiceDeployment", lambda: world.ecs.completes(STAGING, "shop"))
    world.ecs.fails("StopServiceDeployment", OVER)
    world.clicks(world.card(), "Abort")
    world.advances(60)
    assert len(world.calls("UpdateService")) == 1
    assert world.change().state is State.SUCCEEDED
    assert any("I could not bring it back: ECS has completed" in told for told in world.thread())


def test_an_abort_leaves_alone_whoever_deployed_since(world: World) -> None:
    world.deploys()
    before = world.ecs.service(STAGING, "shop").deployments[-1].task_definition_arn
    world.ecs.meanwhile("StopServiceDeployment", lambda: world.ecs.somebody_deploys(STAGING, "shop", before))
    world.ecs.fails("StopServiceDeployment", OVER)
    world.clicks(world.card(), "Abort")
    world.advances(120)
    assert len(world.calls("UpdateService")) == 1


def test_an_update_that_ecs_rolled_back_while_the_bot_was_down_is_not_carried_out_again(world: World) -> None:
    world.ecs.has_breaker(STAGING, "shop")
    world.types("deploy shop staging v42 --yes")
    world.ecs.applies_but_does_not_answer("UpdateService")
    world.runs()
    world.clock.advance(world.house.timings.settle / 2)
    died = world.ecs.task_dies(STAGING, "shop")
    world.ecs.rolls_back(STAGING, "shop")
    world.ecs.completes(STAGING, "shop")
    rolled_back = [one for one in world.ecs.service(STAGING, "shop").deployments if one.status == "PRIMARY"]
    world.ecs.sets(STAGING, "shop", deployments=tuple(rolled_back))
    next(iter(world.ecs.tasks.values())).append(died)
    world.advances(300)
    assert len(world.calls("UpdateService")) == 1
    assert world.change().state is State.ROLLED_BACK


def test_a_refused_call_has_its_outcome_in_the_audit_log(world: World) -> None:
    world.ecs.fails("UpdateService", OVER)
    world.deploys()
    assert ("aws:UpdateService", "refused") in world.done()


def test_an_abort_whose_rollout_ended_first_still_has_its_outcome_in_the_audit_log(world: World) -> None:
    world.deploys()
    world.ecs.applies_but_does_not_answer("StopServiceDeployment")
    world.clicks(world.card(), "Abort")
    world.advances(1)
    world.ecs.rolls_back(STAGING, "shop")
    world.ecs.completes(STAGING, "shop")
    world.advances(600)
    assert world.change().state is State.ROLLED_BACK
    assert ("aws:StopServiceDeployment", "found") in world.done()


def test_a_post_is_not_repeated_while_slack_will_not_say_whether_it_is_there(world: World) -> None:
    world.chat.failures.add("post_message", SILENT, after=True)
    world.chat.failures.add("find_message", Throttled("Slack", "conversations.history", retry_after=2.0), times=3)
    says(world, "once")
    world.advances(120)
    assert channel(world) == ["once"]


def test_an_edit_that_nobody_answered_is_waited_out_before_the_next(world: World) -> None:
    says(world, "posted")
    world.runs()
    world.chat.failures.add("update_message", SILENT)
    says(world, "older", urgency=0)
    world.advances(1)
    says(world, "newer", urgency=0)
    world.advances(world.house.timings.settle.total_seconds() - 3)
    assert channel(world) == ["posted"]
    world.advances(3)
    assert channel(world) == ["newer"]


def test_a_click_on_abort_that_was_lost_with_the_process_is_answered(world: World) -> None:
    world.deploys()
    change = world.change()
    lost = world.request(Kind.ACTION, ANA, action_id="deploy:abort", value=change.id, channel_id=CHANNEL)
    with world.store.transaction() as tx:
        tx.insert_request(lost, world.dispatch.ack(lost)[0])
    intake = Intake(world.store, world.dispatch)
    intake.resume()
    intake._pool.shutdown(wait=True)
    assert any("I was restarted" in words_of(one) for one in world.chat.channels[CHANNEL])


def test_a_click_on_abort_is_done_when_the_abort_is_noted(world: World) -> None:
    world.deploys()
    change_id = world.change().id
    world.clicks(world.card(), "Abort", channel_id=CHANNEL)
    with world.store.transaction() as tx:
        assert [one for one in tx.unfinished_requests() if one.action_id == "deploy:abort"] == []
        assert tx.wake(f"{ABORT}:{change_id}") is not None
