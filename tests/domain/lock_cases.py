"""Locks to decide about."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.domain.locks import Lock, Unreadable, Why
from bot.domain.people import Person
from bot.domain.stacks import Place, Stage
from bot.domain.windows import Window

NOW = datetime(2026, 11, 23, 14, 27, tzinfo=UTC)
ANA, BO = Person("T0ACME", "U0ANA", "ana"), Person("T0ACME", "U0BO", "bo")
ALWAYS_CLOSED = Window(0, time(0, 0), 0, time(23, 59), "Europe/Berlin", "mon 00:00 – mon 23:59 Europe/Berlin")
PROD = Stage(
    "shop",
    "prod",
    Place("eu-west-1", "prod"),
    "shop-prod",
    "C0PROD",
    may_change=("developers",),
    admins=("release",),
)


def lock(holder: Person = ANA, **changed: Any) -> Lock:
    """Ana's lock of shop prod, 25 minutes old."""
    since = NOW - timedelta(minutes=25)
    made = Lock("l1", "shop", "prod", holder, "hotfix", since, None, Why.HELD, "C0PROD")
    return replace(made, **changed)


def freeze(holder: Person = BO, **changed: Any) -> Lock:
    """Bo's freeze of everything."""
    return lock(holder, **{"id": "f1", "stack": "", "stage": "", "why": Why.FREEZE, "reason": "incident", **changed})


PEOPLE = st.builds(
    Person, st.sampled_from(["T0ACME", "T0OTHER"]), st.sampled_from(["U0ANA", "U0BO", ""]), st.text(max_size=5)
)
_ENDS = st.none() | st.integers(-3, 3).map(lambda minutes: NOW + timedelta(minutes=minutes))
_PLACES = st.sampled_from([("shop", "prod"), ("shop", "staging"), ("", "")])


def _lock(place: tuple[str, str], holder: Person, until: datetime | None, why: Why) -> Lock:
    return lock(holder, stack=place[0], stage=place[1], until=until, why=why if place[0] else Why.FREEZE)


LOCKS = st.builds(_lock, _PLACES, PEOPLE, _ENDS, st.sampled_from([Why.HELD, Why.AFTER_ROLLBACK]))
ROWS = st.lists(LOCKS | _PLACES.map(lambda place: Unreadable("x1", *place, "T0ACME/U0ANA")), max_size=4)
