"""tinystacks.yml -> domain values: the whole of a good file."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from bot.config import parse, read_config
from bot.config.idle import idle_keys
from bot.domain.stacks import CHANGING_VERBS, ApprovalRule, Flow, Limits, OnFailure, Place, Stage
from bot.domain.windows import Window
from tests.config_samples import EXAMPLE, FULL, GOOD, changed

WEEKEND = Window(4, time(16), 0, time(8), "Europe/Berlin", "fri 16:00 – mon 08:00 Europe/Berlin")


def stage_of(extra: str, stage: int = 0) -> Stage:
    config = parse(changed("        service: shop\n", f"        service: shop\n        {extra}\n"), "f", {})
    return config.stacks[0].stages[stage]


def test_the_example_file_is_read_whole_with_what_it_shows_in_comments() -> None:
    config = parse(FULL, "f", {})
    prod = config.stacks[0].stages[1]
    assert (config.workspace, config.people["release"]) == ("T0ACME", ("S0REL",))
    assert (config.stacks[0].description, config.stacks[0].flow) == ("Storefront", Flow.MANUAL)
    assert prod == Stage(
        stack="shop",
        name="prod",
        place=Place("eu-west-1", "prod", "arn:aws:iam::111122223333:role/tinystacks-bot"),
        service="shop-prod",
        channel_id="C0PROD",
        container="app",
        repository="111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop",
        auto_scaling_group="prod-ecs",
        may_change=("developers", "release"),
        approval=ApprovalRule(
            ("deploy", "scale", "rollback", "restart", "stop"), ("release",), 1, timedelta(minutes=30)
        ),
        limits=Limits((1, 20), (2, 10)),
        channels=("C0OPS",),
        emergency=("release",),
        admins=("release",),
        closed=(WEEKEND,),
        profile="acme-prod",
    )
    assert config.audit_channel == "C0AUDIT"


def test_whoever_copies_the_example_relies_on_nothing_that_is_not_there_yet() -> None:
    stack = read_config(EXAMPLE, {}).stacks[0]
    assert idle_keys(stack) == ()


def test_a_stage_that_says_nothing_gets_the_defaults() -> None:
    staging, prod = parse(GOOD, "f", {}).stacks[0].stages
    assert staging == Stage(
        "shop",
        "staging",
        Place("us-east-1", "staging"),
        "shop",
        "C0DEPLOYS",
        may_change=("developers",),
        admins=("developers",),
    )
    assert prod.approval == ApprovalRule(CHANGING_VERBS, ("release",), 1, timedelta(minutes=30))


@pytest.mark.parametrize(
    ("key", "value", "field", "expected"),
    [
        ("cluster", "shared", "place", Place("us-east-1", "shared")),
        ("role_arn", "arn:aws:iam::1:role/x".replace("1:", "111122223333:"), "place", None),
        ("container", "app", "container", "app"),
        ("repository", "localhost:5000/shop", "repository", "localhost:5000/shop"),
        ("auto_scaling_group", "our group", "auto_scaling_group", "our group"),
        ("limits", "{tasks: [1, 2]}", "limits", Limits((1, 2), None)),
        ("on_failure", "Rollback", "on_failure", OnFailure.ROLLBACK),
        ("deadline", "90s", "deadline", timedelta(seconds=90)),
        ("exec_shell", "on", "exec_shell", "on"),
        ("profile", "acme-prod", "profile", "acme-prod"),
        ("channels", "[C0OPS, G0OPS, C0OPS]", "channels", ("C0OPS", "G0OPS")),
        ("shared_channels", "Allow", "shared_channels", True),
        ("shared_channels", "refuse", "shared_channels", False),
        ("lock_after_rollback", "no", "lock_after_rollback", False),
        ("lock_after_rollback", "Yes", "lock_after_rollback", True),
        ("lock_after_rollback", "false", "lock_after_rollback", False),
        ("emergency", "[Release]", "emergency", ("release",)),
        ("admins", "[release, developers]", "admins", ("release", "developers")),
        ("closed", "[fri 16:00 – mon 08:00 Europe/Berlin]", "closed", (WEEKEND,)),
        (
            "approval",
            "{by: [release], count: 2}",
            "approval",
            ApprovalRule(CHANGING_VERBS, ("release",), 2, timedelta(minutes=30)),
        ),
    ],
)
def test_any_stage_key_may_stand_in_defaults(key: str, value: str, field: str, expected: object) -> None:
    text = changed("  region: us-east-1\n", f"  region: us-east-1\n  {key}: {value}\n")
    stage = (
        parse(text.replace("        cluster: staging\n", ""), "f", {}).stacks[0].stages[0]
        if key == "cluster"
        else (parse(text, "f", {}).stacks[0].stages[0])
    )
    expected = Place("us-east-1", "staging", "arn:aws:iam::111122223333:role/x") if expected is None else expected
    assert getattr(stage, field) == expected


def test_a_stage_can_take_back_a_default_with_null() -> None:
    text = changed("  region: us-east-1\n", "  region: us-east-1\n  approval: {by: [release]}\n")
    text = text.replace("        service: shop\n", "        service: shop\n        approval: null\n", 1)
    assert parse(text, "f", {}).stacks[0].stages[0].approval is None


@pytest.mark.parametrize(
    ("extra", "admins"),
    [
        ("deadline: 20m", ("developers",)),
        ("approval: {by: [release]}", ("release",)),
        ("approval: {by: [release]}\n        admins: [developers]", ("developers",)),
        ("admins: []", ()),
    ],
)
def test_admins_are_whoever_approves_else_whoever_changes_unless_named(extra: str, admins: tuple[str, ...]) -> None:
    assert stage_of(extra).admins == admins


@pytest.mark.parametrize("dash", ["-", "–", "—"])
@pytest.mark.parametrize("spaces", ["", " ", "  "])
def test_a_window_may_be_typed_as_people_type(dash: str, spaces: str) -> None:
    (window,) = stage_of(f"closed: ['FRIDAY  16:00{spaces}{dash}{spaces}Mon 8:00 Europe/Berlin']").closed
    assert replace(window, text=WEEKEND.text) == WEEKEND


def test_names_are_kept_in_lower_case_wherever_they_stand() -> None:
    text = GOOD.replace("shop:", "Shop:").replace("name: prod", "name: PROD").replace("by: [release]", "by: [Release]")
    stack = parse(text, "f", {}).stacks[0]
    assert (stack.name, stack.stages[1].name, stack.stages[1].stack) == ("shop", "prod", "shop")
    assert stack.stages[1].approval is not None
    assert stack.stages[1].approval.by == ("release",)


def test_words_that_yaml_takes_for_truth_are_names_here() -> None:
    assert parse(changed("name: staging", "name: no"), "f", {}).stacks[0].stages[0].name == "no"


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_a_region_that_nobody_names_comes_from_the_environment(variable: str) -> None:
    text = changed("  region: us-east-1\n", "")
    assert parse(text, "f", {variable: "eu-west-1"}).stacks[0].stages[0].place.region == "eu-west-1"
