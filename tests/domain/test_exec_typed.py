"""What was typed behind `--command`, quotes and all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.exec_typed import command_typed

WORDS = st.lists(st.text("abc'$|&;-_/.=", min_size=1, max_size=6), min_size=1, max_size=5).map(" ".join)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("exec shop prod", ""),
        ("exec shop prod --command bash", "bash"),
        ("exec shop prod --command=bash -l", "bash -l"),
        ('exec shop prod --command "rails c --sandbox"', "rails c --sandbox"),
        ('exec shop prod --command bash -c "echo  hi"', 'bash -c "echo  hi"'),
        ('exec shop prod --command "bash" -c "echo hi"', '"bash" -c "echo hi"'),
        ("exec shop prod --command ls -la --container web", "ls -la"),
        ("exec --container=web shop prod --command ls", "ls"),
        ('exec shop prod --command bash -c "x --container web"', 'bash -c "x --container web"'),
        ("exec shop prod --command ls --command sh", "sh"),
        ("exec shop prod --commander ls", ""),
        ('exec shop prod --command "open', '"open'),
        ("exec shop prod --command", ""),
    ],
)
def test_the_command_is_what_stands_behind_the_option(text: str, command: str) -> None:
    assert command_typed(text) == command


@given(WORDS)
def test_any_words_are_taken_as_they_are(words: str) -> None:
    assert command_typed(f"exec shop prod --command {words}") == words
    assert command_typed(f'exec shop prod --command "{words}" --container web') == words
