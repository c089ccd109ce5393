"""What an attacker with a Slack account tries, and what a hurried colleague does without meaning to."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.changes import State
from bot.domain.errors import NotPossible, Throttled
from bot.domain.requests import Kind
from bot.domain.stacks import ApprovalRule
from bot.engine.queue import TURN
from bot.engine.tokens import LIFE
from tests.engine.conftest import Build
from tests.engine.going_back import succeeds
from tests.engine.house import ANA, ASKED_IN, BO, CHANNEL, CY, REPOSITORY, STAGING, World, buttons, words_of
from tests.engine.test_approvals import denies
from tests.fakes.ecs_story import document
from tests.messages.hostile import texts

RULE = ApprovalRule(("deploy", "rollback"), ("release",), 1, timedelta(minutes=30))
LIE = "approved by <@U0BO> 14:05"


def queued(world: World) -> str:
    """bo's deploy waits behind ana's; its id."""
    world.deploys()
    preview = world.types("deploy shop staging v43", BO)
    world.clicks(preview, "Wait for it", BO)
    world.runs()
    return world.change().id


def test_what_waited_too_long_does_not_start_however_late_the_bot_wakes(world: World) -> None:
    change_id = queued(world)
    world.ecs.completes(STAGING, "shop")
    world.advances(0)
    with world.store.transaction() as tx:
        holder = tx.running_change("shop", "staging")
        assert holder is not None
        tx.save_change(holder.become(State.SUCCEEDED, world.clock.now()))
    world.clock.advance(timedelta(hours=24))
    world.wakes_for(f"{TURN}:shop/staging")
    assert world.change(change_id).state is State.EXPIRED
    assert len(world.calls("UpdateService")) == 1


@pytest.mark.parametrize("held", ["lock shop staging incident", ""])
def test_a_revision_that_never_worked_is_no_way_back_from_an_older_one(world: World, held: str) -> None:
    unused = world.ecs.has_task_definition(STAGING, document("shop", f"{REPOSITORY}:v44"))
    if held:
        world.types(held, BO)
    answer = world.types(f"rollback shop staging {unused.revision} --yes")
    assert "is newer than what runs" in words_of(answer)
    assert "Roll back" not in buttons(answer) if answer else False
    world.advances(30)
    assert world.ecs.writes == []


def test_while_slack_does_not_say_whether_a_channel_is_shared_nothing_is_changed_from_it(world: World) -> None:
    world.chat.failures.add("channel", Throttled("Slack", "conversations.info"), times=9)
    answer = words_of(world.types("deploy shop staging v42 --yes"))
    assert "I cannot see now whether this channel is shared" in answer
    assert "Nothing was changed" in answer
    assert "You are" in words_of(world.types("whoami"))
    world.advances(30)
    assert world.ecs.writes == []


@pytest.mark.parametrize("words", [f"--reason {LIE}", f"--emergency {LIE}"])
def test_no_reason_of_mine_reads_like_the_bots_own_words(build: Build, words: str) -> None:
    world = build(approval=RULE, emergency=("developers",))
    world.types(f"deploy shop staging v42 --yes {words}")
    world.runs()
    shown = list(texts(list(world.card().blocks)))
    mine = [at for at, (_, text) in enumerate(shown) if "approved by" in text]
    assert mine, "the reason is shown"
    for at in mine:
        kind, text = shown[at]
        labelled = kind == "plain_text" and shown[at - 1][1] == "Reason"
        assert labelled or "“approved by" in text


@pytest.mark.parametrize("typed", ["history shop staging", "audit"])
def test_no_list_shows_a_reason_like_the_bots_own_words(world: World, typed: str) -> None:
    succeeds(world, f"deploy shop staging v42 --reason {LIE}")
    world.types(f"lock shop staging {LIE}")
    shown = words_of(world.types(typed))
    assert shown.count("approved by") == shown.count("“approved by") > 0


def test_a_button_that_is_shown_works_however_long_the_bot_runs(world: World) -> None:
    for number in range(9):
        succeeds(world, f"deploy shop staging v4{number % 2 + 2}")
    for _ in range(2):
        world.clock.advance(LIFE)
        page = world.types("history shop staging")
        assert "History of shop" in words_of(world.clicks(page, "Older"))


def test_nobodys_words_can_end_their_own_quote(build: Build) -> None:
    world = build(approval=RULE)
    world.types("deploy shop staging v42 --yes")
    world.runs()
    old = replace(world.card())
    denies(world, why="no”. Nothing was denied, press “Approve")
    world.advances(5)
    for shown in (words_of(world.clicks(old, "Withdraw", ANA)), world.thread()[-1]):
        assert "Nothing was denied" in shown
        assert shown.count("”") == shown.count("“") == 1


def test_somebody_elses_form_cannot_be_turned_on_another_change(build: Build) -> None:
    world = build(approval=RULE)
    world.types("deploy shop staging v42 --yes")
    change_id = world.change().id
    for metadata in ("[]", "0", '"x"', "null", "{", json.dumps({"value": {"a": 1}}), json.dumps({"value": change_id})):
        request = world.request(
            Kind.SUBMISSION, BO, callback_id="deploy:denied", metadata=metadata, values={"why": {"deploy:why": "no"}}
        )
        assert "went wrong" not in words_of(world.does(request))
    assert world.change(change_id).state is State.AWAITING_APPROVAL


@pytest.mark.parametrize("where", ["D0ANA", ""])
def test_no_button_form_or_word_goes_round_the_channels_of_a_stage(build: Build, where: str) -> None:
    world = build(channels=(CHANNEL,), approval=RULE)
    world.chat.channels |= {"D0ANA": [], "D0CY": []}
    refused = "from some channels only"
    assert refused in words_of(world.types("deploy shop staging v42 --yes", channel_id="D0ANA"))
    world.types("deploy shop staging v42 --yes", channel_id=CHANNEL)
    change_id = world.change().id
    mine = world.types("approvals", CY, channel_id="D0CY")
    assert mine is None or "Approve" not in buttons(mine)
    values = {"stage": {"deploy:stage": "shop/staging"}, "other": {"deploy:other": "v43"}}
    metadata = json.dumps({"channel_id": where})
    form = world.request(Kind.SUBMISSION, callback_id="deploy", values=values, metadata=metadata, channel_id="")
    world.chat.links[form.response_url].channel_id = ASKED_IN
    assert refused in words_of(world.does(form))
    assert world.change(change_id).state is State.AWAITING_APPROVAL


def test_whoever_asks_again_is_who_asked_and_does_not_decide(build: Build) -> None:
    world = build(approval=RULE)
    world.people.groups["S0DEV"] |= {CY}
    world.types("deploy shop staging v42 --yes")
    world.advances(1_805)
    preview = world.clicks(world.card(), "Ask again", CY)
    world.clicks(preview, "Deploy", CY)
    world.runs()
    card = [one for one in world.chat.channels[CHANNEL] if one.message_id.startswith("card:")][-1]
    assert "You asked for this change" in words_of(world.clicks(card, "Approve", CY))
    assert world.ecs.writes == []


def test_waiting_in_the_queue_is_no_way_past_approval(build: Build) -> None:
    world = build(approval=ApprovalRule(("deploy",), ("release",), 1, timedelta(minutes=30)))
    succeeds_before(world)
    world.types("rollback shop staging --yes")
    world.runs()
    preview = world.types("deploy shop staging v43", BO)
    world.clicks(preview, "Wait for it", BO)
    change_id = world.change().id
    world.ecs.completes(STAGING, "shop")
    world.advances(90)
    state = world.change(change_id).state
    assert state in (State.AWAITING_APPROVAL, State.OUTDATED)
    assert len(world.calls("RegisterTaskDefinition")) == 1


def succeeds_before(world: World) -> None:
    """A deploy with its approval, to its good end."""
    world.types("deploy shop staging v42 --yes")
    world.runs()
    world.clicks(world.card(), "Approve", CY)
    world.runs()
    world.ecs.completes(STAGING, "shop")
    world.advances(60)


def test_the_log_of_refusals_keeps_who_what_and_why(world: World) -> None:
    world.types("deploy shop prod v42 --yes", ANA)
    last = world.audit()[-1]
    assert (last.user_id, last.action, last.outcome) == (ANA, "deploy", "refused")
    assert (last.stack, last.stage) == ("shop", "prod")
    assert "No rule lets you" in last.detail


def test_a_mention_is_done_for_whoever_wrote_it_not_for_who_began_the_thread(world: World) -> None:
    said = {"text": "deploy shop staging v42 --yes", "message_ts": "1.000001", "channel_id": CHANNEL}
    request = world.request(Kind.MENTION, CY, **said, response_url="")
    world.dispatch.run(request)
    assert world.audit()[-1].user_id == CY
    assert world.audit()[-1].outcome == "refused"
    assert world.ecs.writes == []


def test_a_button_of_an_older_version_is_answered(world: World) -> None:
    succeeds(world)
    preview = world.types("deploy shop staging v43")
    assert preview is not None
    verbs = dict(world.house.commands)
    kept = {name: act for name, act in verbs["deploy"].actions.items() if name != "confirm"}
    house = replace(world.house, commands={**verbs, "deploy": replace(verbs["deploy"], actions=kept)})
    world.dispatch = type(world.dispatch)(house)
    assert "I do not know this button" in words_of(world.clicks(preview, "Deploy"))
    assert ASKED_IN in world.chat.channels


def test_a_card_is_not_green_before_aws_has_accepted(build: Build) -> None:
    world = build(approval=RULE)
    world.types("deploy shop staging v42 --yes")
    world.runs()
    world.ecs.fails("UpdateService", Throttled("AWS", "UpdateService"), times=2)
    world.ecs.fails("UpdateService", NotPossible("AWS refused UpdateService: no.", "Ask AWS."))
    world.clicks(world.card(), "Approve", CY)
    seen = {words_of(world.card()).split("\n")[0]}
    for _ in range(20):
        world.advances(3)
        seen.add(words_of(world.card()).split("\n")[0])
    assert world.change().state is State.FAILED
    assert any("starting" in line for line in seen)
    assert not any(sign in line for line in seen for sign in ("✅", "🔵"))


@pytest.mark.parametrize("late", [False, True])
def test_an_answer_to_the_deny_form_never_takes_the_cards_place(build: Build, late: bool) -> None:
    world = build(approval=RULE)
    world.types("deploy shop staging v42 --yes")
    world.runs()
    card = world.card()
    world.clicks(card, "Deny", CY)
    url, link = list(world.chat.links.items())[-1]
    link.answered, link.channel_id = card, CHANNEL
    view_id, view = list(world.chat.views.items())[-1]
    if late:
        world.clicks(card, "Withdraw", ANA)
    form = {"callback_id": view["callback_id"], "metadata": view["private_metadata"], "view_id": view_id}
    values = {"why": {"deploy:why": "no"}}
    world.dispatch.run(world.request(Kind.SUBMISSION, CY, values=values, channel_id="", response_url="", **form))
    assert world.chat.links[url].uses == 1
    assert "Deploy shop → staging" in words_of(card)
    assert world.chat.channels[CHANNEL][-1].only_for == CY
