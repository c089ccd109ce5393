"""Log lines made fit to be shown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.masking import LINE, masked

_SECRETS = {
    "key AKIA" + "Q" * 16 + " used": "key ••• used",
    "ASIA" + "Z" * 16: "•••",
    "slack xoxb-" + "1-2-abc done": "slack ••• done",
    "app xapp-" + "1-A-2-b": "app •••",
    "push ghp_" + "a1" * 18: "push •••",
    "jwt eyJhbGciOi.eyJzdWIi.c2ln ok": "jwt ••• ok",
    "Authorization: Bearer abcdefgh.ij": "Authorization: Bearer •••",
    "authorization=Basic dXNlcjpwYXNz": "authorization=Basic •••",
    "using bearer abcdefgh12": "using bearer •••",
    "postgres://shop:hunter2@db:5432/shop": "postgres://shop:•••@db:5432/shop",
    "redis://:hunter2@cache": "redis://:•••@cache",
    "db password=hunter2 ok": "db password=••• ok",
    "DB_PASSWORD='two words' ok": "DB_PASSWORD=••• ok",
    '{"clientSecret": "v", "a": 1}': '{"clientSecret": •••, "a": 1}',
    "aws_secret_access_key = abc/def+": "aws_secret_access_key = •••",
    "GITHUB_TOKEN: abc": "GITHUB_TOKEN: •••",
    "STRIPE_KEY=abc,next": "STRIPE_KEY=•••,next",
    "?api_key=abc&page=2": "?api_key=•••&page=2",
    "pass\x1b[31mword=hunter2": "password=•••",
    "pass\u200bword=hunter2": "password=•••",
}
_PLAIN = (
    "password is wrong for user ana",
    "keyboard: us",
    "http://shop.local:8080/a@b",
    "GET /tokens 200",
    "primary_key=id monkey=1",
    "panic: runtime error: index out of range [3] with length 3",
)


@pytest.mark.parametrize("line", _SECRETS)
def test_plain_secrets_are_masked_and_the_rest_stays(line: str) -> None:
    assert masked([line]) == (_SECRETS[line],)


@pytest.mark.parametrize("line", _PLAIN)
def test_a_line_without_a_secret_stays_as_it_is(line: str) -> None:
    assert masked([line]) == (line,)


def test_a_private_key_becomes_one_line() -> None:
    block = ["read:", "-----BEGIN RSA PRIVATE " + "KEY-----", "MIIabc", "-----END RSA PRIVATE " + "KEY-----", "next"]
    assert masked(block) == ("read:", "••• (private key)", "next")
    assert masked(block[:3]) == ("read:", "••• (private key)")


def test_terminal_control_and_bidi_characters_are_gone() -> None:
    assert masked(["\x1b[1;31mred\x1b[0m\ta\x00b\u202ec\x07 \x1b]0;title\x07d\r"]) == ("red abc d",)


def test_a_long_line_is_cut_and_says_by_how_much() -> None:
    assert masked(["x" * (LINE + 7)]) == ("x" * LINE + "… (7 more characters)",)
    assert masked(["x" * LINE]) == ("x" * LINE,)


def test_a_secret_at_the_cut_is_masked_before_it_is_cut() -> None:
    assert "hunter2" not in masked(["x" * (LINE - 20) + " db://shop:hunter2hunter2@db"])[0]


@given(st.lists(st.text(st.characters(), max_size=60)))
def test_what_is_shown_is_printable_short_and_stays_so(lines: list[str]) -> None:
    shown = masked(lines)
    assert len(shown) <= len(lines)
    assert all(unicodedata.category(character)[0] != "C" for line in shown for character in line)
    assert all(len(line) <= LINE + 40 for line in shown)
    assert masked(shown) == shown


_WORDS = st.text("abcdefXYZ0189/+", min_size=12, max_size=30)


@given(_WORDS, st.sampled_from(["PASSWORD={}", "db_secret: {}", "x.token={}", 'a "apiKey":"{}"', "https://u:{}@h/"]))
def test_the_value_of_a_secret_is_never_shown(value: str, around: str) -> None:
    secret = value.replace("/", "-") if "://" in around else value
    assert secret not in masked([around.format(secret)])[0]
