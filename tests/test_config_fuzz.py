"""Whatever stands in the file, the answer is a Config or finished lines: never a traceback, never a half-read file."""

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.config import BadConfig, parse
from bot.domain.stacks import Config

KEYS = (
    *("version", "workspace", "people", "defaults", "stacks", "shop", "stages", "name", "cluster", "service", "region"),
    *("channel", "may_change", "approval", "for", "by", "count", "expires", "limits", "tasks", "instances", "x"),
    *("on_failure", "deadline", "exec_shell", "role_arn", "repository", "description", "flow", "[key]"),
    *("channels", "shared_channels", "emergency", "admins", "closed", "lock_after_rollback", "audit_channel"),
)
VALUES = (
    "T0ACME",
    "C0DEPLOYS",
    "shop",
    "Shop",
    "developers",
    "eu-west-1",
    "20m",
    "manual",
    "deploy",
    "U0ANA",
    "",
    "no",
)
WINDOWS = ("fri 16:00 - mon 08:00 UTC", "fri 99:00 - x 08:00 Europe/Berlin")
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from((*VALUES, *WINDOWS))
    | st.text(max_size=20)
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), inner, max_size=6)
    ),
    max_leaves=30,
)
STAGE_KEYS = ("cluster", "service", "channel", "region", "may_change", "approval", "limits", "x", "closed", "channels")
stages = st.fixed_dictionaries({"name": values}, optional=dict.fromkeys(STAGE_KEYS, values))
files = st.fixed_dictionaries(
    {"version": st.just(1), "workspace": st.just("T0ACME")},
    optional={
        "people": values,
        "defaults": values | stages,
        "stacks": st.dictionaries(st.sampled_from(KEYS), st.fixed_dictionaries({"stages": st.lists(stages | values)})),
    },
)


def outcome_of(text: str) -> Config | tuple[str, ...]:
    try:
        return parse(text, "tinystacks.yml", {})
    except BadConfig as bad:
        return bad.problems


def assert_config_or_lines(text: str) -> None:
    outcome = outcome_of(text)
    if isinstance(outcome, tuple):
        assert outcome
        assert all(line.startswith("tinystacks.yml") and line.isprintable() for line in outcome)
    else:
        assert all(stage.place.cluster and stage.channel_id for stack in outcome.stacks for stage in stack.stages)


@settings(deadline=None)  # a busy machine makes any single example slow
@given(st.text(max_size=200))
@example("? [a]\n: b")
@example("!!int ''")
@example("!!bool maybe")
@example("1: 2\n~: 3\n")
def test_any_text_is_a_config_or_problems(text: str) -> None:
    assert_config_or_lines(text)


@settings(deadline=None)  # a busy machine makes any single example slow
@given(values)
def test_any_document_is_a_config_or_problems(value: object) -> None:
    assert_config_or_lines(json.dumps(value))


@settings(deadline=None)  # a busy machine makes any single example slow
@given(files)
def test_any_file_that_is_nearly_right_is_a_config_or_problems(value: object) -> None:
    assert_config_or_lines(json.dumps(value))


@settings(deadline=None)  # a busy machine makes any single example slow
@given(st.permutations(["region: eu-west-1", "cluster: c", "service: s", "channel: C1", "container: app"]))
def test_a_key_means_the_same_in_defaults_and_in_the_stage(lines: list[str]) -> None:
    def file_with(defaults: list[str], stage: list[str]) -> str:
        head = f"version: 1\nworkspace: T1\ndefaults: {{{', '.join(defaults)}}}\n"
        return f"{head}stacks: {{a: {{stages: [{{{', '.join(['name: dev', *stage])}}}]}}}}\n"

    assert outcome_of(file_with(lines[:2], lines[2:])) == outcome_of(file_with([], lines))
    assert isinstance(outcome_of(file_with([], lines)), Config)
