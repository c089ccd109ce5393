"""The database takes no rows: nothing is begun, what only looks is answered, nothing is done or said twice."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.changes import State
from bot.domain.requests import Ack, Kind, Request
from bot.engine.intake import Intake
from tests.engine.conftest import Build
from tests.engine.house import ASKED_IN, CHANNEL, GUEST, STAGING, World, words_of
from tests.engine.locked import Holder, holder
from tests.engine.sayings import channel, says

PATIENCE = 10
WHY = "I cannot write to my database: another program holds it locked. Nothing was changed"


@pytest.fixture
def held(world: World) -> Iterator[Holder]:
    with holder(world) as somebody:
        yield somebody


@pytest.fixture
def intake(world: World) -> Iterator[Intake]:
    made = Intake(world.store, world.dispatch)
    yield made
    made.stop(PATIENCE)


def answered(world: World, intake: Intake) -> str:
    """What the person is told after the ack."""
    assert world.chat.answers.acquire(timeout=PATIENCE)
    assert intake.stop(PATIENCE)
    return words_of(next(one for one in reversed(world.chat.channels[ASKED_IN]) if one.only_for))


def command(world: World, text: str, **fields: str) -> Request:
    return world.request(Kind.COMMAND, text=text, **fields)


def untouched(world: World) -> bool:
    """No change, no entry, no request, no call."""
    with world.store.transaction() as tx:
        return not (
            tx.unfinished_requests() or tx.running_changes() or world.audit() or world.ecs.asked("UpdateService")
        )


def test_a_change_is_refused_at_once_with_the_reason(world: World, intake: Intake, held: Holder) -> None:
    held.takes()
    ack = intake.receive(command(world, "deploy shop staging v42 --yes"))
    assert str(ack.text).startswith(WHY)
    assert "Tell whoever runs me to end whatever else has that file open" in str(ack.text)
    assert intake.stop(PATIENCE)
    assert world.ecs.calls == []
    held.lets_go()
    assert untouched(world)


def test_a_form_stays_open_and_says_why(world: World, intake: Intake, held: Holder) -> None:
    values = {"stage": {"s": "shop/staging"}, "image:shop/staging": {"i": "v42"}}
    held.takes()
    ack = intake.receive(world.request(Kind.SUBMISSION, callback_id="deploy", values=values, channel_id=""))
    assert ack.payload is not None
    assert ack.payload["response_action"] == "errors"
    assert ack.payload["errors"]["stage"].startswith(WHY)
    held.lets_go()
    assert untouched(world)


def test_whoever_clicks_is_told_and_the_preview_stays(world: World, intake: Intake, held: Holder) -> None:
    preview = world.types("deploy shop staging v42")
    assert preview is not None
    shown, click = preview.blocks, _click(world, preview.blocks)
    while world.chat.answers.acquire(blocking=False):
        pass
    held.takes()
    assert intake.receive(click) == Ack()
    assert WHY in answered(world, intake)
    assert preview.blocks == shown
    held.lets_go()
    assert world.change().state is State.PROPOSED
    world.does(replace(click, key="again"))
    assert world.change().state is State.APPROVED


def _click(world: World, blocks: tuple[object, ...]) -> Request:
    rows = [block["elements"] for block in blocks if isinstance(block, dict) and block["type"] == "actions"]
    button = next(one for row in rows for one in row if one["action_id"] == "deploy:confirm")
    return world.request(Kind.ACTION, action_id=button["action_id"], value=button["value"])


def test_who_wrote_to_the_bot_in_a_channel_is_told_there(world: World, intake: Intake, held: Holder) -> None:
    held.takes()
    mention = replace(world.request(Kind.MENTION, text="deploy shop staging v42"), trigger_id="", channel_id=CHANNEL)
    intake.receive(replace(mention, response_url=""))
    assert world.chat.answers.acquire(timeout=PATIENCE)
    assert WHY in world.chat.channels[CHANNEL][-1].text
    held.lets_go()
    assert untouched(world)


def test_what_only_looks_is_answered_all_the_while(world: World, intake: Intake, held: Holder) -> None:
    held.takes()
    assert intake.receive(command(world, "help")) == Ack(text="One moment …")
    assert "What I understand" in answered(world, intake)
    held.lets_go()
    assert untouched(world)


def test_a_form_that_only_looks_is_answered_too(world: World, intake: Intake, held: Holder) -> None:
    held.takes()
    values = {"stage": {"tasks:stage": "shop/staging"}}
    assert intake.receive(world.request(Kind.SUBMISSION, callback_id="tasks", values=values)) == Ack()
    assert "Tasks of shop / staging" in answered(world, intake)
    held.lets_go()
    assert untouched(world)


@pytest.mark.parametrize("verb", ["audit", "logs shop staging", "exec shop staging"])
def test_a_look_that_must_be_written_down_is_refused(world: World, intake: Intake, held: Holder, verb: str) -> None:
    held.takes()
    assert str(intake.receive(command(world, verb)).text).startswith(WHY)
    held.lets_go()


def test_a_guest_is_still_refused_as_a_guest(world: World, intake: Intake, held: Holder) -> None:
    held.takes()
    intake.receive(world.request(Kind.COMMAND, GUEST, text="help"))
    assert "You are a guest" in answered(world, intake)
    held.lets_go()


def test_a_database_that_locks_while_somebody_is_answered_is_told_too(world: World, held: Holder) -> None:
    world.ecs.meanwhile("DescribeServices", held.takes)
    assert WHY in words_of(world.types("deploy shop staging v42"))
    held.lets_go()
    world.deploys()
    assert len(world.calls("UpdateService")) == 1


def test_an_answer_that_could_not_be_struck_off_is_not_asked_for_again(
    world: World, intake: Intake, held: Holder
) -> None:
    world.ecs.meanwhile("DescribeServices", held.takes)
    intake.receive(command(world, "deploy shop staging v42"))
    assert world.chat.answers.acquire(timeout=PATIENCE)
    held.lets_go()
    intake.receive(command(world, "help"))
    assert world.chat.answers.acquire(timeout=PATIENCE)
    assert intake.stop(PATIENCE)
    with world.store.transaction() as tx:
        assert tx.unfinished_requests() == ()


def test_a_message_whose_posting_could_not_be_written_down_is_not_posted_twice(world: World, held: Holder) -> None:
    says(world, "card")
    held.takes_from(3, 4)
    world.advances(120)
    assert channel(world) == ["card"]
    assert len(world.chat.posts("card:1")) == 1
    assert world.postings() == ()


def test_an_update_whose_outcome_could_not_be_written_down_is_not_made_twice(world: World, held: Holder) -> None:
    world.types("deploy shop staging v42 --yes")
    world.ecs.meanwhile("UpdateService", held.takes)
    world.runs()
    world.advances(300)
    assert world.change().state is State.APPLYING
    held.lets_go()
    _completes(world)
    assert world.change().state is State.SUCCEEDED
    assert len(world.calls("UpdateService")) == 1


def test_a_database_that_is_locked_for_an_hour_keeps_nobody_busy(world: World, held: Holder) -> None:
    world.deploys()
    world.advances(10)
    before = len(world.ecs.calls)
    held.takes()
    world.advances(3_600)
    asked, said_before = len(world.ecs.calls) - before, len(world.chat.heard)
    assert asked < 3_600 / 5
    held.lets_go()
    _completes(world)
    assert world.change().state is State.SUCCEEDED
    assert len(world.chat.heard) - said_before < 10


def _completes(world: World) -> None:
    world.advances(120)
    world.ecs.completes(STAGING, "shop")
    world.advances(120)


@pytest.mark.timeout(60)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 60), st.integers(1, 12))
def test_whenever_it_locks_a_deploy_is_done_once_and_told_once(build: Build, first: int, times: int) -> None:
    world = build()
    with holder(world) as somebody:
        world.types("deploy shop staging v42 --yes")
        somebody.takes_from(first, times)
        _completes(world)
    assert world.change().state is State.SUCCEEDED
    assert len(world.calls("UpdateService")) == len(world.calls("RegisterTaskDefinition")) == 1
    told = world.chat.transcript(CHANNEL)
    assert len(told) == len(set(told))
    assert world.done().count(("finish", "succeeded")) == 1
