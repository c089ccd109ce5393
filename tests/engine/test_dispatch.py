"""From words to an answer: what is unknown, who is refused, and what nobody ever sees."""

import logging
from pathlib import Path

import click
import pytest

from bot.domain.errors import Throttled, Unreachable
from bot.domain.requests import Kind
from bot.domain.stacks import Config
from bot.engine.commands import Answer, Command
from bot.messages.help import GROUPS
from tests.engine.conftest import Build
from tests.engine.house import ANA, ASKED_IN, CY, GUEST, STRANGER, World, words_of


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("deplyo shop staging v42", "Did you mean deploy?"),
        ("Rm -rf", "I know no verb “rm”"),
        ("deploy shp staging v42", "Did you mean shop?"),
        ("deploy shop stagin v42", "Did you mean staging"),
        ("deploy staging shop v42", "The stack comes first: shop staging."),
        ("deploy shop staging v4", "Did you mean v4"),
        ("deploy shop staging Not/An/Image", "is not an image"),
        ("help deplyo", "Did you mean deploy?"),
    ],
)
def test_a_near_miss_is_answered_with_the_nearest_names(world: World, typed: str, told: str) -> None:
    assert told in words_of(world.types(typed))
    assert world.ecs.writes == []


@pytest.mark.parametrize("typed", ["deploy shop staging v42 --force", "deploy a b c d", "help a b"])
def test_words_that_do_not_fit_are_answered_with_the_usage(world: World, typed: str) -> None:
    answer = words_of(world.types(typed))
    assert "/tinystacks" in answer
    assert "Traceback" not in answer


@pytest.mark.parametrize("typed", ["", "help", "  HELP  ", "Help"])
def test_saying_nothing_is_asking_for_help(world: World, typed: str) -> None:
    answer = words_of(world.types(typed))
    assert "`deploy [STACK] [STAGE] [IMAGE]`\nanother image for one stage" in answer
    assert [answer.index(f"*{group}*") for group in GROUPS] == sorted(answer.index(f"*{group}*") for group in GROUPS)


def test_a_near_miss_is_answered_with_the_whole_command_as_it_was_perhaps_meant(world: World) -> None:
    assert "Type: `/tinystacks deploy shop staging v42 --yes`" in words_of(world.types("deplyo shop staging v42 --yes"))
    assert "Type: `/tinystacks lock shop prod two words`" in words_of(world.types("lock shop prdo two words"))
    assert "Type:" not in words_of(world.types("xyzzy shop staging v42"))
    assert world.ecs.writes == []


def test_where_no_stack_is_configured_every_command_says_how_to_begin(tmp_path: Path) -> None:
    world = World(tmp_path / "bot.db", Config("T0ACME", {}, ()))
    for typed in ("", "status", "deploy shop staging v42", "lock"):
        answer = words_of(world.types(typed))
        assert "names no stack yet" in answer
        assert f"developers: [{ANA}]" in answer
        assert "python -m bot check" in answer
    world.store.close()


@pytest.mark.parametrize("typed", ["deploy --help", "deploy shop staging v42 -h", "help deploy"])
def test_help_about_a_verb_starts_nothing(world: World, typed: str) -> None:
    assert "--reason" in words_of(world.types(typed))
    assert world.done() == []


def test_help_about_a_verb_shows_how_it_is_typed(world: World) -> None:
    told = words_of(world.types("help scale"))
    assert "For example:\n`/tinystacks scale shop prod 6`" in told
    assert "`--tasks N` how many tasks" in told
    assert "For example" not in words_of(world.types("help whoami"))


def test_capitals_do_not_matter_in_verb_stack_and_stage(world: World) -> None:
    assert "Deploy shop → staging?" in words_of(world.types("DEPLOY Shop STAGING v42"))


def test_a_phones_quotes_and_dashes_are_understood(world: World) -> None:
    world.types("deploy shop\u00a0staging v42 \u2014reason “the checkout fix” \u2014yes")
    assert world.change().reason == "the checkout fix"
    assert world.change().state.value == "approved"


def test_a_reason_needs_no_quotes(world: World) -> None:
    world.types("deploy shop staging --reason the checkout fix --yes v42")
    assert world.change().reason == "the checkout fix"


@pytest.mark.parametrize(
    ("user", "fields", "why"),
    [
        (GUEST, {}, "You are a guest"),
        ("U0GONE", {}, "You are deactivated"),
        ("U0BOT", {}, "You are a bot"),
        (STRANGER, {"team_id": "T0OTHER"}, "another workspace"),
        (STRANGER, {}, "a member of another workspace"),
        (ANA, {"team_id": "T0OTHER"}, "a member of another workspace"),
        (ANA, {"external_channel": True}, "shared with another workspace"),
        (CY, {}, "No rule lets you deploy shop staging"),
    ],
)
def test_who_may_not_is_refused_and_that_is_written_down(
    world: World, user: str, fields: dict[str, str], why: str
) -> None:
    answer = words_of(world.types("deploy shop staging v42 --yes", user, **fields))
    assert why in answer
    assert "Nothing was changed" in answer
    [row] = world.audit()
    assert (row.action, row.outcome, row.user_id) == ("deploy", "refused", user)
    assert (world.ecs.calls, world.images.calls) == ([], [])


