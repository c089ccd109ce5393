"""Stored first, answered at once, done once; what a dead process left is answered by the next."""

from collections.abc import Iterator
from threading import Barrier, Event, Thread

import click
import pytest

import commands
from bot.domain.changes import State
from bot.domain.requests import Ack, Kind, Request
from bot.engine.commands import Answer, Ask, Command, discover
from bot.engine.intake import Intake
from bot.engine.tokens import Tokens, eyes_of, hidden
from bot.messages.refusals import said
from tests.engine.conftest import Build
from tests.engine.house import ANA, ASKED_IN, World, buttons, words_of

PATIENCE = 10


class Slow:
    """A verb that takes as long as the test wants, and counts how often it ran."""

    def __init__(self) -> None:
        self.started, self.go_on, self.runs = Event(), Event(), 0
        self.command = Command(click.Command("slow", callback=click.pass_obj(self._run), add_help_option=False))

    def _run(self, _: Ask) -> Answer:
        self.runs += 1
        self.started.set()
        assert self.go_on.wait(PATIENCE)
        return said("done")


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def world(build: Build, slow: Slow) -> World:
    return build(verbs=discover(commands) | {"slow": slow.command})


@pytest.fixture
def intake(world: World, slow: Slow) -> Iterator[Intake]:
    made = Intake(world.store, world.dispatch, threads=2, most=3)
    yield made
    slow.go_on.set()
    made.stop(PATIENCE)


def answered(world: World, intake: Intake, answers: int = 1) -> None:
    """Waits until so many answers were given and their requests are finished."""
    for _ in range(answers):
        assert world.chat.answers.acquire(timeout=PATIENCE)
    assert intake.stop(PATIENCE)


def command(world: World, text: str, **fields: str) -> Request:
    return world.request(Kind.COMMAND, text=text, **fields)


def unfinished(world: World) -> int:
    with world.store.transaction() as tx:
        return len(tx.unfinished_requests())


def test_the_answer_comes_at_once_and_names_the_stage(world: World, intake: Intake) -> None:
    assert intake.receive(command(world, "deploy SHOP Staging v42")) == Ack(text="Reading shop / staging …")
    answered(world, intake)
    assert unfinished(world) == 0


@pytest.mark.parametrize(
    "text", ["", "help", "help deploy", "deploy", "deploy shop nowhere", "nonsense a b", "help a b"]
)
def test_what_names_no_stage_gets_a_plain_receipt(world: World, text: str) -> None:
    assert world.dispatch.ack(command(world, text)) == (Ack(text="One moment …"), True)


def test_a_redelivered_request_gets_the_same_answer_and_one_effect(world: World, intake: Intake, slow: Slow) -> None:
    request = command(world, "slow")
    acks = [intake.receive(request) for _ in range(3)]
    slow.go_on.set()
    answered(world, intake)
    assert acks == [Ack(text="One moment …")] * 3
    assert slow.runs == 1


