"""The environment -> Settings: what is taken, and the exact line for what is wrong."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import load
from bot.problems import BadConfig
from bot.settings import Settings, read_settings

SOCKET = {"SLACK_BOT_TOKEN": "xoxb-1-secret", "SLACK_APP_TOKEN": "xapp-1-secret"}
HTTP = {"SLACK_BOT_TOKEN": "xoxb-1-secret", "SLACK_SIGNING_SECRET": "signing-secret"}
FIND_TOKEN = "copy the Bot User OAuth Token (xoxb-…) from your Slack app's page “OAuth & Permissions”"
VARIABLES = (
    *("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL"),
    *("TINYSTACKS_DATABASE", "PORT", "LOG_LEVEL", "LOG_FORMAT"),
)
UNSET = "leave it unset for https://slack.com/api/"


def problems_of(environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(BadConfig) as caught:
        read_settings(environ)
    return caught.value.problems


def test_two_tokens_are_enough_for_socket_mode() -> None:
    settings = read_settings(SOCKET)
    assert settings == Settings("xoxb-1-secret", "xapp-1-secret")
    assert settings.socket_mode
    assert (settings.host, settings.port, settings.config_path) == ("127.0.0.1", 3000, Path("tinystacks.yml"))


def test_a_signing_secret_stands_in_for_the_app_token_over_http() -> None:
    settings = read_settings({**HTTP, "PORT": "8080", "HOST": "0.0.0.0"})
    assert (settings.socket_mode, settings.port, settings.host) == (False, 8080, "0.0.0.0")


@pytest.mark.parametrize(
    ("variable", "value", "field", "expected"),
    [
        ("SLACK_API_URL", "http://127.0.0.1:8000/api", "api_url", "http://127.0.0.1:8000/api/"),
        ("SLACK_API_URL", "http://[::1]:8000/api/", "api_url", "http://[::1]:8000/api/"),
        ("SLACK_API_URL", "https://slack-gov.com/api/", "api_url", "https://slack-gov.com/api/"),
        ("TINYSTACKS_CONFIG", "/etc/bot.yml", "config_path", Path("/etc/bot.yml")),
        ("TINYSTACKS_DATABASE", "sqlite:////var/lib/bot.db", "database_path", Path("/var/lib/bot.db")),
        ("TINYSTACKS_DATABASE", "sqlite:///data/bot.db", "database_path", Path("data/bot.db")),
        ("LOG_LEVEL", "DEBUG", "log_level", "debug"),
        ("LOG_FORMAT", " json\n", "log_format", "json"),
        ("PORT", "0", "port", 0),
        ("PORT", "", "port", 3000),
    ],
)
def test_a_variable_is_taken_as_meant(variable: str, value: str, field: str, expected: object) -> None:
    assert getattr(read_settings({**SOCKET, variable: value}), field) == expected


@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        ("SLACK_BOT_TOKEN", "", f"SLACK_BOT_TOKEN: missing; {FIND_TOKEN}"),
        ("SLACK_BOT_TOKEN", "xoxp-1", f"SLACK_BOT_TOKEN: does not start with xoxb-; {FIND_TOKEN}"),
        (
            "SLACK_APP_TOKEN",
            "xoxb-1",
            "SLACK_APP_TOKEN: does not start with xapp-; make one on your Slack app's page “Basic Information”, "
            "App-Level Tokens, with the scope connections:write",
        ),
        (
            "SLACK_APP_TOKEN",
            "",
            "SLACK_SIGNING_SECRET: missing; set it (your Slack app's page “Basic Information”) to serve HTTP, "
            "or set SLACK_APP_TOKEN to use Socket Mode",
        ),
        (
            "SLACK_API_URL",
            "http://slack.com/api/",
            "SLACK_API_URL: http:// would send the token in the clear, so it is for this machine only (127.0.0.1); "
            f"write https://; {UNSET}",
        ),
        ("SLACK_API_URL", "ftp://x/", f"SLACK_API_URL: must be a URL that starts with https://; {UNSET}"),
        ("SLACK_API_URL", "https://x:99999/", f"SLACK_API_URL: is no URL; {UNSET}"),
        (
            "SLACK_API_URL",
            "https://me:pw@slack.com/api/",
            f"SLACK_API_URL: must hold neither a user, a query nor a fragment; {UNSET}",
        ),
        (
            "TINYSTACKS_DATABASE",
            "postgresql://me:pw@db/bot",
            "TINYSTACKS_DATABASE: PostgreSQL is not supported by this version yet; use sqlite:///tinystacks.db",
        ),
        (
            "TINYSTACKS_DATABASE",
            "bot.db",
            "TINYSTACKS_DATABASE: must name a file; write sqlite:///path, such as sqlite:///tinystacks.db",
        ),
        (
            "TINYSTACKS_DATABASE",
            "sqlite:///:memory:",
            "TINYSTACKS_DATABASE: must name a file; write sqlite:///path, such as sqlite:///tinystacks.db",
        ),
        ("PORT", "http", "PORT: “http” is no port; write a number from 0 to 65535, such as 3000"),
        ("PORT", "65536", "PORT: “65536” is no port; write a number from 0 to 65535, such as 3000"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL: “loud” is not known; write one of debug, info, warning, error"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT: “xml” is not known; write one of text, json"),
    ],
)
def test_a_bad_variable_is_told_in_one_line(variable: str, value: str, problem: str) -> None:
    assert problems_of({**SOCKET, variable: value}) == (problem,)


def test_every_bad_variable_is_told_at_once_and_before_the_file(tmp_path: Path) -> None:
    path = tmp_path / "tinystacks.yml"
    path.write_text("version: 2\n")
    with pytest.raises(BadConfig) as caught:
        load({"PORT": "x", "LOG_LEVEL": "y", "AWS_REGION": "nowhere", "TINYSTACKS_CONFIG": str(path)})
    starts = [line.removeprefix(str(path)).split(":")[0] or "file" for line in caught.value.problems]
    assert starts == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "PORT", "LOG_LEVEL", "AWS_REGION", *["file"] * 3]


def test_good_settings_and_a_good_file_are_loaded_together() -> None:
    settings, config = load({**SOCKET, "TINYSTACKS_CONFIG": "tinystacks.example.yml"})
    assert (settings.socket_mode, config.workspace) == (True, "T0ACME")


def test_settings_never_show_a_secret() -> None:
    for environ in (SOCKET, HTTP):
        assert "secret" not in repr(read_settings(environ))


@given(
    st.dictionaries(
        st.sampled_from(VARIABLES),
        st.text(max_size=30) | st.sampled_from(["xoxb-hush", "xapp-hush", "https://hush@x", "http://[", "sqlite:///"]),
    )
)
def test_any_environment_is_settings_or_problems_without_a_secret(environ: dict[str, str]) -> None:
    try:
        told = repr(read_settings(environ))
    except BadConfig as bad:
        told = "".join(bad.problems)
    assert "hush" not in told
    assert told.isprintable()
