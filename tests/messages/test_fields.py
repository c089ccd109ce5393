"""The fields of forms: every stage can be found, nothing is offered that was not meant, Slack takes every list."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.stacks import Place, Stack, Stage
from bot.messages.fields import found_stages, matching, stage_select
from bot.messages.kit import option
from sandbox.slack.elements import suggestion_problems

NAMES = st.text("abcXYZ-019", min_size=1, max_size=6)
SHAPES = st.dictionaries(NAMES, st.lists(NAMES, min_size=1, max_size=40, unique=True), min_size=1, max_size=12)
WORDS = st.text("abcXYZ-019 /", max_size=8)


def stacks_of(shape: dict[str, list[str]]) -> list[Stack]:
    place = Place("us-east-1", "c")
    return [Stack(name, tuple(Stage(name, one, place, one, "C0") for one in stages)) for name, stages in shape.items()]


@given(SHAPES, WORDS)
def test_what_is_found_holds_every_word_and_what_is_not_found_does_not(shape: dict[str, list[str]], typed: str) -> None:
    groups = found_stages(stacks_of(shape), typed)
    found = [one["value"] for group in groups for one in group["options"]]
    wanted = typed.replace("/", " ").lower().split()
    meant = [f"{name}/{one}" for name, stages in shape.items() for one in stages]
    meant = [one for one in meant if all(word in one.lower() for word in wanted)]
    assert set(found) <= set(meant)
    assert len(found) == min(len(meant), 100)
    assert not groups or suggestion_problems({"option_groups": groups}) == []


@given(SHAPES)
def test_every_stage_is_found_by_its_own_name(shape: dict[str, list[str]]) -> None:
    stacks = stacks_of(shape)
    for stack in stacks:
        for stage in stack.stages:
            exact = [
                g for g in found_stages(stacks, f"{stack.name} / {stage.name}") if g["label"]["text"] == stack.name
            ]
            assert f"{stack.name}/{stage.name}" in [one["value"] for group in exact for one in group["options"]]


@given(SHAPES, st.data())
def test_a_list_holds_every_stage_and_a_longer_one_is_searched(
    shape: dict[str, list[str]], data: st.DataObject
) -> None:
    values = [f"{name}/{one}" for name, stages in shape.items() for one in stages]
    chosen, first = data.draw(st.sampled_from(values)), data.draw(st.sampled_from(sorted(shape)))
    block = stage_select("lock:stage", stacks_of(shape), chosen, first)
    assert block["initial_option"]["value"] == chosen
    if len(values) > 100:
        assert block["type"] == "external_select"
    else:
        listed = [one["value"] for group in block["option_groups"] for one in group["options"]]
        assert sorted(listed) == sorted(values)
        assert listed[0].startswith(f"{first}/")


def test_descriptions_and_values_are_searched_too() -> None:
    images = [option("v43 · 2h old", "sha256:aa", "aa"), option("v42 · 9d old", "sha256:bb", "bb · runs in prod")]
    assert [one["value"] for one in matching(images, "V4 prod")] == ["sha256:bb"]
    assert [one["value"] for one in matching(images, "sha256:a")] == ["sha256:aa"]
