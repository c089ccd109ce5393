"""Whatever people, AWS or a registry write: it stays text, and Slack accepts the message."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.domain import errors
from bot.domain.changes import Change
from bot.domain.ecs import Image
from bot.domain.rollouts import News, Outcome
from bot.domain.stacks import Config, Place, Stack, Stage
from bot.messages import help, refusals
from bot.messages.card import card
from bot.messages.forms import deploy_form, image_options
from bot.messages.kit import cut, escape, units
from bot.messages.news import ending, news_message
from bot.messages.preview import preview, settled
from sandbox.slack.views import checked_view
from tests.messages.hostile import CHANGES, NEWS, NOW, OUTCOMES, TEXTS, assert_harmless

SOME = settings(max_examples=25, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
"""Without shrinking: that takes minutes on values as large as these."""

OFFERS = ("deploy:abort", "rollback:offer", "logs:offer", "deploy:confirm", "deploy:cancel")
REFUSALS = st.one_of(
    st.builds(errors.UnknownName, TEXTS, TEXTS, st.lists(TEXTS, max_size=5).map(tuple), TEXTS),
    st.builds(errors.NotAllowed, TEXTS, TEXTS),
    st.builds(errors.NotPossible, TEXTS, TEXTS),
    st.builds(errors.NotFound, TEXTS, TEXTS, TEXTS),
    st.builds(errors.AccessDenied, TEXTS, TEXTS),
    st.builds(errors.Unanswered, TEXTS, TEXTS),
)
IMAGES = st.builds(
    Image,
    TEXTS,
    st.integers(0, 2**256).map(lambda number: f"sha256:{number:064x}"),
    st.lists(TEXTS, max_size=4).map(tuple),
)


@SOME
@given(CHANGES, st.none() | st.timedeltas(timedelta(0), timedelta(days=3)))
def test_a_card_is_harmless(change: Change, usual: timedelta | None) -> None:
    assert_harmless(card(change, NOW + timedelta(seconds=75), usual, OFFERS))


@SOME
@given(CHANGES)
def test_a_preview_is_harmless(change: Change) -> None:
    assert_harmless(preview(change, timedelta(minutes=30)))
    assert_harmless(settled(change, "⏳ Started."))


@SOME
@given(CHANGES, NEWS)
def test_news_are_harmless(change: Change, news: News) -> None:
    assert_harmless(news_message(change, news))


@SOME
@given(CHANGES, OUTCOMES)
def test_an_ending_is_harmless(change: Change, outcome: Outcome) -> None:
    assert_harmless(ending(change, outcome))


@SOME
@given(REFUSALS)
def test_a_refusal_is_harmless(error: errors.Refusal) -> None:
    assert_harmless(refusals.refusal(error))


@SOME
@given(TEXTS)
def test_answers_to_odd_words_are_harmless(text: str) -> None:
    assert_harmless(refusals.misused(text, "/tinystacks deploy [STACK]"))
    assert_harmless(refusals.restarted(f"/tinystacks {text}"))
    assert_harmless(refusals.unexpected("0123abcd"))
    assert_harmless(help.one_verb("/tinystacks deploy", text, [("--reason", text)]))


@SOME
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6), TEXTS)
def test_help_is_harmless(verbs: list[tuple[str, str]], name: str) -> None:
    stage = Stage(name, name, Place("us-east-1", name), name, "C0DEPLOYS")
    told = [help.Verb(verb, "STACK [STAGE]", summary) for verb, summary in verbs]
    assert_harmless(help.first_run(name, name))
    assert_harmless(help.all_verbs(told, Config("T0ACME", {}, (Stack(name, (stage,) * 5),) * 30)))


@SOME
@given(st.lists(IMAGES, max_size=12, unique_by=lambda image: image.digest), TEXTS, TEXTS)
def test_a_form_is_harmless(images: list[Image], note: str, reason: str) -> None:
    stage = Stage("shop", "staging", Place("us-east-1", "staging"), "shop", "C0DEPLOYS")
    options = image_options(images, {}, NOW)
    for given_note in ("", f"⚠️ {escape(note)}"):
        view = deploy_form([Stack("shop", (stage,))], "shop/staging", "{}", options, given_note, reason=reason)
        checked_view(dict(view), "modal")
        assert_harmless(view, "modal")


@pytest.mark.parametrize("most", [60, 150, 3_000])
@SOME
@given(TEXTS)
def test_a_cut_text_fits_and_says_how_much_there_was(most: int, text: str) -> None:
    short = cut(text, most)
    assert units(short) <= most
    assert short == text or f"{len(text):,} characters in all" in short


@SOME
@given(TEXTS)
def test_an_escaped_text_keeps_every_ordinary_word(text: str) -> None:
    ordinary = [word for word in text.split() if word.isascii() and word.isalnum()]
    assert len(text) > 500 or all(word in escape(text) for word in ordinary)
