"""The Slack app manifest keeps to Slack's limits and asks for the scopes the code knows, for the reasons it gives."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import VERSION
from bot.adapters.slack.scopes import OPTIONAL, REQUIRED

TEXT = Path("manifest.yml").read_text(encoding="utf-8")
MANIFEST: dict[str, Any] = yaml.safe_load(TEXT)
COMMAND: dict[str, Any] = MANIFEST["features"]["slash_commands"][0]
SHORTCUT: dict[str, Any] = MANIFEST["features"]["shortcuts"][0]


def test_scopes_are_those_of_the_code_in_the_same_order() -> None:
    assert MANIFEST["oauth_config"]["scopes"] == {"bot": [*REQUIRED, *OPTIONAL]}


@pytest.mark.parametrize(("scope", "reason"), [*REQUIRED.items(), *OPTIONAL.items()])
def test_each_scope_gives_its_reason_beside_it(scope: str, reason: str) -> None:
    assert f"      - {scope} # {reason}\n" in TEXT


@pytest.mark.parametrize(
    ("text", "most"),
    [
        (MANIFEST["display_information"]["name"], 35),
        (MANIFEST["display_information"]["description"], 140),
        (MANIFEST["features"]["bot_user"]["display_name"], 80),
        (COMMAND["command"], 32),
        (COMMAND["description"], 2000),
        (COMMAND["usage_hint"], 1000),
        (SHORTCUT["name"], 24),
        (SHORTCUT["description"], 150),
    ],
)
def test_texts_keep_to_the_limits_of_slack(text: str, most: int) -> None:
    assert 1 <= len(text) <= most


def test_there_is_one_command_and_what_it_gets_is_escaped() -> None:
    assert len(MANIFEST["features"]["slash_commands"]) == 1
    assert (COMMAND["command"], COMMAND["should_escape"]) == ("/tinystacks", True)


def test_socket_mode_buttons_and_the_home_tab_are_on() -> None:
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert MANIFEST["settings"]["interactivity"]["is_enabled"] is True
    assert MANIFEST["features"]["app_home"]["home_tab_enabled"] is True


def test_exports_can_come_as_a_direct_message_and_nobody_writes_where_nothing_answers() -> None:
    home = MANIFEST["features"]["app_home"]
    assert (home["messages_tab_enabled"], home["messages_tab_read_only_enabled"]) == (True, True)


def test_only_events_that_are_answered_are_asked_for() -> None:
    assert MANIFEST["settings"]["event_subscriptions"]["bot_events"] == [
        "app_home_opened",
        "app_mention",
        "link_shared",
    ]


def test_the_bot_says_the_version_that_is_released() -> None:
    assert tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["version"] == VERSION


def test_the_procfile_starts_the_bot_either_way() -> None:
    assert Path("Procfile").read_text() == "worker: python -m bot\nweb: python -m bot\n"
