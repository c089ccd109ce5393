"""`status`, as people see it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click
import pytest

import commands
from bot.domain.ecs import DeploymentConfiguration
from bot.domain.errors import AccessDenied, Throttled
from bot.domain.scaling import ScalingBounds
from bot.engine.commands import Answer, Command, discover
from bot.messages.refusals import said
from sandbox.slack.blocks import block_problems
from tests.engine.house import ASKED_IN, CY, PROD, REPOSITORY, STAGING, World, buttons, words_of
from tests.fakes.chat import Said

Build = Callable[..., World]


def line(said: Said | None, start: str) -> str:
    """The line that starts so."""
    return next(one for one in words_of(said).splitlines() if one.startswith(start))


def offered(said: Said, text: str) -> Said:
    """The message with the buttons beside its sections in a row of their own, for `clicks`."""
    beside = [block["accessory"] for block in said.blocks if "accessory" in block]
    return replace(
        said, blocks=({"type": "actions", "elements": [one for one in beside if one["text"]["text"] == text]},)
    )


def finishes(world: World) -> None:
    """What rolls out on staging succeeds."""
    world.ecs.completes(STAGING, "shop")
    world.runs_until_quiet()


def test_everything_is_on_one_screen_a_line_a_stage(world: World) -> None:
    said = world.types("status")
    assert line(said, "*All stages*") == "*All stages* · 2 stages: 🟢 2 settled"
    assert line(said, "🟢 staging") == "🟢 staging `v41` :1 · 2/2"
    assert line(said, "🟢 prod") == "🟢 prod `v41` :1 · 2/2"
    assert said is not None
    assert list(buttons(said)) == ["Refresh"]


def test_a_rollout_shows_with_who_asked_for_it_and_its_image(world: World) -> None:
    world.deploys("v42")
    assert line(world.types("status"), "🔵") == "🔵 staging `v42` :2 · 2/2 · rolling · ana now"


def test_afterwards_the_stage_is_ahead_of_the_next_one(world: World) -> None:
    for image in ("v42", "v43"):
        world.deploys(image)
        finishes(world)
    said = world.types("status")
    assert "staging is 2 changes ahead of prod" in words_of(said)
    assert " · ana " in line(said, "🟢 staging")


def test_what_we_deployed_ourselves_is_known_without_reading_its_revision(world: World) -> None:
    world.deploys("v42")
    finishes(world)
    world.ecs.calls.clear()
    world.types("status")
    of_prod = world.ecs.service(PROD, "shop-prod").task_definition_arn
    assert world.calls("DescribeTaskDefinition") == [{"taskDefinition": of_prod}]
    world.types("status")
    assert len(world.calls("DescribeTaskDefinition")) == 1


def test_a_lock_shows_with_who_holds_it(world: World) -> None:
    world.types("lock shop prod cut over", user=CY)
    assert line(world.types("status"), "🟢 prod").endswith("🔒 cy")
    assert "locked by cy" in words_of(world.types("status shop"))


def test_what_cannot_be_read_says_so_in_its_line_and_holds_up_nobody(world: World) -> None:
    world.ecs.loses_service(PROD, "shop-prod")
    said = world.types("status")
    assert line(said, "❔ prod") == "❔ prod · AWS has no service “shop-prod” in cluster prod (us-east-1)."
    assert line(said, "🟢 staging") == "🟢 staging `v41` :1 · 2/2"


def test_an_account_that_refuses_us_is_told_with_the_permission_that_lacks(world: World) -> None:
    world.ecs.fails("DescribeServices", AccessDenied("ecs:DescribeServices", "the role"))
    assert "ecs:DescribeServices" in words_of(world.types("status shop"))


def test_refresh_reads_it_again_in_place(world: World) -> None:
    said = world.types("status")
    before = len(world.chat.channels[ASKED_IN])
    world.ecs.sets(STAGING, "shop", running=1)
    again = world.clicks(said, "Refresh")
    assert again is said
    assert len(world.chat.channels[ASKED_IN]) == before
    assert line(again, "🟠") == "🟠 staging `v41` :1 · 1/2 · short of tasks"


def test_from_a_stack_to_a_stage_and_back_in_place(world: World) -> None:
    said = world.types("status shop")
    assert said is not None
    details = world.clicks(offered(said, "Details"), "Details")
    assert line(details, "🟢") == "🟢 *shop / prod* · settled"
    back = world.clicks(details, "Back")
    assert line(back, "*shop*") == "*shop* · 2 stages: 🟢 2 settled"
    assert line(world.clicks(back, "All stacks"), "*All stages*")


def test_a_stage_tells_everything_that_is_set_for_it(world: World) -> None:
    world.scaling.has_bounds(STAGING, "shop", ScalingBounds(2, 8))
    how = DeploymentConfiguration(150, 50, breaker=True, breaker_rollback=True, alarms=("shop-5xx",))
    world.ecs.sets(STAGING, "shop", configuration=how, enable_execute_command=True)
    words = words_of(world.types("status shop staging"))
    for told in (
        "account `111122223333`",
        "cluster `staging` in `us-east-1`",
        "`REPLICA` on EC2",
        "autoscaling: 2 to 8 tasks",
        "`ROLLING`, 50 to 150% of the tasks",
        "circuit breaker: on, rolls back",
        "alarms: `shop-5xx`",
        "exec: on, shell `sh`",
        "changed by developers",
        "approval: none needed",
        "deadline 20m",
    ):
        assert told in words


def test_a_stage_costs_six_calls_at_the_most(world: World) -> None:
    world.ecs.calls.clear()
    world.types("status shop staging")
    # The registry is asked for the image, autoscaling for its bounds; listing and describing instances are two calls.
    assert sorted(one.call for one in world.ecs.calls) == [
        "DescribeContainerInstances",
        "DescribeServices",
        "DescribeTaskDefinition",
    ]
    assert len(world.scaling.calls) == 1


def test_what_cannot_be_read_of_a_stage_is_left_open(world: World) -> None:
    world.scaling.fails("DescribeScalableTargets", AccessDenied("application-autoscaling:Describe…", "the role"))
    world.ecs.fails("DescribeContainerInstances", Throttled("AWS", "DescribeContainerInstances"))
    words = words_of(world.types("status shop staging"))
    assert "autoscaling: not read: AWS refused me application-autoscaling:Describe…" in words
    assert "`v41` · revision `shop:1` · 2/2 running" in words


def test_deploy_opens_the_form_for_that_stage_and_leaves_the_message(world: World) -> None:
    said = world.types("status shop staging")
    before = words_of(said)
    world.clicks(said, "Deploy")
    (view,) = world.chat.views.values()
    assert "shop/staging" in str(view)
    assert words_of(said) == before


def test_buttons_of_verbs_that_do_not_exist_are_left_out(build: Build) -> None:
    verbs = discover(commands)
    bare = build(verbs={verb: verbs[verb] for verb in ("status", "deploy", "help")}).types("status shop staging")
    assert bare is not None
    assert list(buttons(bare)) == ["Deploy", "Refresh", "Back"]


@pytest.mark.parametrize(("button", "verb"), [("Tasks", "tasks"), ("Logs", "logs")])
def test_a_stage_leads_to_what_other_verbs_say_of_it(build: Build, button: str, verb: str) -> None:
    @click.command(verb)
    @click.argument("stack")
    @click.argument("stage")
    def other(stack: str, stage: str) -> Answer:
        return said(f"{verb} of {stack} {stage}")

    verbs = {name: one for name, one in discover(commands).items() if name in ("status", "deploy", "help")}
    world = build(verbs={**verbs, verb: Command(cli=other)})
    answer = world.clicks(world.types("status shop staging"), button)
    assert words_of(answer) == f"{verb} of shop staging"


@pytest.mark.parametrize("words", ["status nope", "status shop nope", "status prod"])
def test_an_unknown_name_says_which_there_are(world: World, words: str) -> None:
    said = world.types(words)
    assert said is not None
    assert said.text.startswith("I know no st")


def test_a_daemon_has_no_count_to_reach(world: World) -> None:
    world.ecs.sets(STAGING, "shop", scheduling_strategy="DAEMON", desired=0, running=9)
    assert line(world.types("status"), "🟢 staging") == "🟢 staging `v41` :1 · 9"


def test_a_tag_of_the_registry_names_what_runs_by_digest(world: World) -> None:
    image = world.images.image(STAGING, REPOSITORY, "v44")
    assert image is not None
    document: dict[str, Any] = {
        "family": "shop",
        "containerDefinitions": [{"name": "app", "image": f"{REPOSITORY}@{image.digest}"}],
    }
    made = world.ecs.has_task_definition(STAGING, document)
    world.ecs.somebody_deploys(STAGING, "shop", made.arn)
    world.ecs.completes(STAGING, "shop")
    assert "`v44` · revision `shop:2`" in words_of(world.types("status shop staging"))


@pytest.mark.parametrize("words", ["status", "status shop", "status shop staging"])
def test_slack_accepts_it(world: World, words: str) -> None:
    world.deploys("v42")
    said = world.types(words)
    assert said is not None
    assert block_problems([dict(block) for block in said.blocks]) == []
