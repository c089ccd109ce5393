"""What people type wrong, paste, dictate to a phone or may not ask for: answered, harmless, written down."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sandbox.slack.workspace import User
from tests.stories.told import Story, story, text_of

STACKS = ("phone", "marked", "long")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with story(tmp_path_factory.mktemp("words"), STACKS) as told:
        yield told


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("deplyo shop staging v43", ("I know no verb “deplyo”", "deploy")),
        ("deploy shp staging v43", ("I know no stack “shp”", "shop")),
        ("deploy shop stagign v43", ("“stagign”", "Did you mean staging")),
        ("deploy shop staging v4", ("no image “v4”", "Did you mean", "v4")),
        ("deploy shop staging sha256:" + "0" * 64, ("AWS has no image", "Nothing was changed")),
        ("deploy shop staging v43 --yess", ("--yes", "Nothing was changed", "Usage")),
        ("deploy shop staging v43 v44", ("Nothing was changed", "Usage")),
        ("deploy shop staging 'v 43'", ("Nothing was changed",)),
    ],
)
def test_a_word_that_is_not_known_is_answered_with_what_to_type(
    here: Story, typed: str, words: tuple[str, ...]
) -> None:
    here.answers(typed, *words)


def test_nothing_at_all_is_answered_with_everything_i_understand(here: Story) -> None:
    here.answers("", "What I understand", "deploy", "shop")
    here.answers("help deploy", "--reason", "--yes")


def test_verbs_stacks_and_stages_may_be_written_in_capitals(here: Story) -> None:
    here.ana.types("/tinystacks DEPLOY Shop STAGING v43")
    here.preview("shop")


def test_what_a_phone_makes_of_a_command_is_understood(here: Story) -> None:
    preview = here.asks("phone", "v43", "\u2014reason “it’s\u00a0time”")
    assert "it's time" in text_of(preview)


def test_a_reason_stays_text_and_keeps_no_control_characters(here: Story) -> None:
    here.ana.types("/tinystacks deploy marked staging v43 --reason *bold* @ana <!channel> `x` \u202eevil\u0007")
    preview = here.preview("marked")
    elements = [one for block in preview["blocks"] for one in block.get("elements", [])]
    (reason,) = [one for one in elements if "bold" in str(one.get("text"))]
    assert reason["type"] == "plain_text"
    assert "*bold*" in reason["text"]
    assert not {"\u202e", "\u0007"} & set(text_of(preview))


def test_ten_thousand_characters_are_turned_away(here: Story) -> None:
    here.answers(
        "deploy long staging v43 --reason " + "x" * 10_000, "characters; I read at most", "Nothing was changed"
    )
    assert here.called("RegisterTaskDefinition", "long") == []


def test_a_reason_of_nearly_the_longest_command_is_shown(here: Story) -> None:
    here.asks("long", "v43", "--reason " + "word " * 350)


@pytest.mark.parametrize(
    ("user_id", "channel", "words"),
    [
        ("U0GUEST", "C0DEPLOYS", ("guest", "Nothing was changed")),
        ("U0LEAVER", "C0DEPLOYS", ("deactivated", "Nothing was changed")),
        ("U0STRANGER", "C0SHARED", ("another workspace", "Nothing was changed")),
        ("U0NOBODY", "C0DEPLOYS", ("No rule lets you deploy shop staging", "developers")),
    ],
)
def test_whoever_may_not_is_told_why_and_it_is_written_down(
    here: Story, user_id: str, channel: str, words: tuple[str, ...]
) -> None:
    _joins(here, "U0LEAVER", deleted=True)
    _joins(here, "U0NOBODY")
    who = here.box.person(user_id, channel)
    here.answers("deploy shop staging v43 --yes", *words, who=who)
    exported = here.runs_cli("audit", "export").stdout.splitlines()
    refused = [line for line in exported if user_id in line and '"refused"' in line]
    assert refused


def test_a_mention_in_a_channel_shared_with_others_is_refused(here: Story) -> None:
    here.ana.types("@tinystacks deploy shop staging v43 --yes", "C0SHARED")
    here.told("shared with another workspace", "Nothing was changed", channel="C0SHARED")


def test_nothing_of_all_this_reached_aws(here: Story) -> None:
    assert here.world.calls.count("UpdateService") == 0
    assert here.world.calls.count("RegisterTaskDefinition") == 0
    assert "Traceback" not in here.log


def _joins(here: Story, user_id: str, deleted: bool = False) -> None:
    """A member of the workspace, in the channel of the deploys."""
    workspace = here.slack.workspace.with_user(User(user_id, user_id.lower(), user_id.title(), deleted=deleted))
    channel = workspace.channel("C0DEPLOYS")
    assert channel
    here.slack.workspace = workspace.with_channel(replace(channel, members=channel.members | {user_id}))
