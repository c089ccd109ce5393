"""`python -m bot check`: a line for each thing that was looked at, and what to do about each bad one."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.slack.scopes import OPTIONAL, REQUIRED
from bot.config import parse, read_config
from bot.config.described import described
from bot.doctor import Finding, Mark, Probes, SlackIdentity, check, findings
from bot.domain.channels import ChannelFacts
from bot.domain.ecs import ContainerDefinition, Image, Service, TaskDefinition
from bot.domain.errors import AccessDenied, NotFound, NotPossible, Unreachable
from bot.domain.stacks import Config, Place
from tests.config_samples import EXAMPLE, FULL

CONFIG = read_config(EXAMPLE, {})
SCOPES = frozenset(REQUIRED) | frozenset(OPTIONAL)
ARN = "arn:aws:ecs:us-east-1:111122223333:task-definition/shop:7"
SHOP = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop"
SERVICE = Service("arn:aws:ecs:us-east-1:111122223333:service/c/s", "", "", "ACTIVE", 2, 2, 0, ARN, ())
APP = ContainerDefinition("app", f"{SHOP}:v42")
DEFINITION = TaskDefinition(ARN, "shop", 7, "ACTIVE", (APP,), {})
INSIDE = ChannelFacts(member=True, external=False)
IMAGE = Image(SHOP, "sha256:1", ("v42",), datetime(2026, 1, 1, tzinfo=UTC))


def services(_place: Place, names: Sequence[str]) -> Mapping[str, Service]:
    return {name: replace(SERVICE, name=name) for name in names}


GOOD = Probes(
    slack_identity=lambda: SlackIdentity("T0ACME", "Acme", SCOPES),
    aws_identity=lambda place: f"arn:aws:sts::111122223333:assumed-role/bot/{place.region}",
    members=lambda _group_id: frozenset({"U0ANA"}),
    channel=lambda _channel_id: INSIDE,
    describe_services=services,
    describe_task_definition=lambda _place, _arn: DEFINITION,
    newest=lambda _place, _repository, _most: (IMAGE,),
    readable_by_others=tuple,
    required_scopes=REQUIRED,
    optional_scopes=OPTIONAL,
)


def lines(probes: Probes, mark: Mark, config: Config = CONFIG) -> list[str]:
    return [f"{found.subject}: {found.text}" for found in findings(config, probes) if found.mark is mark]


def test_a_file_without_stacks_loads_and_is_told_to_name_one() -> None:
    empty = parse("version: 1\nworkspace: T0ACME\nstacks: {}\n", "tinystacks.yml", {})
    assert lines(GOOD, Mark.BAD, empty) == [
        "stacks: there is none yet. Name your first one; docs/configuration.md tells how"
    ]


def test_a_world_in_order_is_all_good_and_exits_0() -> None:
    out = io.StringIO()
    assert check(CONFIG, GOOD, out) == 0
    assert out.getvalue().split("\n\n")[2:] == [
        "✓ tinystacks.yml: 1 stack, 2 stages\n"
        "✓ Slack: connected to Acme (T0ACME)\n"
        "✓ user group S0DEV: 1 member\n"
        "✓ user group S0REL: 1 member\n"
        "✓ channel C0AUDIT: I am in it\n"
        "✓ channel C0DEPLOYS: I am in it\n"
        "✓ channel C0PROD: I am in it\n"
        "✓ AWS eu-west-1 as arn:aws:iam::111122223333:role/tinystacks-bot: "
        "I am arn:aws:sts::111122223333:assumed-role/bot/eu-west-1\n"
        "✓ AWS us-east-1: I am arn:aws:sts::111122223333:assumed-role/bot/us-east-1\n"
        "✓ shop staging: service shop runs shop:7, 2 of 2 tasks; a deploy changes container app\n"
        f"✓ shop staging: images come from {SHOP}\n"
        "✓ shop prod: service shop-prod runs shop:7, 2 of 2 tasks; a deploy changes container app\n"
        f"✓ shop prod: images come from {SHOP}",
        "Ready\n",
    ]


def test_each_stage_is_printed_with_every_default_applied() -> None:
    staging, prod = parse(FULL, "f", {}).stacks[0].stages
    assert described(staging).splitlines() == [
        "shop staging",
        "  region:              us-east-1",
        "  role_arn:            (the bot's own identity)",
        "  cluster:             staging",
        "  service:             shop",
        "  container:           (the only one, or the one whose image is in the repository)",
        "  repository:          (that of the running image)",
        "  auto_scaling_group:  (found through the cluster)",
        "  channel:             C0DEPLOYS",
        "  channels:            (anywhere)",
        "  shared_channels:     refuse",
        "  may_change:          developers",
        "  approval:            (none needed)",
        "  emergency:           (nobody)",
        "  admins:              developers",
        "  closed:              (never)",
        "  limits:              (none)",
        "  on_failure:          offer",
        "  lock_after_rollback: yes",
        "  deadline:            20m",
        "  exec_shell:          sh",
        "  profile:             (none)",
    ]
    told = described(prod).splitlines()
    approval = (
        "{for: [deploy, scale, rollback, restart, stop], by: [release], count: 1, expires: 30m, schedules: created}"
    )
    assert f"  approval:            {approval}" in told
    assert "  limits:              {tasks: [1, 20], instances: [2, 10]}" in told
    assert "  channels:            C0OPS" in told
    assert "  closed:              fri 16:00 – mon 08:00 Europe/Berlin" in told


def refusing(refusal: Exception) -> object:
    def probe(*_arguments: object) -> object:
        raise refusal

    return probe


BAD = [
    (
        {"slack_identity": lambda: SlackIdentity("T0ELSE", "Else", SCOPES)},
        "Slack: the token belongs to Else (T0ELSE), tinystacks.yml says T0ACME. "
        "Set workspace: T0ELSE, or use the other token",
    ),
    (
        {"slack_identity": lambda: SlackIdentity("T0ACME", "Acme", SCOPES - {"chat:write"})},
        "Slack scope chat:write: missing (posts cards, threads and private answers). "
        "Add it under “OAuth & Permissions”, then install the app again",
    ),
    (
        {"slack_identity": refusing(Unreachable("Slack", "auth.test"))},
        "Slack: I cannot reach Slack (auth.test). Check the network between me and Slack, then try again.",
    ),
    (
        {"channel": lambda channel_id: replace(INSIDE, member=channel_id != "C0PROD")},
        "channel C0PROD: I am not in it; type /invite @tinystacks there",
    ),
    (
        {"channel": lambda channel_id: replace(INSIDE, external=channel_id == "C0PROD")},
        "channel C0PROD: people of another workspace are in it, or invited, and would read every card; "
        "end that, or name another channel: in tinystacks.yml",
    ),
    (
        {"members": refusing(NotPossible("Slack says no_such_subteam.", "Check the id in tinystacks.yml."))},
        "user group S0DEV: Slack says no_such_subteam. Check the id in tinystacks.yml.",
    ),
    (
        {"aws_identity": refusing(AccessDenied("sts:AssumeRole", "arn:aws:iam::111122223333:user/me"))},
        "AWS us-east-1: AWS refused me sts:AssumeRole: arn:aws:iam::111122223333:user/me",
    ),
    (
        {"describe_services": lambda _place, _names: {}},
        "shop staging: cluster staging in us-east-1 has no service “shop”. "
        "Check the names in tinystacks.yml, or create the service",
    ),
    (
        {"describe_services": lambda _place, names: {n: replace(SERVICE, name=n, status="DRAINING") for n in names}},
        "shop staging: Service shop is DRAINING",
    ),
    (
        {
            "describe_services": lambda _place, names: {
                n: replace(SERVICE, name=n, controller="CODE_DEPLOY") for n in names
            }
        },
        "shop staging: Service shop is deployed by CODE_DEPLOY",
    ),
    (
        {"describe_task_definition": lambda _place, _arn: replace(DEFINITION, containers=(replace(APP, name="x"),))},
        "Set container: to one of them for stage prod of stack shop in tinystacks.yml.",
    ),
    (
        {"newest": refusing(NotFound("repository", "shop", "us-east-1"))},
        "shop staging: AWS has no repository “shop” in us-east-1. "
        "Check the name in tinystacks.yml, or create it, then try again.",
    ),
]


@pytest.mark.parametrize(("change", "line"), BAD)
def test_what_is_wrong_is_a_cross_that_ends_in_what_to_do(change: dict[str, object], line: str) -> None:
    probes = replace(GOOD, **change)  # type: ignore[arg-type]
    assert any(line in found for found in lines(probes, Mark.BAD))
    assert check(CONFIG, probes, io.StringIO()) == 1


DOUBTFUL = [
    (
        {"slack_identity": lambda: SlackIdentity("T0ACME", "Acme", SCOPES - {"groups:history"})},
        "Slack scope groups:history: missing (the same for private channels). "
        "Add it under “OAuth & Permissions”, then install the app again",
    ),
    (
        {"channel": lambda _channel_id: ChannelFacts(member=None, external=None)},
        "channel C0PROD: cannot know whether I am in it; add the scopes channels:read and groups:read",
    ),
    (
        {"readable_by_others": lambda: (Path("data/bot.db"),)},
        "database bot.db: others on this machine may read it, and it holds environment values; "
        "type: chmod 600 data/bot.db",
    ),
    ({"members": lambda _group_id: frozenset()}, "user group S0DEV: nobody is in it; add people to it in Slack"),
    (
        {"newest": lambda _place, _repository, _most: ()},
        f"shop prod: no images can be listed in {SHOP}: unless it is in ECR and holds some, tags are taken as written",
    ),
]


@pytest.mark.parametrize(("change", "line"), DOUBTFUL)
def test_what_is_only_doubtful_is_told_and_exits_0(change: dict[str, object], line: str) -> None:
    probes = replace(GOOD, **change)  # type: ignore[arg-type]
    assert line in lines(probes, Mark.DOUBTFUL)
    assert check(CONFIG, probes, io.StringIO()) == 0


def test_a_stage_that_nobody_may_change_is_told() -> None:
    stack = CONFIG.stacks[0]
    alone = replace(CONFIG, stacks=(replace(stack, stages=(replace(stack.stages[0], may_change=()),)),))
    assert lines(GOOD, Mark.DOUBTFUL, alone) == [
        "shop staging: nobody may change it; name groups of `people` under may_change in tinystacks.yml"
    ]


def test_keys_that_do_nothing_yet_are_told_at_each_stage_that_sets_them() -> None:
    text = FULL.replace("flow: manual", "flow: automatic")
    rely = "do not rely on it (docs/configuration.md)"
    assert lines(GOOD, Mark.DOUBTFUL, parse(text, "f", {})) == [
        f"shop staging: not acted on yet: flow: automatic; {rely}",
        f"shop prod: not acted on yet: flow: automatic; {rely}",
    ]


def test_a_shared_channel_is_only_doubtful_where_its_stages_take_commands_from_such() -> None:
    stack, shared = CONFIG.stacks[0], replace(GOOD, channel=lambda _channel_id: replace(INSIDE, external=True))
    open_stage = replace(stack.stages[0], shared_channels=True)
    config = replace(CONFIG, stacks=(replace(stack, stages=(open_stage,)),), audit_channel="")
    text = "people of another workspace are in it, or invited, and would read every card; shared_channels allows that"
    assert lines(shared, Mark.DOUBTFUL, config) == [f"channel C0DEPLOYS: {text}"]
    assert lines(shared, Mark.BAD, config) == []


def test_one_thing_that_fails_does_not_keep_the_others_from_being_looked_at() -> None:
    found = list(findings(CONFIG, replace(GOOD, channel=lambda _channel_id: replace(INSIDE, member=False))))
    assert found[-1] == Finding(Mark.GOOD, "shop prod", f"images come from {SHOP}")


def test_scopes_for_links_are_missed_only_where_links_are_to_be_shown() -> None:
    without = SCOPES - {"links:read", "links:write"}
    probes = replace(GOOD, slack_identity=lambda: SlackIdentity("T0ACME", "Acme", without))
    assert lines(probes, Mark.DOUBTFUL) == []
    told = lines(probes, Mark.DOUBTFUL, replace(CONFIG, unfurl=True))
    assert [line.partition(": ")[0] for line in told] == ["Slack scope links:read", "Slack scope links:write"]
