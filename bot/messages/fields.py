"""What forms are made of beyond kit's own fields: all stages, a search in many options, a box to tick."""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.domain.stacks import Stack
from bot.messages.kit import OPTION_TEXT, OPTIONS, Block, option, plain_text, select


def stage_select(action_id: str, stacks: Sequence[Stack], chosen: str = "", first: str = "") -> Block:
    """Every stage under the name of its stack; a search where there are more than Slack shows in one list (Slack facts
    1.2). `chosen`: `stack/stage`; `first`: the stack that is listed first."""
    grouped = [_group(stack, _stages_of(stack)) for stack in sorted(stacks, key=lambda one: one.name != first)]
    options = [one for group in grouped for one in group["options"]]
    initial = next((one for one in options if one["value"] == chosen), None)
    if len(options) > OPTIONS or not options:
        return search(action_id, "Type a part of its name", initial)
    listed: dict[str, Any] = {**select(action_id, "Choose a stage", ()), "option_groups": grouped}
    del listed["options"]
    return listed | ({"initial_option": initial} if initial else {})


def found_stages(stacks: Iterable[Stack], typed: str) -> list[Block]:
    """A group a stack, of those stages whose names hold every word that was typed, stacks that begin with it first; at
    most as many stages as Slack shows."""
    beginning = next(iter(_words(typed)), "")
    groups, left = list[Block](), OPTIONS
    for stack in sorted(stacks, key=lambda one: not one.name.casefold().startswith(beginning)):
        options = matching(_stages_of(stack), typed)[:left]
        left -= len(options)
        groups += [_group(stack, options)] if options else []
    return groups


def _stages_of(stack: Stack) -> list[Block]:
    return [option(f"{stack.name} / {one.name}", f"{stack.name}/{one.name}") for one in stack.stages]


def _group(stack: Stack, options: Sequence[Block]) -> Block:
    return {"label": plain_text(stack.name, OPTION_TEXT), "options": options}


def matching(options: Iterable[Block], typed: str) -> list[Block]:
    """The options that show or stand for every word that was typed, in their order; at most as many as Slack shows."""
    wanted = _words(typed)
    return [one for one in options if all(word in _shown(one) for word in wanted)][:OPTIONS]


def _words(typed: str) -> list[str]:
    return typed.replace("/", " ").casefold().split()


def _shown(one: Block) -> str:
    described = one.get("description", {}).get("text", "")
    return f"{one['text']['text']} {described} {one['value']}".casefold()


def search(action_id: str, placeholder: str, initial: Block | None = None) -> Block:
    """A select that asks the bot for its options, the first ones before anything is typed."""
    block: dict[str, Any] = {
        "type": "external_select",
        "action_id": action_id,
        "placeholder": plain_text(placeholder, 150),
        "min_query_length": 0,
    }
    return block | ({"initial_option": initial} if initial else {})


def tick(action_id: str, text: str, value: str, ticked: bool) -> Block:
    """One box to tick."""
    box = option(text, value)
    block: dict[str, Any] = {"type": "checkboxes", "action_id": action_id, "options": [box]}
    return block | ({"initial_options": [box]} if ticked else {})
