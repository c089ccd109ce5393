"""People's words can neither come alive, nor hide, nor look like ours."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.words import plain, quoted
from bot.messages.kit import clean, code, context, escape, section

UNSEEN = "\u00ad\u034f\u115f\u180e\u2028\u2029\u206a\u3164\uffa0\ufff9\U000e0041"
BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
QUOTES = st.lists(st.sampled_from("“”„»'") | st.text(max_size=9)).map("".join)
FORMATTED = [("_yes_", "ˍyesˍ"), ("may_change", "may_change"), ("*a* ~b~ `c`", "∗a∗ ∼b∼ ˋcˋ")]


def test_slack_makes_no_links_channels_or_mentions_of_plain_words() -> None:
    assert section("@here #general https://evil.example")["text"]["verbatim"] is True
    assert context("@here")["elements"][0]["verbatim"] is True


@pytest.mark.parametrize("character", UNSEEN, ids=lambda one: f"{ord(one):x}")
def test_what_nobody_can_see_is_not_there(character: str) -> None:
    assert clean(f"pr{character}od") == "prod"
    assert character not in plain(f"deploy{character}shop")


def test_emoji_and_the_joiner_that_makes_one_of_several_stay() -> None:
    assert clean("👩\u200d🚀 ❤\ufe0f") == "👩\u200d🚀 ❤\ufe0f"


@given(st.text())
def test_no_text_brings_control_or_bidi_characters_or_line_ends(text: str) -> None:
    for shown in (escape(text), code(text)):
        assert not {unicodedata.category(one) for one in shown} & {"Cc", "Zl", "Zp", "Cs"}
        assert not {unicodedata.bidirectional(one) for one in shown} & BIDI


@pytest.mark.parametrize(("typed", "shown"), FORMATTED)
def test_formatting_stays_off_and_names_stay_whole(typed: str, shown: str) -> None:
    assert escape(typed) == shown


@given(QUOTES, st.integers(1, 400))
def test_quoted_words_cannot_end_their_quote(text: str, most: int) -> None:
    shown = quoted(text, most)
    assert (shown[0], shown[-1]) == ("“", "”")
    assert shown.count("“") == shown.count("”") == 1
    assert len(shown) <= most + 3
    assert "\n" not in shown
