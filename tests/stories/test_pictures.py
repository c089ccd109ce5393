"""The picture under a request to scale, as the real bot uploads it to the sandbox's Slack."""

from dataclasses import replace
from pathlib import Path

from sandbox.slack.workspace import Json
from tests import nearby
from tests.stories.told import Story, story, text_of, waits_until


def test_a_request_stands_without_its_picture_where_no_files_may_be_uploaded_and_else_with_it(tmp_path: Path) -> None:
    with story(tmp_path, []) as told:
        app = told.slack.workspace.app
        scopes = tuple(one for one in app.scopes if one != "files:write")
        told.slack.workspace = replace(told.slack.workspace, app=replace(app, scopes=scopes))
        card = asks(told, 5)
        waits_until(lambda: "picture_not_sent" in told.log)
        assert "CPU" in text_of(card)
        assert not replies(told, card)
        told.slack.workspace = replace(told.slack.workspace, app=app)
        told.ana.clicks("Withdraw", "C0PROD", in_=card["ts"])
        card = asks(told, 6)
        told.ana.waits_for(lambda one: bool(one.get("files")), "C0PROD")
        (picture,) = replies(told, card)
        assert "How busy shop / prod was" in text_of(picture)
        assert picture["files"][0]["alt_txt"].startswith("shop / prod, last 3h: CPU ")
        assert nearby.get(picture["files"][0]["url_private"]).content.startswith(b"\x89PNG")


def asks(told: Story, tasks: int) -> Json:
    """The card of a request for so many tasks of shop's prod."""
    told.ana.types(f"/tinystacks scale shop prod {tasks} --yes", "C0PROD")

    def shows(message: Json) -> bool:
        return all(words in text_of(message) for words in ("Scale shop → prod", "waiting for", f"{tasks} tasks"))

    return told.ana.waits_for(shows, "C0PROD")


def replies(told: Story, card: Json) -> list[Json]:
    return list(next(one for one in told.ana.sees("C0PROD") if one["ts"] == card["ts"])["replies"])
