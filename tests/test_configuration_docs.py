"""What is written about the configuration is true: examples load, every key is told, the schema is current."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from bot.config import BadConfig, parse, schema
from bot.config.idle import IDLE
from bot.config.model import Approval, Defaults, File, Keys, Limits, StackKeys, StageKeys
from tests.config_samples import EXAMPLE, FULL

GUIDE = Path("docs/configuration.md").read_text(encoding="utf-8")
FENCED = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
ROWS = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", GUIDE, re.MULTILINE)
MODELS: list[type[Keys]] = [File, StackKeys, StageKeys, Defaults, Approval, Limits]
NAMES = sorted({field.alias or name for model in MODELS for name, field in model.model_fields.items()})
VARIABLES = re.findall(r'"((?:SLACK|TINYSTACKS|LOG|PORT|HOST)[A-Z_]*)"', Path("bot/settings.py").read_text())


@pytest.mark.parametrize("text", FENCED)
def test_every_yaml_example_of_the_guide_loads(text: str) -> None:
    assert parse(text, "example", {}).stacks


def test_the_guide_has_examples() -> None:
    assert len(FENCED) == 3


def test_the_guide_to_permissions_tells_every_key_that_gives_or_takes_a_right() -> None:
    guide = Path("docs/permissions.md").read_text(encoding="utf-8")
    keys = ("people", "may_change", "approval", "emergency", "admins", "channels", "shared_channels", "closed")
    assert [key for key in keys if f"`{key}" not in guide] == []
    for policy in re.findall(r"```json\n(.*?)```", guide, re.DOTALL):
        assert {"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"} <= set(re.findall(r"sts:\w+", policy))
        assert json.loads(policy)["Version"] == "2012-10-17"


@pytest.mark.parametrize("name", NAMES)
def test_every_key_is_told_in_the_guide(name: str) -> None:
    assert name in [key for key, _, _ in ROWS]


@pytest.mark.parametrize("name", IDLE)
def test_the_guide_says_at_each_key_that_does_nothing_yet_that_it_does_not(name: str) -> None:
    (told,) = [meaning for key, meaning, _ in ROWS if key == name]
    assert "(not acted on yet" in told


def test_every_variable_is_told_in_the_guide_and_no_key_that_is_not_there() -> None:
    assert {key for key, _, _ in ROWS} == {*NAMES, *VARIABLES}


@pytest.mark.parametrize(
    ("key", "default"),
    [
        ("deadline", "20m"),
        ("expires", "30m"),
        ("schedules", "created"),
        ("exec_shell", "sh"),
        ("count", "1"),
        ("shared_channels", "refuse"),
        ("lock_after_rollback", "yes"),
        ("unfurl", "no"),
    ],
)
def test_the_default_that_the_guide_tells_is_the_one_that_is_used(key: str, default: str) -> None:
    assert (key, f"`{default}`") in [(name, told) for name, _, told in ROWS]
    whole = schema()
    definitions: dict[str, Any] = whole["$defs"]
    models = [model["properties"] for model in (whole, *definitions.values()) if key in model["properties"]]
    assert {str(properties[key]["default"]) for properties in models} == {default}


def test_the_defaults_of_durations_are_what_the_schema_says() -> None:
    text = FULL.replace("          expires: 30m\n", "").replace("        deadline: 20m", "       ")
    assert parse(text, "f", {}) == parse(FULL, "f", {})


def test_the_schema_in_docs_is_the_one_the_models_make() -> None:
    kept = Path("docs/tinystacks.schema.json").read_text(encoding="utf-8")
    made = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    assert kept == made, "run: python -m bot.config > docs/tinystacks.schema.json"


def test_the_example_points_editors_at_the_schema() -> None:
    first = EXAMPLE.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=docs/tinystacks.schema.json"
    assert Path("docs/tinystacks.schema.json").is_file()


def test_the_problems_that_the_guide_shows_are_the_ones_that_are_told() -> None:
    text = FULL.replace("        cluster: prod", "        clutser: prod").replace("by: [release]", "by: [relase]")
    with pytest.raises(BadConfig) as caught:
        parse(text, "tinystacks.yml", {})
    assert "\n".join(caught.value.problems) in GUIDE


def test_the_schema_takes_every_example_and_refuses_a_misspelt_key() -> None:
    validator = Draft202012Validator(schema())
    for text in (EXAMPLE.read_text(encoding="utf-8"), FULL, *FENCED):
        validator.validate(yaml.safe_load(text))
        assert not validator.is_valid(yaml.safe_load(text.replace("cluster:", "clutser:")))
