"""Cron expressions as crontab(5) means them: five fields, 0 and 7 are Sunday, and where both the day of the month and
the day of the week are restricted, a day fits that is either. Spelt out here, so that no library reads them its own way
(durability facts 1.4)."""

import re
from dataclasses import dataclass

from bot.domain.errors import NotPossible

EXAMPLE = "0 20 * * mon-fri"
LEAST_MINUTES = 5
"""Nothing is scheduled more often."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST = dict(zip(range(1, 13), (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), strict=True))
_PART = re.compile(r"(?:\*|([0-9]{1,2}|[a-z]{3})(?:-([0-9]{1,2}|[a-z]{3}))?)(?:/([0-9]{1,2}))?", re.ASCII)
_WRITE = f'Write minute, hour, day of the month, month and day of the week, such as --cron "{EXAMPLE}".'


@dataclass(frozen=True, slots=True)
class Cron:
    """`text`: as it was typed. Every field as the numbers that it stands for; `weekdays`: 0 is Monday. `either`: a day
    fits that is one of `days` or one of `weekdays`, else only one that is both."""

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    either: bool


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 7, _DAYS),
)


def cron_of(text: str) -> Cron:
    """Reads `0 20 * * mon-fri`, with the asterisks of our own answers too.

    Raises NotPossible for anything but five fields, for what never comes, and for what comes more often than every
    LEAST_MINUTES."""
    words = text.lower().replace("∗", "*").split()
    if len(words) != len(_FIELDS):
        raise NotPossible(_not_five(text, len(words)), _WRITE)
    minutes, hours, days, months, weekdays = (_numbers(*pair) for pair in zip(_FIELDS, words, strict=True))
    either = not words[2].startswith("*") and not words[4].startswith("*")
    there = any(day <= _LONGEST[month] for month in months for day in days)
    if either and not there:
        # Only the weekday ever comes. Whoever looks for the day would look for ever.
        either, days = False, tuple(range(1, 32))
    from_monday = tuple(sorted({(day + 6) % 7 for day in weekdays}))
    cron = Cron(" ".join(words), minutes, hours, days, months, from_monday, either)
    if not (there or len(days) == 31):
        raise NotPossible(f"“{cron.text}” never comes: no such month has such a day.", _WRITE)
    if _closest(cron) < LEAST_MINUTES:
        fact = f"“{cron.text}” comes more often than every {LEAST_MINUTES} minutes."
        raise NotPossible(fact, f"Leave at least {LEAST_MINUTES} minutes between two times, such as */{LEAST_MINUTES}.")
    return cron


def in_words(cron: Cron) -> str:
    """`weekdays at 20:00`; where that cannot be said simply, `by cron 0 */2 * * *`."""
    at = f"at {cron.hours[0]:02}:{cron.minutes[0]:02}"
    if len(cron.minutes) > 1 or len(cron.hours) > 1 or cron.either or len(cron.months) < 12:
        return f"by cron {cron.text}"
    if len(cron.days) == 31:
        return f"{_weekly(cron.weekdays)} {at}"
    if len(cron.days) == 1 and len(cron.weekdays) == 7:
        return f"on day {cron.days[0]} of each month {at}"
    return f"by cron {cron.text}"


def _weekly(weekdays: tuple[int, ...]) -> str:
    known = {tuple(range(7)): "every day", tuple(range(5)): "weekdays", (5, 6): "Saturdays and Sundays"}
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    if len(weekdays) == 1:
        return f"{names[weekdays[0]]}s"
    return known.get(weekdays) or ", ".join(names[day][:3] for day in weekdays)


def _not_five(text: str, fields: int) -> str:
    if text.strip().startswith("@"):
        return f"I read five fields of cron, not “{text.strip()[:40]}”."
    many = f"{fields} field{'' if fields == 1 else 's'}"
    seconds = "; there are no seconds" if fields == 6 else ""
    return f"“{text.strip()[:60]}” has {many}, and cron has five{seconds}."


def _numbers(field: _Field, word: str) -> tuple[int, ...]:
    found = {number for part in word.split(",") for number in _part(field, part)}
    return tuple(sorted(found))


def _part(field: _Field, part: str) -> range:
    match = _PART.fullmatch(part)
    if match is None:
        raise _unread(field, part)
    first, last, step = match.groups()
    if first is None:
        low, high = field.least, 6 if field.names is _DAYS else field.most
    else:
        low = _number(field, first, part)
        high = _number(field, last, part) if last else low
        # `fri-sun` ends with the Sunday that is 7.
        high = 7 if last == "sun" and low else high
    if high < low or (step is not None and (int(step) == 0 or (first is not None and last is None))):
        raise _unread(field, part)
    return range(low, high + 1, int(step or 1))


def _number(field: _Field, word: str, part: str) -> int:
    if word in field.names:
        return field.names.index(word) + field.least
    if not word.isdigit() or not field.least <= int(word) <= field.most:
        raise _unread(field, part)
    return int(word)


def _unread(field: _Field, part: str) -> NotPossible:
    named = f", or {field.names[0]} to {field.names[-1]}" if field.names else ""
    fact = f"“{part[:40]}” is no {field.name} of cron: that is {field.least} to {field.most}{named}, * or a range."
    return NotPossible(fact, _WRITE)


def _closest(cron: Cron) -> int:
    """Minutes between the two times that are closest together."""
    gaps = [later - sooner for sooner, later in zip(cron.minutes, cron.minutes[1:], strict=False)]
    follows = any((hour + 1) % 24 in cron.hours for hour in cron.hours)
    gaps += [60 - cron.minutes[-1] + cron.minutes[0]] if follows else []
    return min(gaps, default=60)
