"""What a person typed, made plain and taken apart: nothing raises, no ordinary word is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import UnknownName
from bot.domain.words import joined, plain, respelt, words

ANY = st.text(max_size=60) | st.lists(st.sampled_from("\"“”'<>@#!|&;=-– \u202e\t\\"), max_size=20).map("".join)
ORDINARY = st.lists(st.text("abcXYZ019éß日._:/", min_size=1, max_size=8), max_size=6)


@given(ANY)
def test_nothing_that_can_be_typed_raises(text: str) -> None:
    joined(words(plain(text)), frozenset({"--reason"}))


@given(ORDINARY)
def test_ordinary_words_come_through_as_they_are(typed: list[str]) -> None:
    assert words(plain(" ".join(typed))) == tuple(typed)
    assert joined(tuple(typed), frozenset({"--reason"})) == tuple(typed)


@given(ORDINARY, ORDINARY)
def test_a_sentence_keeps_its_words_in_order(before: list[str], sentence: list[str]) -> None:
    parts = joined((*before, "--reason", *sentence, "--yes"), frozenset({"--reason"}))
    assert parts == (*before, f"--reason={' '.join(sentence)}", "--yes")


@given(ANY)
def test_what_is_plain_already_has_nothing_unseen(text: str) -> None:
    assert not {"\u202e", "\t", "\x00", "\u061c", "\u200b"} & set(plain(text))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("deploy shop\u00a0prod", ("deploy", "shop", "prod")),
        ("deploy \u2014reason “two words”", ("deploy", "--reason", "two words")),
        ("see <https://shop.example|shop.example>", ("see", "shop.example")),
        ("ask <@U0ANA|ana> in <#C1|ops>", ("ask", "<@U0ANA>", "in", "<#C1>")),
        ("a &amp; b", ("a", "&", "b")),
        ('say "unpaired', ("say", '"unpaired')),
        ("it's fine", ("it's", "fine")),
        ("a–b", ("a–b",)),
    ],
)
def test_what_a_phone_or_slack_put_around_is_gone(typed: str, meant: tuple[str, ...]) -> None:
    assert words(plain(typed)) == meant


@given(st.lists(st.sampled_from(["deploy", "shop", "prod", "two words", "v42", "x"]), max_size=5), st.integers(0, 4))
def test_a_respelt_command_differs_in_the_one_name_only(typed: list[str], at: int) -> None:
    wrong = [*typed[:at], "PRDO", *typed[at:]]
    text = " ".join(f'"{one}"' if " " in one else one for one in wrong)
    assert words(respelt(text, UnknownName("stage", "prdo", ("prod", "staging")))) == (*typed[:at], "prod", *typed[at:])


def test_nothing_is_respelt_where_no_name_is_near() -> None:
    assert respelt("deploy xyzzy", UnknownName("stack", "xyzzy", ("shop",))) == ""
    assert respelt("deploy shp", UnknownName("stack", "other", ("others",))) == ""