def test_twenty_deliveries_at_the_same_time_have_one_effect(world: World, intake: Intake, slow: Slow) -> None:
    request, start, acks = command(world, "slow"), Barrier(20), list[Ack]()

    def deliver() -> None:
        start.wait(PATIENCE)
        acks.append(intake.receive(request))

    threads = [Thread(target=deliver) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    slow.go_on.set()
    answered(world, intake)
    assert slow.runs == 1
    assert {ack.text for ack in acks} <= {"One moment …", _busy(acks)}


def _busy(acks: list[Ack]) -> str | None:
    return next((ack.text for ack in acks if ack.text and "try again" in ack.text), None)


def test_who_comes_when_all_is_full_is_told_and_nothing_is_stored(world: World, intake: Intake) -> None:
    for _ in range(3):
        intake.receive(command(world, "slow"))
    turned_away = intake.receive(command(world, "slow"))
    assert turned_away.text is not None
    assert "Nothing was started" in turned_away.text
    assert unfinished(world) == 3


def test_there_is_room_again_once_work_is_done(world: World, intake: Intake, slow: Slow) -> None:
    slow.go_on.set()
    for _ in range(6):
        assert intake.receive(command(world, "slow")) == Ack(text="One moment …")
        assert world.chat.answers.acquire(timeout=PATIENCE)
    assert slow.runs == 6


def test_redelivered_requests_take_no_room(world: World, intake: Intake) -> None:
    request = command(world, "slow")
    assert {intake.receive(request).text for _ in range(10)} == {"One moment …"}


def test_a_click_is_acknowledged_with_nothing_to_show(world: World, intake: Intake) -> None:
    click_on_nothing = world.request(Kind.ACTION, action_id="deploy:cancel", value="gone")
    assert intake.receive(click_on_nothing) == Ack()
    answered(world, intake)


def test_a_form_with_errors_is_told_at_once_and_leaves_no_work(world: World, intake: Intake) -> None:
    request = world.request(Kind.SUBMISSION, callback_id="deploy", values={})
    ack = intake.receive(request)
    assert ack.payload == {"response_action": "errors", "errors": {"stage": "Choose a stage."}}
    assert intake.receive(request) == ack
    assert unfinished(world) == 0
    assert world.ecs.calls == []


def test_what_was_stored_and_not_finished_is_answered_once_after_the_restart(world: World) -> None:
    _stored(world, command(world, "deploy shop staging v42"))
    resumed(world)
    [told] = [one for one in world.chat.channels[ASKED_IN] if one.only_for == ANA]
    assert "restarted" in told.text
    assert "/tinystacks deploy shop staging v42" in words_of(told)
    resumed(world)
    assert len(world.chat.channels[ASKED_IN]) == 1
    assert unfinished(world) == 0


def resumed(world: World) -> None:
    """The next process picks up what was left, all of it."""
    world.chat.joined.add(ASKED_IN)
    intake = Intake(world.store, world.dispatch)
    intake.resume()
    intake._pool.shutdown(wait=True)


def _clicked(world: World, action_id: str, value: str) -> Request:
    """A click on a button that was really sent to ana."""
    button = {"type": "button", "action_id": action_id, "value": value}
    sealed = Tokens(world.house.ports).sealed({"blocks": [button]}, eyes_of("T0ACME", ANA))
    token = sealed["blocks"][0]["value"]
    return hidden(world.request(Kind.ACTION, action_id=action_id, value=token))


def _stored(world: World, request: Request) -> None:
    with world.store.transaction() as tx:
        tx.insert_request(request, Ack())


def test_what_went_on_by_itself_is_not_asked_for_again(world: World) -> None:
    world.types("deploy shop staging v42 --yes")
    with world.store.transaction() as tx:
        tx.finish_request(world.last.key)
    click = _clicked(world, "deploy:confirm", world.change().id)
    _stored(world, click)
    resumed(world)
    assert unfinished(world) == 0
    assert world.chat.channels[ASKED_IN][1:] == []


def test_a_click_on_a_preview_that_did_not_go_on_is_asked_for_again(world: World) -> None:
    world.types("deploy shop staging v42")
    with world.store.transaction() as tx:
        tx.finish_request(world.last.key)
    _stored(world, _clicked(world, "deploy:confirm", world.change().id))
    resumed(world)
    assert world.change().state is State.PROPOSED
    assert "restarted" in world.chat.channels[ASKED_IN][-1].text


def test_a_lost_click_names_the_command_behind_its_button(world: World) -> None:
    _stored(world, world.request(Kind.ACTION, action_id="deploy:abort", value="x"))
    resumed(world)
    assert "/tinystacks deploy [STACK]" in words_of(world.chat.channels[ASKED_IN][-1])


def test_a_preview_that_was_lost_before_it_was_shown_is_asked_for_again(world: World) -> None:
    request = command(world, "deploy shop staging v42")
    world.does(request)
    resumed(world)
    assert "restarted" in world.chat.channels[ASKED_IN][-1].text


def test_a_second_click_is_told_that_it_happened_already(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    assert preview is not None
    shown = preview.blocks
    world.clicks(preview, "Deploy")
    preview.blocks = shown
    assert "already" in words_of(world.clicks(preview, "Deploy"))
    world.runs()
    assert len(world.calls("UpdateService")) == 1


def test_once_confirmed_the_preview_has_no_buttons_left(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    settled = world.clicks(preview, "Deploy")
    assert settled is preview
    assert settled is not None
    assert buttons(settled) == {}
