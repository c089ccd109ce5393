"""What a plan changes, field by field, without a single environment value."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.diffs import LONGEST, diff_documents
from bot.domain.plans import Difference
from tests.domain.deploy_cases import PROPERTY, document, documents


def app(**parts: Any) -> dict[str, Any]:
    return {"containerDefinitions": [{"name": "app", "image": "shop:1", **parts}]}


ENV_A = "containers.app.environment.A"


def env(**values: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


@pytest.mark.parametrize(
    ("before", "after", "differences"),
    [
        (app(), app(), ()),
        (app(), app(image="shop:2"), (("containers.app.image", "shop:1", "shop:2"),)),
        ({"cpu": "256"}, {"cpu": "512"}, (("cpu", "256", "512"),)),
        (app(cpu=1), app(cpu=2), (("containers.app.cpu", "1", "2"),)),
        (app(essential=True), app(), (("containers.app.essential", "true", ""),)),
        (app(environment=env(A="x")), app(environment=env(A="y")), ((ENV_A, "•••", "••• (changed)"),)),
        (app(), app(environment=env(A="y")), ((ENV_A, "", "••• (added)"),)),
        (app(environment=env(A="x")), app(), ((ENV_A, "••• (removed)", ""),)),
        (app(environment=env(A="x", B="y")), app(environment=env(B="y", A="x")), ()),
        (app(command=["a"]), app(command=["a", "b"]), (("containers.app.command", '["a"]', '["a", "b"]'),)),
        (
            app(secrets=[{"name": "DB", "valueFrom": "arn:aws:ssm:us-east-1:111122223333:parameter/prod/db"}]),
            app(secrets=[{"name": "DB", "valueFrom": "/prod/db2"}]),
            (("containers.app.secrets.DB", "parameter/prod/db", "/prod/db2"),),
        ),
        (
            app(logConfiguration={"options": {"splunk-token": "abc", "tag": "a"}}),
            app(logConfiguration={"options": {"splunk-token": "def", "tag": "b"}}),
            (
                ("containers.app.logConfiguration.options.splunk-token", "•••", "••• (changed)"),
                ("containers.app.logConfiguration.options.tag", "a", "b"),
            ),
        ),
        ({"volumes": [], "a": None, "b": {}}, {}, ()),
    ],
)  # fmt: skip
def test_a_difference_reads_like_the_field_it_is(
    before: dict[str, Any], after: dict[str, Any], differences: tuple[tuple[str, str, str], ...]
) -> None:
    assert diff_documents(before, after) == tuple(Difference(*each) for each in differences)


def test_a_name_that_stands_twice_loses_no_value_and_shows_none() -> None:
    twice = [*env(A="x"), *env(A="y")]
    (difference,) = diff_documents(app(environment=twice), app(environment=[*env(A="z"), *env(A="y")]))
    assert difference == Difference("containers.app.environment", "•••", "••• (changed)")


def test_a_long_value_is_cut_and_said_to_be() -> None:
    (difference,) = diff_documents({"cpu": "x" * 500}, {"cpu": "1"})
    assert difference.before == "x" * LONGEST + "… (500 characters)"


SECRET = "hunter2-hunter2"
odd_environments = st.recursive(
    st.just(SECRET) | st.just(f"a {SECRET}"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name2", "value", "x"]), inner),
) | st.lists(
    st.fixed_dictionaries({"name": st.sampled_from("ABC"), "value": st.just(SECRET) | st.just(f"{SECRET}2")}),
    max_size=3,
)


@PROPERTY
@given(documents(), documents(), odd_environments, odd_environments)
def test_no_environment_value_ever_gets_out(
    before: dict[str, Any], after: dict[str, Any], one: Any, other: Any
) -> None:
    for described, environment in ((before, one), (after, other)):
        for container in described["containerDefinitions"]:
            container["environment"] = environment
    assert SECRET not in repr(diff_documents(before, after))


@PROPERTY
@given(documents(), documents())
def test_equal_documents_have_no_differences_and_differences_read_the_same_backwards(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert diff_documents(before, before) == ()
    there, back = diff_documents(before, after), diff_documents(after, before)
    assert {d.path for d in there} == {d.path for d in back}


@PROPERTY
@given(documents(), st.integers(0, 3), st.text("xyz", min_size=1))
def test_a_changed_image_is_exactly_one_difference(described: dict[str, Any], at: int, image: str) -> None:
    containers = described["containerDefinitions"]
    chosen = containers[at % len(containers)]
    changed = [{**c, "image": f"{image}:new"} if c is chosen else c for c in containers]
    differences = diff_documents(described, document(*changed, **{**described, "containerDefinitions": changed}))
    path = f"containers.{chosen['name']}.image"
    assert differences == (Difference(path, chosen["image"], f"{image}:new"),)
