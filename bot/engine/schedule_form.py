"""The form of a schedule: opened with what is known, read, and told what is wrong in it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from bot.domain.cron import cron_of
from bot.domain.errors import NotPossible, Refusal
from bot.domain.names import find_stack, find_stage
from bot.domain.requests import Request
from bot.domain.schedules import Typed
from bot.domain.stacks import Config
from bot.domain.timetables import grace_of, moment_of
from bot.domain.words import plain
from bot.domain.zones import zone_named
from bot.engine.change_actions import wish_for
from bot.engine.commands import Answer, Ask
from bot.engine.forms import metadata_of, show, told_open
from bot.messages.schedule_form import AT, CRON, GRACE, REASON, STAGE, WHAT, WISH, ZONE, schedule_form


def open_form(ask: Ask, typed: Typed, stack: str, stage: str, reason: str) -> Answer:
    """Raises Refusal for a stack or stage that nobody knows, and where Slack opens it no more."""
    config, chosen = ask.house.config, ""
    if stack:
        stages = find_stack(config, stack).stages
        known = find_stage(config, stack, stage) if stage else stages[0] if len(stages) == 1 else None
        chosen = f"{known.stack}/{known.name}" if known else ""
    show(ask, schedule_form(config.stacks, chosen, typed, reason, metadata_of(ask.request)))
    return told_open(ask, "The form is open: say what comes when and press *Preview*.")


def submitted(ask: Ask) -> Answer:
    """Sent off, it is what could have been typed."""
    values = ask.request.values
    stack, _, stage = _value(values, STAGE).partition("/")
    found = find_stage(ask.house.config, stack, stage)
    return wish_for(ask, "schedule", found, str(_typed(values)), reason=_value(values, REASON))


def wrong_fields(request: Request, _config: Config) -> Mapping[str, str]:
    """By field, what is to be corrected; of fields that are there."""
    return {name: told for name, told in _wrong(request) if name in request.values}


def _wrong(request: Request) -> Iterator[tuple[str, str]]:
    typed = _typed(request.values)
    for name, missing in ((STAGE, "Choose a stage."), (WHAT, "Choose what is to be done.")):
        if not _value(request.values, name):
            yield name, missing
    if bool(typed.cron) == bool(typed.at):
        yield AT, "Say it either by cron above or as a time here, not both." if typed.at else "Say when, here or above."
    zone = _refused(lambda: zone_named(typed.tz)) if typed.tz else ""
    checks: tuple[tuple[str, str, Callable[[], object]], ...] = (
        (CRON, typed.cron, lambda: cron_of(typed.cron)),
        (AT, "" if zone else typed.at, lambda: moment_of(typed.at, zone_named(typed.tz or "UTC"), request.at)),
        (GRACE, typed.grace, lambda: grace_of(typed.grace)),
    )
    found = [(ZONE, zone), *((name, _refused(check)) for name, given, check in checks if given)]
    yield from ((name, told) for name, told in found if told)


def _refused(check: Callable[[], object]) -> str:
    try:
        check()
    except Refusal as error:
        return f"{error.fact} {error.remedy}" if isinstance(error, NotPossible) else str(error)
    return ""


def _typed(values: Mapping[str, Mapping[str, object]]) -> Typed:
    verb, asked, cron, at, tz, grace = (_value(values, name) for name in (WHAT, WISH, CRON, AT, ZONE, GRACE))
    return replace(Typed(verb, asked), cron=cron, at=at, tz=tz, grace=grace)


def _value(values: Mapping[str, Mapping[str, object]], name: str) -> str:
    given = next(iter(values.get(name, {}).values()), None)
    return plain(str(given)) if given else ""
