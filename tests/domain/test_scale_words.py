"""What is typed for `scale`: whole numbers within bounds, what goes together, and the same words back."""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.errors import NotPossible
from bot.domain.scale_words import LAST, MOST_TASKS, SUSPENDS, Wanted, checked, suspension, whole
from bot.domain.words import plain, words
from commands.scale import _understood

tasks = st.integers(0, MOST_TASKS)
percent = st.integers(1, 100)
spans = st.integers(int(SUSPENDS[0].total_seconds()), int(SUSPENDS[1].total_seconds())).map(
    lambda seconds: timedelta(seconds=seconds)
)
ids = st.text("0123456789abcdef", min_size=8, max_size=8)


@st.composite
def wanted(draw: st.DrawFn) -> Wanted:
    least, most = sorted((draw(tasks), draw(st.integers(1, MOST_TASKS))))
    kinds = [
        Wanted(tasks=draw(tasks), suspend=draw(spans)),
        Wanted(tasks=draw(tasks), anyway=True),
        Wanted(tasks=draw(tasks), least=least, most=max(most, 1)),
        Wanted(cpu_target=draw(percent), memory_target=draw(st.none() | percent)),
        Wanted(instances=draw(tasks), anyway=draw(st.booleans())),
        Wanted(instances_min=least, instances_max=max(most, least)),
        Wanted(restore=draw(ids | st.just(LAST))),
    ]
    return draw(st.sampled_from(kinds))


@given(wanted())
@example(Wanted(tasks=6, suspend=timedelta(seconds=301)))
@example(Wanted(restore="00000000"))
def test_what_is_wanted_comes_back_from_its_own_words_through_the_commands_parser(one: Wanted) -> None:
    assert _understood(checked(one).words) == one
    assert words(plain(one.words)) == tuple(one.words.split())


@given(st.text(max_size=20) | st.from_regex(r"[+-]?[0-9.,e_]{1,12}", fullmatch=True), st.integers(0, 5))
@example("", 0)
@example("4.5", 0)
@example("-1", 0)
@example("+5", 0)
@example("1e3", 0)
@example("1_000", 0)
@example("٤", 0)
@example("²", 0)
@example("1000000000", 0)
@example("9" * 31, 0)
@example("4\n", 0)
def test_only_a_whole_number_within_bounds_is_one(text: str, least: int) -> None:
    try:
        number = whole(text, "tasks", least, MOST_TASKS)
    except NotPossible as error:
        told = str(error)
        assert "is not a whole number of tasks." in told or "tasks is out of range." in told
        assert "Type a " in told or "Type how many in all" in told
        assert len(told) < 200
        return
    assert least <= number <= MOST_TASKS
    assert int(text.strip()) == number
    assert text.strip().lstrip("-").isascii()
    assert not text.strip().startswith("+"), "five more, or five of all?"


def test_a_number_that_is_far_out_is_named_as_people_write_it() -> None:
    with pytest.raises(NotPossible, match=r"1,000,000,000 tasks is out of range\..* Type a number from 0 to 5,000\."):
        whole("1000000000", "tasks", 0, MOST_TASKS)


@pytest.mark.parametrize("text", ["", "2", "h", "-2h", "2.5h", "4m", "8d", "1m", "0h", "999999999h", "٢h", "2 weeks"])
def test_a_suspension_is_a_time_from_minutes_to_days(text: str) -> None:
    with pytest.raises(NotPossible, match="--suspend"):
        suspension(text)
    assert (suspension("5m"), suspension(" 7d ")) == SUSPENDS


@pytest.mark.parametrize(
    ("one", "word"),
    [
        (Wanted(tasks=6, restore=LAST), "takes no numbers"),
        (Wanted(least=6, restore=LAST), "takes no numbers"),
        (Wanted(instances=6, restore=LAST), "takes no numbers"),
        (Wanted(tasks=6, instances=4), "one after the other"),
        (Wanted(cpu_target=60, instances_max=4), "one after the other"),
        (Wanted(suspend=timedelta(hours=1)), "--suspend goes with a number of tasks"),
        (Wanted(tasks=6, suspend=timedelta(hours=1), anyway=True), "--suspend goes with a number of tasks"),
        (Wanted(tasks=6, most=8, suspend=timedelta(hours=1)), "--suspend goes with a number of tasks"),
        (Wanted(anyway=True), "--anyway goes with a number"),
        (Wanted(least=6, most=4), "--min 6 is above --max 4"),
        (Wanted(instances_min=6, instances_max=4), "--instances-min 6 is above --instances-max 4"),
    ],
)
def test_what_does_not_go_together_is_told(one: Wanted, word: str) -> None:
    with pytest.raises(NotPossible, match=word):
        checked(one)


@pytest.mark.parametrize("asked", ["--nothing 4", "--tasks", "6 7 8", "--tasks 4 5", '--tasks "', "--instances 2 6"])
def test_a_wish_that_nobody_understands_any_more_is_a_sentence(asked: str) -> None:
    with pytest.raises(NotPossible):
        _understood(asked)
