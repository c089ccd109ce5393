"""Opening the scale form within Slack's 3 seconds, and telling in it how the stage stands."""

from collections.abc import Mapping
from typing import Any

from bot.domain.errors import NotPossible, Refusal
from bot.domain.names import find_stage
from bot.domain.scale_words import SUSPENDED_FOR, Wanted
from bot.domain.stacks import Stage
from bot.engine.commands import Answer, Ask
from bot.engine.forms import metadata_of, show, told_open
from bot.engine.reading import read_target
from bot.engine.rights import require
from bot.engine.scale_reading import read_autoscaling
from bot.messages.kit import escape
from bot.messages.scale import autoscaling_lines
from bot.messages.scale_form import ANYWAY, NUMBERS, SUSPEND, WAY, scale_form


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


def words_of_form(values: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What was filled in, by field."""
    given = {name: value_of(values, name) for name in (*NUMBERS, WAY)}
    return {name: text for name, text in given.items() if text}


def way_of(word: str) -> Wanted:
    """The way that was chosen beside the number."""
    return Wanted(suspend=SUSPENDED_FOR if word == SUSPEND else None, anyway=word == ANYWAY)


def value_of(values: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """The field's value as text; empty: nothing."""
    given = next(iter(values.get(name, {}).values()), None)
    return str(given).strip() if given else ""


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
