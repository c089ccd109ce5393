"""The form of a verb whose stack or stage was not typed, made of what the verb declares as its arguments.

Sent off, it is the command as it would have been typed: one road for both.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from bot.domain.errors import NotPossible, Refusal
from bot.domain.names import find_stack, find_stage
from bot.domain.policy import READING_VERBS
from bot.domain.requests import Ack, Kind, Request
from bot.domain.stacks import Config
from bot.domain.words import plain
from bot.engine.commands import Answer, Ask, Command, House
from bot.engine.ports import Json
from bot.engine.replies import remembered
from bot.messages.fields import found_stages, matching, stage_select
from bot.messages.forms import STAGE, Entry, verb_form
from bot.messages.kit import ANSWER, answer_view
from bot.messages.refusals import said

_PLACE = ("stack", "stage")
_TYPED_ONLY = {"yes", "emergency"}
"""What skips a guard is typed: nobody comes upon it in a form."""

_TOLD = {
    "task": ("0123abcd", "The beginning of its id is enough."),
    "revision": ("41", "Its number; empty: the one that worked last."),
}
"""Example and hint of arguments, which click gives no help."""

STAYS = "stays"
"""In a form's metadata: it was opened where there is no channel to answer in, so the answer takes the form's place."""


def has_form(command: Command) -> bool:
    """Whether it cannot do without a stack and a stage."""
    required = {param.name for param in command.cli.params if isinstance(param, click.Argument) and param.required}
    return required.issuperset(_PLACE)


def run_or_ask(ask: Ask, command: Command, words: Sequence[str]) -> Answer:
    """Runs it; where a part is missing, and Slack lets us, asks for that with a form."""
    try:
        return command.run(ask, tuple(words))
    except click.MissingParameter:
        if not (has_form(command) and ask.request.trigger_id):
            raise
        return open_form(ask, command, words)


def open_form(ask: Ask, command: Command, words: Sequence[str]) -> Answer:
    """The form with what was understood of the words. Raises Refusal for names that nobody knows, and too late."""
    given = command.cli.make_context(command.verb, list(words), resilient_parsing=True).params
    stack, stage = (str(given.get(name) or "") for name in _PLACE)
    found = find_stack(ask.house.config, stack) if stack else None
    stages = found.stages if found else ()
    known = find_stage(ask.house.config, stack, stage) if stage else stages[0] if len(stages) == 1 else None
    chosen = f"{known.stack}/{known.name}" if known else ""
    entries = [_entry(alike[0], _first(given, alike)) for alike in _more(command)]
    first = found.name if found else ""
    select = stage_select(f"{command.verb}:{STAGE}", ask.house.config.stacks, chosen, first)
    view = verb_form(command.verb, _send(command), select, entries, metadata_of(ask.request))
    show(ask, view)
    return told_open(ask, f"The form is open: choose the stage and press *{_send(command)}*.")


def show(ask: Ask, view: Json) -> str:
    """The id of the form that is open now. Raises Refusal where Slack opens it no more."""
    view_id = ask.house.ports.chat.open_view(ask.request.trigger_id, view)
    ask.house.addresses.keep(view_id, ask.request.response_url)
    return view_id


def told_open(ask: Ask, sentence: str) -> Answer:
    """In place of the receipt of a command; a shortcut has none."""
    return None if ask.request.kind is Kind.SHORTCUT else said(sentence)


def _send(command: Command) -> str:
    if command.verb in READING_VERBS:
        return "Show"
    return "Preview" if command.plan else command.verb.capitalize()


def metadata_of(request: Request) -> str:
    """What a form remembers of where it was asked for."""
    stays = {STAYS: "yes"} if request.kind is Kind.SHORTCUT else {}
    return json.dumps({"channel_id": request.channel_id, **stays})


def placed(request: Request) -> Request:
    """The request whose answer goes into a window: of a shortcut, or of a form that was opened by one."""
    stays = request.kind is Kind.SUBMISSION and remembered(request.metadata, STAYS)
    return replace(request, callback_id=ANSWER) if stays or request.kind is Kind.SHORTCUT else request


def sent_off(request: Request, errors: Mapping[str, str]) -> tuple[Ack, bool]:
    """The immediate answer to a form, and whether there is work to follow."""
    if errors:
        return Ack(payload={"response_action": "errors", "errors": dict(errors)}), False
    if remembered(request.metadata, STAYS):
        view = answer_view(request.callback_id.capitalize(), said("One moment …"))
        return Ack(payload={"response_action": "update", "view": view}), True
    return Ack(), True


def submit_of(command: Command) -> Callable[[Ask], Answer] | None:
    """What takes the verb's form: its own, or the command itself with the form's fields as its words."""
    if command.submit is not None or not has_form(command):
        return command.submit
    return lambda ask: command.run(ask, typed(command, ask.request.values))


def wrong_fields(command: Command, request: Request, config: Config) -> Mapping[str, str]:
    """What is to be corrected before the form is taken, by field. Reads nothing but the config."""
    if command.submit is not None or not has_form(command):
        return command.errors(request, config)
    return dict(_wrong(command, request.values, config))


def _wrong(command: Command, values: Mapping[str, Mapping[str, Any]], config: Config) -> Iterator[tuple[str, str]]:
    stack, _, stage = _value(values, STAGE).partition("/")
    try:
        find_stage(config, stack, stage)
    except Refusal as error:
        yield STAGE, str(error) if stack else "Choose a stage."
    for param, *_ in _more(command):
        yield from _complaint(command, param, _value(values, param.name or ""))


def _complaint(command: Command, param: click.Parameter, value: str) -> Iterator[tuple[str, str]]:
    name = param.name or ""
    if param.required and not value:
        yield name, "This is needed."
    if not value or _is_box(param):
        return
    try:
        param.type_cast_value(click.Context(command.cli), (value,) if param.nargs == -1 else value)
        if name in command.checks:
            command.checks[name](value)
    except NotPossible as error:
        yield name, _sentence(error.fact.removeprefix(f"{param.opts[-1]} ").rstrip("."))
    except Refusal as error:
        yield name, str(error)
    except click.UsageError as error:
        yield name, error.message


def typed(command: Command, values: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """The words that say what the form says. Options come first, then `--`, so that no field's text is ever taken for
    an option."""
    stack, _, stage = _value(values, STAGE).partition("/")
    options, arguments = list[str](), [stack, stage]
    for param, *_ in _more(command):
        value = _value(values, param.name or "")
        if isinstance(param, click.Argument):
            arguments.append(value)
        elif value:
            options.append(param.opts[-1] if _is_box(param) else f"{param.opts[-1]}={value}")
    while len(arguments) > len(_PLACE) and not arguments[-1]:
        arguments.pop()
    return (*options, "--", *arguments)


def suggestions(house: House, request: Request) -> Json:
    """The answer to what is being typed into a searched select: from the config, or from what the form was opened
    with."""
    name = request.action_id.partition(":")[2]
    if name == STAGE:
        groups = found_stages(house.config.stacks, request.value)
        return {"option_groups": groups} if groups else {"options": []}
    return {"options": matching(house.shelf.of(request.view_id), request.value)}


def _more(command: Command) -> list[list[click.Parameter]]:
    """What goes into the form beside the place: a field for those that are called alike, as REASON and --reason."""
    called: dict[str, list[click.Parameter]] = {}
    for param in command.cli.params:
        if param.name not in (*_PLACE, *_TYPED_ONLY):
            called.setdefault(_label(param), []).append(param)
    return list(called.values())


def _first(given: Mapping[str, Any], alike: Sequence[click.Parameter]) -> Any:
    return next((given[param.name] for param in alike if param.name and given.get(param.name)), "")


def _entry(param: click.Parameter, given: Any) -> Entry:
    name, label, box = param.name or "", _label(param), _is_box(param)
    if not isinstance(param, click.Option):
        words = " ".join(given) if isinstance(given, tuple) else str(given or "")
        example, hint = _TOLD.get(name, ("", ""))
        return Entry(name, label, hint, example, words, required=param.required)
    usual = "" if box else str(param.default or "")
    value = ("yes" if given else "") if box else str(given or "")
    return Entry(
        name, label, _sentence(param.help or ""), usual or param.metavar or "", value if value != usual else "", box=box
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _label(param: click.Parameter) -> str:
    word = param.opts[-1].lstrip("-") if isinstance(param, click.Option) else param.name or ""
    return word.replace("_", " ").replace("-", " ").capitalize()


def _is_box(param: click.Parameter) -> bool:
    return isinstance(param, click.Option) and (param.is_flag or param.count)


def _value(values: Mapping[str, Mapping[str, Any]], name: str) -> str:
    given = next(iter(values.get(name, {}).values()), "")
    return plain(str(given[0] if isinstance(given, list) and given else given or ""))
