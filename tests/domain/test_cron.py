"""Cron as crontab(5) means it, or a sentence."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cron import EXAMPLE, cron_of, in_words
from bot.domain.errors import NotPossible

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("0", "sun"),
        ("7", "sun"),
        ("1", "mon"),
        ("1-5", "mon tue wed thu fri"),
        ("MON-FRI", "mon tue wed thu fri"),
        ("5-7", "fri sat sun"),
        ("0-6", "mon tue wed thu fri sat sun"),
        ("sun-tue", "mon tue sun"),
        ("fri-sun", "fri sat sun"),
        ("1,3,5", "mon wed fri"),
        ("sat,0", "sat sun"),
        ("*/2", "tue thu sat sun"),
        ("1-5/2", "mon wed fri"),
        ("*", "mon tue wed thu fri sat sun"),
    ],
)
def test_days_of_the_week_are_counted_as_cron_counts_them(written: str, days: str) -> None:
    assert [DAYS[day] for day in cron_of(f"0 9 * * {written}").weekdays] == days.split()


@given(
    minute=st.integers(0, 59),
    hours=st.sets(st.integers(0, 23), min_size=1),
    step=st.integers(1, 11),
    month=st.sampled_from([("jan", 1), ("12", 12), ("OCT", 10)]),
)
def test_every_field_is_the_numbers_that_it_stands_for(
    minute: int, hours: set[int], step: int, month: tuple[str, int]
) -> None:
    cron = cron_of(f"{minute} {','.join(map(str, hours))} 1-28/{step} {month[0]} *")
    assert cron.minutes == (minute,)
    assert cron.hours == tuple(sorted(hours))
    assert cron.days == tuple(range(1, 29, step))
    assert cron.months == (month[1],)


def test_two_restricted_days_mean_either_and_one_means_that_one() -> None:
    assert cron_of("0 9 1 * mon").either
    assert not cron_of("0 9 1 * *").either
    assert not cron_of("0 9 * * mon").either
    assert not cron_of("0 9 */2 * mon").either


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has 0 fields"),
        ("@reboot", "not “@reboot”"),
        ("0 20 * *", "has 4 fields"),
        ("0 0 20 * * mon-fri", "6 fields, and cron has five; there are no seconds"),
        ("60 20 * * *", "“60” is no minute"),
        ("0 24 * * *", "“24” is no hour"),
        ("0 20 0 * *", "“0” is no day of the month"),
        ("0 20 * 13 *", "“13” is no month of cron: that is 1 to 12, or jan to dec"),
        ("0 20 * * 8", "“8” is no day of the week"),
        ("0 20 * * fri-mon", "“fri-mon” is no day of the week"),
        ("0 20 * * 5-1", "“5-1” is no day of the week"),
        ("0 20 * * montag", "“montag” is no day of the week"),
        ("0 20 L * *", "“l” is no day of the month"),
        ("0 20 * * mon#1", "is no day of the week"),
        ("5/15 * * * *", "“5/15” is no minute"),
        ("*/0 * * * *", "“*/0” is no minute"),
        ("0,, 20 * * *", "“” is no minute"),
        ("0 ٣ * * *", "“٣” is no hour"),
        ("0 20 30 2 *", "never comes"),
        ("0 20 31 2,4,6,9,11 *", "never comes"),
        ("* * * * *", "more often than every 5 minutes"),
        ("*/4 * * * *", "more often"),
        ("0,58 * * * *", "more often"),
        ("59,0 23,0 * * *", "more often"),
        ("0,3 4 * * *", "more often"),
    ],
)
def test_what_is_no_cron_of_ours_is_a_sentence(text: str, told: str) -> None:
    with pytest.raises(NotPossible) as refused:
        cron_of(text)
    assert told in str(refused.value)
    assert EXAMPLE in str(refused.value) or "5 minutes" in str(refused.value)


@pytest.mark.parametrize("text", ["*/5 * * * *", "0,58 4 * * *", "59,0 3,5 * * *", "0 20 29 2 *", "0 20 30 2 mon"])
def test_what_is_rare_enough_and_comes_is_taken(text: str) -> None:
    assert cron_of(text).text == text


def test_the_asterisks_of_our_own_answers_can_be_copied() -> None:
    assert cron_of("0 20 ∗ ∗ mon-fri") == cron_of(EXAMPLE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0 20 * * mon-fri", "weekdays at 20:00"),
        ("5 7 * * *", "every day at 07:05"),
        ("5 7 */1 */1 0-7", "every day at 07:05"),
        ("0 9 * * 1", "Mondays at 09:00"),
        ("0 9 * * 6,0", "Saturdays and Sundays at 09:00"),
        ("0 9 * * 1,3", "Mon, Wed at 09:00"),
        ("30 8 1 * *", "on day 1 of each month at 08:30"),
        ("0 */2 * * *", "by cron 0 */2 * * *"),
        ("0 9 1 * mon", "by cron 0 9 1 * mon"),
        ("0 9 * 2 *", "by cron 0 9 * 2 *"),
        ("0 9 1,15 * *", "by cron 0 9 1,15 * *"),
    ],
)
def test_what_is_simple_is_said_in_words(text: str, words: str) -> None:
    assert in_words(cron_of(text)) == words


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(NotPossible):
        assert in_words(cron_of(text))


def test_where_only_the_weekday_ever_comes_nobody_looks_for_the_other_day() -> None:
    """It was looked for up to the year 9999, for seconds each time that a schedule came."""
    cron = cron_of("0 0 31 2,4,6,9,11 0")
    assert (cron.either, cron.days, cron.weekdays) == (False, tuple(range(1, 32)), (6,))
    assert cron_of("0 0 29 2 mon").either
