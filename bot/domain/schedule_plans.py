"""Planning a schedule: nothing is called now, so the plan is what comes when, and what already speaks against it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.cron import EXAMPLE, cron_of
from bot.domain.errors import NotPossible, UnknownName
from bot.domain.fingerprints import rules_of
from bot.domain.images import short
from bot.domain.plans import STAGE_CHECK, Check, Level, Plan, Side
from bot.domain.schedules import VERBS, Typed
from bot.domain.stacks import Stage
from bot.domain.timetables import Timetable, comes_twice, grace_of, moment_of
from bot.domain.windows import closed_by
from bot.domain.words import words
from bot.domain.zones import zone_named

SHOWN = 3
"""So many of the next times are shown."""

_PASSES = frozenset({"lock", STAGE_CHECK, "deployment"})
"""Checks about what may well be over when its time comes."""

_WHEN = f'Add --cron "{EXAMPLE}" or --at 2026-12-01 09:00, and --tz Europe/Berlin where UTC is not meant.'


def timetable_of(typed: Typed, now: datetime) -> Timetable:
    """What was typed, read. Raises NotPossible or UnknownName for the first thing that cannot be."""
    if typed.verb not in VERBS:
        raise UnknownName("verb that can be scheduled", typed.verb, VERBS)
    if any(word.startswith("--emergency") for word in words(typed.asked)):
        raise NotPossible("A schedule skips no approval and no lock.", "Leave --emergency out.")
    _refuse_open(typed.asked)
    if bool(typed.cron.strip()) == bool(typed.at.strip()):
        both = "It cannot be by --cron and --at at once." if typed.cron.strip() else "It does not say when."
        raise NotPossible(both, _WHEN)
    zone = zone_named(typed.tz.strip()) if typed.tz.strip() else "UTC"
    at = moment_of(typed.at, zone, now) if typed.at.strip() else None
    cron = "" if at else cron_of(typed.cron).text
    return Timetable(typed.verb, typed.asked, cron, at, zone, grace_of(typed.grace.strip()))


def _refuse_open(asked: str) -> None:
    """Raises NotPossible for what would only be known when its time comes."""
    if any(word.partition("=")[0] == "--restore" for word in words(asked)):
        fact = "What --restore brings back would only be known when its time comes, so nobody could say yes to it."
        raise NotPossible(fact, "Say what is meant, such as --tasks 4.")


def plan_schedule(stage: Stage, table: Timetable, today: Plan | None) -> Plan:
    """`table` with its next times. `today`: the same, planned as if it were its time; None: there would be nothing to
    do. Raises NotPossible where no time is left."""
    if not table.times:
        raise NotPossible(f"“{table.cron}” never comes.", _WHEN)
    found = (_closed(stage, table.times), _twice(table), _tag(table, today), _today(today), *_standing(today))
    return Plan(
        verb="schedule",
        before=Side("", "not scheduled"),
        after=Side("", f"{table.wish}, {table.when}"),
        account=today.account if today else "",
        steps=(),
        rests_on=(*rules_of(stage), ("schedule", f"{table.wish}, {table.when}")),
        checks=tuple(check for check in found if check),
        schedule=table,
        look=today.look if today else None,
    )


def _closed(stage: Stage, times: Sequence[datetime]) -> Check | None:
    """What a closed window would hold when it comes."""
    shut = [(at, window) for at in times if (window := closed_by(stage.closed, at))]
    if not shut:
        return None
    at, window = shut[0]
    level = Level.BAD if len(shut) == len(times) else Level.WARNING
    local = at.astimezone(ZoneInfo(window.zone))
    many = "none of its next times would run" if level is Level.BAD else f"{len(shut)} of {len(times)} would not run"
    sentence = f"{local:%a %H:%M} {window.zone} is closed ({window.text}): {many}. Choose another time."
    return Check("closed", level, sentence)


def _twice(table: Timetable) -> Check | None:
    if table.at is None or not comes_twice(table.at, table.zone):
        return None
    local = table.at.astimezone(ZoneInfo(table.zone))
    sentence = f"Clocks are set back then, so {local:%H:%M} comes twice: I take the first, {table.at:%H:%M} UTC."
    return Check("clock", Level.WARNING, f"{sentence} Choose another time if that is not meant.")


def _tag(table: Timetable, today: Plan | None) -> Check | None:
    """Whoever says yes to a tag says yes to whatever it stands at by then."""
    if table.verb != "deploy" or today is None or not today.after.digest or today.after.digest in table.asked:
        return None
    now = f"{table.asked} is {short(today.after.digest)} now; what it stands at when its time comes is deployed."
    return Check("image", Level.WARNING, f"{now} To have this very image, name its digest in place of the tag.")


def _today(today: Plan | None) -> Check | None:
    if today and today.blocked:
        return None
    now = "It could be done as things stand now." if today else "As things stand now there would be nothing to do."
    return Check("today", Level.OK, now)


def _standing(today: Plan | None) -> list[Check]:
    """What speaks against it, as of now: what passes by itself is only told."""
    amiss = [check for check in today.checks if check.level is not Level.OK] if today else []
    return [_passing(one) if one.name in _PASSES else one for one in amiss]


def _passing(check: Check) -> Check:
    return replace(check, level=Level.WARNING, sentence=f"As of now: {check.sentence}")
