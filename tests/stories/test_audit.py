"""The audit log of the real bot, read in the sandbox's Slack."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests import nearby
from tests.stories.told import Story, story, text_of

ENTRY = re.compile(r"<!date\^")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with story(tmp_path_factory.mktemp("audit"), ["shop"]) as told:
        for number in range(24):
            told.ana.types(f"/tinystacks deploy nowhere staging v{number}")
            told.ana.waits_for(lambda one: one["ephemeral"] and "nowhere" in text_of(one))
        yield told


def test_pages_turn_where_they_stand(told: Story) -> None:
    told.bo.types("/tinystacks audit <@U0ANA>")
    page = told.bo.waits_for(lambda one: one["ephemeral"] and "Audit log of ana" in text_of(one))
    assert len(ENTRY.findall(text_of(page))) == 20
    told.bo.clicks("Older", in_=page["ts"])
    older = told.bo.waits_for(lambda one: one["ts"] == page["ts"] and "Newer" in text_of(one))
    assert 0 < len(ENTRY.findall(text_of(older))) < 20


def test_an_export_comes_as_a_direct_message_and_fits_the_log(told: Story) -> None:
    told.ana.types("/tinystacks audit --export")
    message = told.ana.waits_for(lambda one: bool(one.get("files")), "D0ANA")
    [file] = message["files"]
    rows = list(csv.DictReader(io.StringIO(nearby.get(file["url_private"]).text)))
    assert len(rows) >= 24
    newest = rows[0]
    checked = told.runs_cli("audit", "verify", "--entry", newest["id"], "--head", newest["hash"])
    assert checked.returncode == 0, checked.stdout
    assert f"The head you noted is entry {newest['id']}" in checked.stdout
    assert told.runs_cli("audit", "verify", "--head", "f" * 64).returncode == 1
    assert told.runs_cli("audit", "verify", "--head", "short").returncode == 2


def test_without_the_scope_the_asker_is_told_what_to_do(told: Story) -> None:
    workspace = told.slack.workspace
    scopes = tuple(one for one in workspace.app.scopes if one != "files:write")
    told.slack.workspace = replace(workspace, app=replace(workspace.app, scopes=scopes))
    told.bo.types("/tinystacks audit --export")
    said = told.bo.waits_for(lambda one: one["ephemeral"] and "files:write" in text_of(one))
    assert "python -m bot audit export" in text_of(said)
    told.slack.workspace = workspace
