"""What people type to see less of the audit log."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NotPossible
from bot.domain.log_filter import Named, since_of, told_apart

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "person", "places"),
    [
        ([], None, ()),
        (["<@U0GONE>"], Named("U0GONE"), ()),
        (["U0GONE", "shop"], Named("U0GONE"), ("shop",)),
        (["shop", "prod", "@ana"], Named(name="ana"), ("shop", "prod")),
        (["shop", "@W0ABC1"], Named("W0ABC1"), ("shop",)),
        (["UTILS", "prod"], None, ("UTILS", "prod")),
        (["<!channel>", "shop", "prod"], None, ("<!channel>", "shop", "prod")),
    ],
)
def test_a_person_is_told_from_a_stack_wherever_they_stand(
    words: list[str], person: Named | None, places: tuple[str, ...]
) -> None:
    assert told_apart(words, ["UTILS", "shop"]) == (person, places)


@given(st.lists(st.text(max_size=12), max_size=4))
def test_no_word_is_lost(words: list[str]) -> None:
    person, places = told_apart(words, ["shop"])
    assert len(places) + (person is not None) == len(words)


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("30m", NOW - timedelta(minutes=30)),
        ("7d", NOW - timedelta(days=7)),
        ("7 D", NOW - timedelta(days=7)),
        ("4w", NOW - timedelta(weeks=4)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("", None),
    ],
)
def test_since_when_can_be_typed_as_a_span_or_a_day(text: str, since: datetime | None) -> None:
    assert since_of(text, NOW) == since


@given(st.one_of(st.text(min_size=1, max_size=12), st.from_regex(r"[0-9]{1,5}[mhdw]", fullmatch=True)))
def test_any_other_text_is_refused_with_what_to_type(text: str) -> None:
    try:
        since = since_of(text, NOW)
    except NotPossible as error:
        refused = error
    else:
        assert since is None or since.tzinfo is not None
        return
    assert "--since 12h, 7d or 4w" in refused.remedy
