"""Stacks and stages by the words people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import UnknownName
from bot.domain.names import find_stack, find_stage
from tests.domain.deploy_cases import CONFIG, PROPERTY


@pytest.mark.parametrize("words", [("shop", "prod"), ("SHOP", "Prod"), ("payload-SVC", "PROD")])
def test_stacks_and_stages_are_found_whatever_the_case(words: tuple[str, str]) -> None:
    found = find_stage(CONFIG, *words)
    assert (found.stack.lower(), found.name) == (words[0].lower(), "prod")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("shpo", "prod"), "I know no stack “shpo”. Did you mean shop?"),
        (("x", "prod"), "I know no stack “x”. There is: shop, Payload-svc."),
        (("shop", "stagign"), "I know no stage of shop “stagign”. Did you mean staging?"),
        (("PROD", "Shop"), "I know no stack “PROD”. There is: shop, Payload-svc. The stack comes first: shop prod."),
        (("prod", "x"), "There is: shop, Payload-svc. That is a stage; the stack comes first: shop prod."),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(words: tuple[str, str], sentence: str) -> None:
    with pytest.raises(UnknownName) as caught:
        find_stage(CONFIG, *words)
    assert str(caught.value).endswith(sentence)


@PROPERTY
@given(st.text(max_size=20))
def test_any_word_is_a_stack_or_unknown(word: str) -> None:
    known = {stack.name.lower() for stack in CONFIG.stacks}
    try:
        assert find_stack(CONFIG, word).name.lower() in known
    except UnknownName:
        assert word.lower() not in known
