"""The audit log and the history, told of entries and changes full of hostile strings."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit import Entry, Row, canonical, sealed
from bot.domain.chain import Head
from bot.domain.changes import Approval
from bot.domain.log_filter import Filter
from bot.domain.people import Person
from bot.domain.plans import Side
from bot.messages.audit import Shown, audit_page, head_message, nothing_fits
from bot.messages.history import Past, history_page, no_history
from bot.messages.kit import link
from sandbox.slack.blocks import BLOCKS_LENGTH, blocks_length
from tests.adapters.samples import PLAN, sample_change
from tests.messages.hostile import CHANGES, NOW, TEXTS, assert_harmless
from tests.messages.test_hostile import SOME

DETAILS = st.dictionaries(st.sampled_from(["emergency", "sentence", "why", "problem", "export"]), TEXTS, max_size=3)
ENTRIES = st.builds(
    Entry, st.just(NOW), TEXTS, TEXTS, TEXTS, TEXTS | st.just("aws:UpdateService"), TEXTS | st.just("refused"),
    TEXTS, TEXTS, st.sampled_from(["c1", ""]), TEXTS, DETAILS,
)  # fmt: skip
ROWS = ENTRIES.map(lambda entry: sealed(entry, "0" * 64, 7))
FILTERS = st.builds(Filter, TEXTS, TEXTS, TEXTS, st.none() | st.just(NOW))
CARD = "https://acme.slack.com/archives/C0DEPLOYS/p1234567890123456"
LINKS = {"c1": CARD}


def check(message: Mapping[str, Any]) -> None:
    """With its links it fits; nothing else in it is live."""
    assert blocks_length(list(message["blocks"])) <= BLOCKS_LENGTH
    assert_harmless(json.loads(json.dumps(message).replace(f"<{CARD}|card>", "card")))


@SOME
@given(st.lists(ROWS, min_size=1, max_size=20).map(tuple), FILTERS, st.booleans())
def test_a_page_of_hostile_entries_is_inert_and_fits_into_slack(
    rows: tuple[Row, ...], wanted: Filter, more: bool
) -> None:
    check(audit_page(Shown(rows, wanted, LINKS, 7, more, more)))
    check(nothing_fits(wanted, 7))


@SOME
@given(st.lists(CHANGES, min_size=1, max_size=8).map(tuple), TEXTS, TEXTS)
def test_a_history_of_hostile_changes_is_inert_and_fits_into_slack(changes: Any, stack: str, stage: str) -> None:
    past = Past(stack, stage, changes, {one.id: CARD for one in changes}, frozenset({changes[0].id}), True, True)
    check(history_page(past, NOW + timedelta(hours=1)))
    check(no_history(stack, stage))


@pytest.mark.parametrize("letter", ["&", "<", "x", "\U0001f4a5", "`"])
def test_pages_full_of_the_longest_texts_fit_into_slack(letter: str) -> None:
    long = letter * 2_000
    row = sealed(Entry(NOW, long, long, long, long, long, long, long, "c1", long, {"emergency": long}), "0" * 64, 7)
    check(audit_page(Shown((row,) * 20, Filter(long, long, long, NOW), LINKS, 7, True, True)))
    who, side = Person("T0ACME", "U0ANA", long), Side(long, long, long, long)
    change = sample_change(plan=replace(PLAN, before=side, after=side), requester=who, reason=long, decided_by=who)
    change = replace(change, decided_why=long, emergency=long, approvals=(Approval(who, NOW, long),) * 9)
    check(history_page(Past(long, long, (change,) * 8, {change.id: CARD}, frozenset({"c1"}), True, True), NOW))


def test_an_entry_whose_detail_is_garbage_is_shown_all_the_same() -> None:
    row = sealed(Entry(NOW, "T0", "U0", "ana", "deploy", "proposed"), "0" * 64, 7)
    for detail in ("no json", "[1]", "7", canonical("x")):
        broken = replace(row, detail=detail, at="soon")
        assert "soon · *ana* asked to deploy" in str(audit_page(Shown((broken,), Filter(), {}, 7, False, False)))


def test_the_head_stands_in_full_where_it_can_be_copied() -> None:
    said = str(head_message(Head(12_345, "3fa9" * 16), NOW))
    assert "12,345 entries, head `" + "3fa9" * 16 in said
    assert "audit verify --entry 12345 --head " + "3fa9" * 16 in said


def test_only_a_web_address_becomes_a_link() -> None:
    assert link("https://acme.slack.com/a?b=1&c=2", "card") == "<https://acme.slack.com/a?b=1&amp;c=2|card>"
    for other in ("", "javascript:alert(1)", "https://a|b", "https://a>b", "slack://x", "https://a b"):
        assert link(other, "card") == ""
