"""Domain values to store."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.domain.audit import Entry
from bot.domain.changes import Change, State
from bot.domain.people import Person
from bot.domain.plans import Check, Difference, Level, Operation, Plan, Side, Step
from bot.domain.stacks import Place

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANA = Person("T0ACME", "U0ANA", "ana")
PLACE = Place("eu-west-1", "prod", "arn:aws:iam::111122223333:role/tinystacks-bot")
PLAN = Plan(
    verb="deploy",
    before=Side("shop:6", "shop:v42"),
    after=Side("shop:new", "shop:v43", "v43", "sha256:" + "a" * 64),
    account="111122223333",
    steps=(Step(Operation.UPDATE_SERVICE, {"service": "shop", "taskDefinition": "shop:7", "deep": [{"x": 1.5}]}),),
    rests_on=(("desired count", "2"),),
    differences=(Difference("containerDefinitions[app].image", "shop:v42", "shop:v43"),),
    checks=(Check("image", Level.OK, "v43 is there."),),
)
ENTRY = Entry(NOON, "T0ACME", "U0ANA", "ana", "deploy", "asked", "shop", "prod", "c1", "new cart", {"image": "v43"})


def after(minutes: float) -> datetime:
    """A time in the afternoon."""
    return NOON + timedelta(minutes=minutes)


def sample_change(change_id: str = "c1", **changed: Any) -> Change:
    """A proposed deploy of shop / prod at noon."""
    values: dict[str, Any] = {
        "id": change_id,
        "verb": "deploy",
        "stack": "shop",
        "stage": "prod",
        "place": PLACE,
        "service": "shop-prod",
        "channel_id": "C0PROD",
        "state": State.PROPOSED,
        "plan": PLAN,
        "requester": ANA,
        "reason": "new cart",
        "asked_in": "C0DEPLOYS",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Change(**values | changed)


AWARE = st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1))  # noqa: DTZ001
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.text(max_size=9), JSON, max_size=4)
