"""Logs keep secrets and people's words where they belong."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.logging import VENDORS, configure_logging
from bot.adapters.redaction import REPLACEMENT, redacted, secrets_of

# Put together at run time: nothing here looks like a token to whoever scans the source.
SECRETS = [
    "-".join(["xoxb", "111", "222", "aBcD"]),
    "-".join(["xoxp", "1", "a"]),
    ".".join(["xoxe", "-".join(["xoxb", "1", "Ab"])]),
    "-".join(["xapp", "1", "A1", "deadbeef"]),
    "-".join(["xwfp", "1"]),
    "https://hooks.slack.com/" + "commands/T1/2/abc",
    "http://127.0.0.1:9/actions/T1/1/x",
    "https://hooks.slack.com/" + "services/T1/B1/zzz",
    "wss://wss-primary.slack.com/link/?ticket=abc&app_id=A1",
    "1234.5678.0123456789abcdef0123456789abcdef",
    "".join(["AKIA", "IOSFODNN7", "EXAMPLE"]),
    "tk-" + "0123456789abcdef" * 2,
]
HUSH = "wJalrXUtnFEMI/K7MDENG"


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in (*VENDORS, "root")}
    handlers, level = list(root.handlers), root.level
    yield root
    root.handlers[:], root.level = handlers, level
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)
    root.setLevel(level)


def logged(form: str, level: str = "info", known: tuple[str, ...] = ()) -> tuple[logging.Logger, io.StringIO]:
    stream = io.StringIO()
    configure_logging(level, form, known, stream)
    return logging.getLogger("bot.test"), stream


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("text", ["{}", "token={} ok", '{{"a": "{}"}}', "('{}',)"])
def test_what_looks_like_a_secret_is_taken_out(secret: str, text: str) -> None:
    told = redacted(text.format(secret))
    assert secret not in told
    assert told == text.format(REPLACEMENT)


@pytest.mark.parametrize(
    "text",
    [
        '"trigger_id": "9.9.sandbox"',
        "trigger_id=9.9.sandbox",
        r"{\"trigger_id\": \"9.9.sandbox\"}",
        "'response_url': '9.9.sandbox'",
    ],
)
def test_what_is_called_a_secret_is_taken_out(text: str) -> None:
    assert "9.9.sandbox" not in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {HUSH}",
        f"{{'Authorization': 'AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature={HUSH}'}}",
        f"b'authorization': b'Basic {HUSH}'",
        f"X-Amz-Security-Token={HUSH}&X-Amz-Date=1",
        f"aws_secret_access_key = {HUSH}",
        f'"SecretAccessKey": "{HUSH}"',
        f"<SessionToken>{HUSH}</SessionToken>",
        "postgresql://bot:K7MDENG@db:5432/bot",
        f"-----BEGIN RSA PRIVATE KEY-----\n{HUSH}\n-----END RSA PRIVATE KEY-----",
        f"password: {HUSH}",
    ],
)
def test_headers_keys_and_addresses_lose_what_opens_doors(text: str) -> None:
    assert "K7MDENG" not in redacted(text)


def test_keys_of_the_environment_are_known_and_short_words_are_none() -> None:
    environ = {"AWS_SECRET_ACCESS_KEY": HUSH, "AWS_ACCESS_KEY_ID": "sandbox", "HOME": "/home/of/somebody/else"}
    assert secrets_of(environ) == (HUSH,)


PRINTED = """
import sys, threading, warnings
from bot.adapters.logging import configure_logging, take_over_tracebacks
configure_logging("debug", "text")
take_over_tracebacks()
def fall():
    raise ValueError(sys.argv[1])
one = threading.Thread(target=fall)
one.start()
one.join()
warnings.warn(sys.argv[1])
fall()
"""


def test_not_even_a_traceback_that_nobody_caught_shows_a_secret() -> None:
    run = subprocess.run([sys.executable, "-c", PRINTED, SECRETS[0]], capture_output=True, text=True, check=False)
    assert SECRETS[0] not in run.stdout + run.stderr
    assert run.stderr.count(REPLACEMENT) >= 3
    assert run.returncode == 1


@given(st.text(st.characters(categories=["Ll", "Zs", "Nd"]), max_size=60))
def test_ordinary_words_stay(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_in_message_arguments_or_traceback(root: logging.Logger, form: str) -> None:
    log, stream = logged(form, known=("hush", ""))
    assert root.handlers
    try:
        raise ValueError(f"bad token {SECRETS[0]} hush")
    except ValueError:
        log.exception("failed with %s", SECRETS[3], stack_info=True)
    told = stream.getvalue()
    assert "ValueError: bad token" in told
    assert not any(secret in told for secret in (SECRETS[0], SECRETS[3], "hush"))


def test_people_s_words_cannot_forge_a_line(root: logging.Logger) -> None:
    log, stream = logged("text")
    assert root.handlers
    log.info("typed: %s", "hi\n2026-01-01 ERROR all is lost\x1b[31m")
    assert stream.getvalue().count("\n") == 1
    assert "hi\\x0a2026" in stream.getvalue()


def test_text_lines_begin_with_the_time_in_utc(root: logging.Logger) -> None:
    log, stream = logged("text")
    assert root.handlers
    log.info("ready → go")
    at, _, rest = stream.getvalue().partition(" ")
    assert at.endswith("Z")
    assert rest == "INFO bot.test: ready → go\n"


def test_json_lines_are_objects(root: logging.Logger) -> None:
    log, stream = logged("json")
    assert root.handlers
    log.warning("odd %s", "thing")
    told = json.loads(stream.getvalue())
    assert (told["level"], told["logger"], told["message"]) == ("warning", "bot.test", "odd thing")


def test_a_mistake_in_a_log_call_is_no_error(root: logging.Logger) -> None:
    log, stream = logged("text")
    assert root.handlers
    log.info("two %s %s", "one")  # noqa: PLE1206
    assert "two %s %s" in stream.getvalue()


def test_vendors_stay_quiet_even_in_debug(root: logging.Logger) -> None:
    _, stream = logged("text", "debug")
    assert root.level == logging.DEBUG
    for name in VENDORS:
        logging.getLogger(f"{name}.inner").info("a whole request body")
    assert stream.getvalue() == ""


@pytest.mark.parametrize(("level", "form"), [("loud", "text"), ("info", "xml")])
def test_an_unknown_level_or_form_says_which_there_are(level: str, form: str) -> None:
    with pytest.raises(ValueError, match="LOG_LEVEL is one of debug, info, warning, error"):
        configure_logging(level, form)
