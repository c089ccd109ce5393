"""Rates, trigger ids and response URLs: pure decisions over a moment in time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack.errors import SlackError
from sandbox.slack.rates import RATES, Limiter, Rate
from sandbox.slack.tickets import ResponseUrl, Tickets

RATE = Rate(per_minute=60, burst=5)


def test_a_burst_passes_and_then_one_call_a_second() -> None:
    limiter = Limiter({"m": RATE})
    assert [limiter.wait_for("m", "", 100.0) for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    assert limiter.wait_for("m", "", 101.0) == 0
    assert limiter.wait_for("m", "", 101.0) == 1


def test_waiting_longer_saves_up_no_more_than_a_burst() -> None:
    limiter = Limiter({"m": RATE})
    limiter.wait_for("m", "", 0.0)
    assert [limiter.wait_for("m", "", 10_000.0) for _ in range(6)] == [0, 0, 0, 0, 0, 1]


def test_posting_is_counted_per_channel_and_updating_for_the_workspace() -> None:
    limiter = Limiter(RATES)
    assert not any(limiter.wait_for("chat.postMessage", f"C{n}", 0.0) for n in range(100))
    updates = [limiter.wait_for("chat.update", f"C{n}", 0.0) for n in range(11)]
    assert updates == [0] * 10 + [2]


def test_without_rates_nothing_is_limited() -> None:
    limiter = Limiter(None)
    assert not any(limiter.wait_for("chat.update", "C", 0.0) for _ in range(1_000))


@given(st.lists(st.floats(0, 5), min_size=1, max_size=60))
def test_never_more_than_the_burst_and_what_came_since(pauses: list[float]) -> None:
    limiter, now, passed = Limiter({"m": RATE}), 0.0, 0
    for pause in pauses:
        now += pause
        passed += limiter.wait_for("m", "", now) == 0
    assert passed <= RATE.burst + now * RATE.per_minute / 60


@given(st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_who_waits_as_told_is_let_through(pauses: list[float]) -> None:
    limiter, now = Limiter({"m": RATE}), 0.0
    for pause in pauses:
        now += pause
        wait = limiter.wait_for("m", "", now)
        assert limiter.wait_for("m", "", now + wait) == 0 or wait == 0
        now += wait


def test_a_trigger_opens_one_view_within_three_seconds() -> None:
    tickets = Tickets()
    trigger_id = tickets.trigger("U1", 100.0)
    assert tickets.exchange(trigger_id, 103.0) == "U1"
    with pytest.raises(SlackError, match="exchanged_trigger_id"):
        tickets.exchange(trigger_id, 103.0)
    with pytest.raises(SlackError, match="expired_trigger_id"):
        tickets.exchange(tickets.trigger("U1", 100.0), 103.1)
    with pytest.raises(SlackError, match="invalid_trigger_id"):
        tickets.exchange("made up", 100.0)


def test_a_response_url_works_five_times_within_thirty_minutes() -> None:
    tickets = Tickets()
    key = tickets.response_url(ResponseUrl("C1", "U1", 0.0))
    assert [tickets.use(key, 1_800.0).uses for _ in range(5)] == [1, 2, 3, 4, 5]
    with pytest.raises(SlackError, match="used_url"):
        tickets.use(key, 1_800.0)
    with pytest.raises(SlackError, match="expired_url"):
        tickets.use(tickets.response_url(ResponseUrl("C1", "U1", 0.0)), 1_800.1)