def test_somebody_slack_does_not_know_is_refused(world: World) -> None:
    assert "user_not_found" in words_of(world.types("help", "U0NOBODY"))


def test_an_unreadable_group_grants_nothing(world: World) -> None:
    world.people.failures.add("members", Unreachable("Slack", "usergroups.users.list"), times=9)
    answer = words_of(world.types("deploy shop staging v42 --yes"))
    assert "cannot read the user group S0DEV" in answer
    assert world.ecs.writes == []


def test_who_lost_the_right_since_the_preview_is_refused_at_the_click(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    world.people.groups["S0DEV"] = frozenset()
    assert "No rule lets you" in words_of(world.clicks(preview, "Deploy"))
    world.runs()
    assert world.ecs.writes == []


def test_ten_thousand_characters_are_turned_away_with_what_to_do(world: World) -> None:
    answer = words_of(world.types("deploy shop staging v42 --reason " + "x" * 10_000))
    assert "10,0" in answer
    assert "/tinystacks help" in answer
    assert world.audit() == []


def test_hostile_words_come_back_as_text(world: World) -> None:
    answer = words_of(world.types("<!channel> <@U0ANA> *bold* `code` \u202egnp.exe\u202c\x07"))
    assert "<!" not in answer
    assert "<@" not in answer
    assert not {"\u202e", "\x07", "*", "`"} & set(answer)


def test_a_reason_stays_text_on_the_card(world: World) -> None:
    world.types("deploy shop staging v42 --yes --reason <!here> *now* & <https://evil.example|click>")
    world.runs()
    shown = [e for b in world.card().blocks if b["type"] == "context" for e in b["elements"]]
    assert {e["type"] for e in shown if "now" in e["text"]} == {"plain_text"}


def test_a_fault_of_ours_shows_an_id_that_is_in_the_log_and_nothing_else(
    build: Build, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Answer:
        raise ZeroDivisionError("secret internals")

    world = build(verbs={"broken": Command(click.Command("broken", callback=broken, add_help_option=False))})
    with caplog.at_level(logging.ERROR):
        answer = words_of(world.types("broken"))
    assert "secret" not in answer
    assert "ZeroDivisionError" not in answer
    [error_id] = [word for word in answer.split("`") if len(word) == 8 and word.isalnum()]
    assert f"id={error_id}" in caplog.text
    assert "ZeroDivisionError: secret internals" in caplog.text


@pytest.mark.parametrize("action_id", ["nothing:here", "deploy:nothing", "deploy", "", ":"])
def test_a_button_nobody_knows_breaks_nothing(world: World, action_id: str) -> None:
    answer = world.does(world.request(Kind.ACTION, action_id=action_id, value="x"))
    assert "went wrong" not in words_of(answer)


def test_a_button_that_was_never_sent_does_nothing_and_says_so(world: World) -> None:
    for name in ("confirm", "cancel", "abort"):
        answer = world.does(world.request(Kind.ACTION, action_id=f"deploy:{name}", value="gone"))
        assert "I do not know this button" in words_of(answer)


def test_a_used_up_response_url_is_answered_in_the_channel(world: World) -> None:
    world.chat.joined.add(ASKED_IN)
    request = world.request(Kind.COMMAND, text="help", response_url="https://hooks.example/none")
    world.dispatch.run(request)
    assert [one.only_for for one in world.chat.channels[ASKED_IN]] == [ANA]


def test_an_answer_that_cannot_be_given_undoes_nothing(world: World) -> None:
    world.chat.failures.add("respond", Unreachable("Slack", "response_url"), times=9)
    world.chat.failures.add("post_ephemeral", Unreachable("Slack", "chat.postEphemeral"), times=9)
    world.deploys()
    assert world.change().state.value == "rolling_out"


@pytest.mark.parametrize("error", [Unreachable("AWS", "DescribeServices"), Throttled("AWS", "DescribeServices")])
def test_an_aws_that_cannot_be_read_starts_nothing_and_says_so(world: World, error: Exception) -> None:
    world.ecs.fails("DescribeServices", error, times=9)
    answer = words_of(world.types("deploy shop staging v42 --yes"))
    assert str(error) in answer
    assert world.ecs.writes == []


def test_a_missing_service_and_a_missing_cluster_are_named(world: World) -> None:
    stage = world.house.config.stacks[0].stages[0]
    world.ecs.loses_service(stage.place, "shop")
    assert "no service “shop”" in words_of(world.types("deploy shop staging v42"))
    del world.ecs.instances["us-east-1", "staging"]
    assert "no cluster “staging”" in words_of(world.types("deploy shop staging v42"))


def test_no_answer_ever_shows_an_environment_value(world: World) -> None:
    world.deploys()
    said = [words_of(one) for messages in world.chat.channels.values() for one in messages]
    rows = [row.detail for row in world.audit()]
    assert not any("never shown" in text for text in [*said, *rows])


def test_a_channel_shared_with_another_workspace_is_refused_for_everything(world: World) -> None:
    answer = world.types("help", channel_id="C0SHARED")
    assert "shared with another workspace" in words_of(answer)


def test_an_option_without_its_value_is_answered_with_that_verbs_usage(world: World) -> None:
    answer = words_of(world.types("lock shop staging --for"))
    assert "requires an argument" in answer
    assert "/tinystacks lock STACK STAGE" in answer
