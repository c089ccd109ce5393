"""No secret survives in a log line, and ordinary lines stay as they are: our rules and the detectors together."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.secrets import DetectedSecrets
from bot.domain.masking import MASK, masked

FIND = DetectedSecrets().find
ALNUM = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
HEX = "0123456789abcdef"


def of(alphabet: str, length: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=length, max_size=length)


def kind(form: str, secret: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, str]]:
    """(a line with it, the secret)."""
    return secret.map(lambda word: (form.format(word), word))


def parts(*lengths: int) -> st.SearchStrategy[str]:
    return st.tuples(*(of(ALNUM, length) for length in lengths)).map(".".join)


def joined(*parts: str) -> str:
    """Put together at run time: nothing here looks like a secret to whoever scans the source."""
    return "".join(parts)


KINDS: dict[str, st.SearchStrategy[tuple[str, str]]] = {
    "AWS access key": kind("used {} now", of("ABCDEFGHIJ234567", 16).map(lambda word: joined("AK", "IA", word))),
    "AWS secret": kind("aws_secret_access_key={}", of(ALNUM, 40)),
    "AWS secret, quoted": kind('aws cli key "{}" was read', of(ALNUM, 40)),
    "Azure storage": kind("DefaultEndpointsProtocol=https;AccountKey={};", of(ALNUM, 88)),
    "Discord": kind("bot {} on", parts(23, 6, 27).map(lambda word: f"M{word}")),
    "GitHub": kind("push {} ok", of(ALNUM, 36).map(lambda word: joined("gh", "p_", word))),
    "GitLab": kind("push {} ok", of(ALNUM, 20).map(lambda word: joined("glp", "at-", word))),
    "Google": kind("maps {} ok", of(ALNUM, 35).map(lambda word: joined("AI", "za", word))),
    "JWT": kind("got {} here", of(ALNUM, 30).map(lambda w: joined("ey", "JhbGciOiJIUzI1NiJ9.ey", "JzdWIiOiJ4In0.", w))),
    "Mailchimp": kind("list {} ok", of(HEX, 32).map(lambda word: f"{word}-us12")),
    "npm": kind("//registry.example/:_authToken={}", of(ALNUM, 36).map(lambda word: joined("np", "m_", word))),
    "OpenAI": kind("model {} ok", of(ALNUM, 40).map(lambda word: joined("s", "k-", word))),
    "PyPI": kind("upload {} ok", of(ALNUM, 60).map(lambda word: joined("py", "pi-", word))),
    "SendGrid": kind("mail {} ok", parts(22, 43).map(lambda word: joined("S", "G.", word))),
    "Slack token": kind("post {} ok", of("0123456789", 12).map(lambda word: joined("xo", "xb-", word, "-abcdef"))),
    "Slack webhook": kind(joined("to https://hooks.slack", ".com/services/T1/B1/{} ok"), of(ALNUM, 24)),
    "Square": kind("pay {} ok", of(ALNUM, 43).map(lambda word: joined("sq0", "csp-", word))),
    "Stripe": kind("pay {} ok", of(ALNUM, 24).map(lambda word: joined("sk", "_live_", word))),
    "Twilio": kind("call {} ok", of(HEX, 32).map(lambda word: joined("S", "K", word))),
    "Vault": kind("read {} ok", of(ALNUM, 24).map(lambda word: joined("hv", "s.", word))),
    "bearer": kind("GET / Authorization: Bearer {}", of(ALNUM, 20)),
    "cookie": kind("Cookie: session={}; theme=dark", of(ALNUM, 20)),
    "password": kind("login failed password={} for ana", of(ALNUM, 9)),
    "password in JSON": kind('{{"dbPassword": "{}", "a": 1}}', of(ALNUM, 9)),
    "password in JSON in JSON": kind('{{"log": "{{\\"password\\": \\"{}\\"}}"}}', of(ALNUM, 9)),
    "password as an option": kind("run --db-password {} now", of(ALNUM, 9)),
    "connection string": kind("postgres://shop:{}@db.internal:5432/shop", of(ALNUM, 9)),
    "ADO connection string": kind("Server=db;Uid=shop;Pwd={};", of(ALNUM, 9)),
    "signed URL": kind("GET /file?X-Amz-Signature={}&x=1", of(HEX, 64)),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data(), before=st.sampled_from(["", "INFO ", '{"msg": "', "2026-11-23T09:00:00Z "]))
def test_a_planted_secret_never_survives(name: str, data: st.DataObject, before: str) -> None:
    line, secret = data.draw(KINDS[name])
    [shown] = masked([before + line], FIND)
    assert secret not in shown
    assert MASK in shown


@given(st.lists(of(ALNUM, 64), min_size=3, max_size=6), of(ALNUM, 20), st.integers(0, 8), st.integers(0, 8))
def test_a_private_key_never_survives_wherever_a_page_begins_or_ends(
    body: list[str], tail: str, first: int, last: int
) -> None:
    kept = [f"{line[:60]}aA1+" for line in body]
    block = [joined("-----BEGIN ", "PRIVATE KEY-----"), *kept, f"{tail}==", joined("-----END ", "PRIVATE KEY-----")]
    shown = " ".join(masked(["before", *block, "after"][first : 2 + len(block) - last], FIND))
    assert not any(line in shown for line in kept)
    assert last > 1 or tail not in shown


ORDINARY = (
    "2026-11-23T09:00:00.123Z INFO  GET /catalogue?page=2&sort=name 200 12ms",
    "request_id=4bf92f3577b34da6a3ce929d0e0e4736 trace=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "pulled 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:" + "9f" * 32,
    "arn:aws:ecs:us-east-1:111122223333:task/prod/0123456789abcdef0123456789abcdef stopped",
    "user 3f2504e0-4f89-41d3-9a0c-0305e82c3301 signed in from 10.0.12.7:51234",
    "Authorization was refused for ana; the password is wrong",
    "GET https://shop.example.com:8443/a/b?x=1#top",
    'File "/app/server.py", line 41, in <module>',
    "at com.example.shop.CheckoutServiceImpl.pay(CheckoutServiceImpl.java:118)",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8 by ana@example.com",
    "APACHELOUNGE starts; 12 tokens used, key events: 4, basic setup done",
    "warn: keyboard layout: us; monkey=1; turkey: yes",
    "panic: runtime error: index out of range [3] with length 3",
    "q=SELECT * FROM orders WHERE id = $1 -- slow, 230 ms",
)


@pytest.mark.parametrize("line", ORDINARY)
def test_an_ordinary_line_stays_as_it_is(line: str) -> None:
    assert masked([line], FIND) == (line,)


@given(st.lists(st.sampled_from(["GET", "200", "order", "12ms", "cart=3", "(ok)", "a/b", "user:", "€5"]), min_size=1))
def test_ordinary_words_stay_in_any_order(words: list[str]) -> None:
    line = " ".join(words)[:190]
    assert masked([line.strip()], FIND) == (line.strip(),)


def fastest(work: Callable[[], object]) -> float:
    def seconds() -> float:
        start = time.thread_time()
        work()
        return time.thread_time() - start

    return min(seconds() for _ in range(5))


def test_a_thousand_long_lines_take_less_than_a_tenth_of_a_second() -> None:
    lines = [
        f"{n} INFO token_count=5 key of user {n * 7919:032x} Mozilla/5.0 (X11)".ljust(180, "x") for n in range(1_000)
    ]
    assert fastest(lambda: masked(lines, FIND)) < 0.1
