"""Opening the scale form within Slack's 3 seconds, and telling in it how the stage stands."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.domain.errors import NotPossible, Refusal
from bot.domain.names import find_stage
from bot.domain.requests import Request
from bot.domain.scale_words import RANGES, SUSPENDED_FOR, Wanted, checked, wanted_of, whole
from bot.domain.stacks import Config, Stage
from bot.engine.commands import Answer, Ask
from bot.engine.forms import metadata_of, show, told_open
from bot.engine.reading import read_target
from bot.engine.rights import require
from bot.engine.scale_reading import read_autoscaling
from bot.messages.forms import STAGE
from bot.messages.kit import escape
from bot.messages.scale import autoscaling_lines
from bot.messages.scale_form import ANYWAY, NUMBERS, SUSPEND, WAY, scale_form

_FIELDS = {"min": "least", "max": "most"}
"""Block ids that are called otherwise in Wanted."""


def open_form(ask: Ask, stage: Stage | None) -> Answer:
    """Raises Refusal for a stage that this person may not change, and where Slack opens no form."""
    if stage:
        require(ask, "scale", stage)
    if not ask.request.trigger_id:
        fact = "Slack opens no form from a mention."
        raise NotPossible(fact, "Type how many, for example: /tinystacks scale STACK STAGE 6")
    metadata = metadata_of(ask.request)
    view_id = show(ask, scale_form(ask.house.config.stacks, _key(stage), metadata, None))
    if stage:
        _fill(ask, view_id, stage, metadata)
    return told_open(ask, "The form is open: fill in what is to change and press *Preview*.")


def refill(ask: Ask) -> Answer:
    """Another stage was chosen in the form."""
    stack, _, name = ask.request.value.partition("/")
    stage = find_stage(ask.house.config, stack, name)
    view = scale_form(ask.house.config.stacks, _key(stage), ask.request.metadata, None)
    ask.house.ports.chat.update_view(ask.request.view_id, view)
    _fill(ask, ask.request.view_id, stage, ask.request.metadata)
    return None


def of_form(values: Mapping[str, Mapping[str, Any]]) -> Wanted:
    """What was filled in. Raises NotPossible for what is no number, or out of range."""
    given = _given(values)
    way = given.pop(WAY, "")
    wanted = wanted_of({_FIELDS.get(name, name): text for name, text in given.items()})
    return replace(wanted, suspend=SUSPENDED_FOR if way == SUSPEND else None, anyway=way == ANYWAY)


def form_errors(request: Request, config: Config) -> Mapping[str, str]:
    """What is to be corrected, by field. Reads nothing but the config."""
    given = _given(request.values)
    if given.pop(WAY, "") and "tasks" not in given:
        return {"tasks": "Fill in how many tasks are meant, or choose no way below."}
    problems = {name: problem for name, text in given.items() if (problem := _problem(name, text))}
    stack, _, name = value_of(request.values, STAGE).partition("/")
    try:
        find_stage(config, stack, name)
        if not problems:
            checked(of_form(request.values))
    except NotPossible as error:
        return {next(iter(given), "tasks"): f"{error.fact} {error.remedy}"}
    except Refusal as error:
        return {STAGE: str(error) if stack else "Choose a stage."}
    return problems if problems or given else {"tasks": "Fill in a number, here or below."}


def value_of(values: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """The field's value as text on one line; empty: nothing."""
    given = next(iter(values.get(name, {}).values()), None)
    return " ".join(str(given).split()) if given else ""


def _given(values: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    given = {name: value_of(values, name) for name in (*NUMBERS, WAY)}
    return {name: text for name, text in given.items() if text}


def _problem(name: str, text: str) -> str:
    try:
        whole(text, *RANGES[_FIELDS.get(name, name)])
    except NotPossible as error:
        return f"{error.fact} {error.remedy}"
    return ""


def _fill(ask: Ask, view_id: str, stage: Stage, metadata: str) -> None:
    ports, scaled = ask.house.ports, False
    try:
        service, auto = read_target(ports, stage).service, read_autoscaling(ports, stage)
        scaled = auto is None or bool(auto.policies or auto.scheduled)
        unread = f"{service.desired} tasks wanted. I may not read what scales them by themselves."
        facts = autoscaling_lines(auto, service.desired, ports.now()) if auto else unread
    except Refusal as error:
        facts = f"⚠️ {escape(str(error), 600)}"
    view = scale_form(ask.house.config.stacks, _key(stage), metadata, facts, scaled=scaled)
    ports.chat.update_view(view_id, view)


def _key(stage: Stage | None) -> str:
    return f"{stage.stack}/{stage.name}" if stage else ""
