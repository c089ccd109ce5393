"""The form that opens where a verb's stack or stage is missing; sent off, it is the command as it would be typed."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

import commands
from bot.domain.locks import Lock
from bot.domain.requests import Kind, Request
from bot.domain.stacks import Stack
from bot.engine.commands import Ask, Command, discover
from bot.engine.forms import has_form, typed
from bot.engine.intake import Intake
from bot.engine.ports import Json
from bot.engine.tokens import hidden
from sandbox.slack.elements import suggestion_problems
from sandbox.slack.views import checked_view
from tests.engine.house import ANA, ASKED_IN, CY, World, config, words_of

COMMANDS = discover(commands)
WITH_FORM = [verb for verb, command in COMMANDS.items() if has_form(command)]


def opened(world: World, words: str, **fields: Any) -> Json:
    """The form that these words open."""
    answer = world.types(words, **fields)
    assert "The form is open" in words_of(answer)
    return form(world)


def form(world: World) -> Json:
    view = list(world.chat.views.values())[-1]
    checked_view(dict(view), "modal")
    return view


def element(view: Json, block_id: str) -> Json:
    found: Json = next(block["element"] for block in view["blocks"] if block["block_id"] == block_id)
    return found


def sent(world: World, verb: str, user: str = ANA, **fields: Any) -> Request:
    """The form of that verb, filled in."""
    values = {name: {f"{verb}:{name}": value} for name, value in fields.items()}
    metadata = json.dumps({"channel_id": ASKED_IN})
    request = world.request(Kind.SUBMISSION, user, callback_id=verb, values=values, metadata=metadata, channel_id="")
    world.chat.links[request.response_url].channel_id = ASKED_IN
    return request


def errors(world: World, request: Request) -> Json:
    ack, work_follows = world.dispatch.ack(request)
    found: Json = ack.payload["errors"] if ack.payload else {}
    assert work_follows is not bool(found)
    return found


@pytest.fixture
def crowded(tmp_path: Path) -> World:
    """A world with 60 stacks of two stages."""
    usual = config()
    first = usual.stacks[0]
    many = [Stack(f"s{n:02}", tuple(replace(one, stack=f"s{n:02}") for one in first.stages)) for n in range(59)]
    return World(tmp_path / "bot.db", replace(usual, stacks=(first, *many)))


@pytest.mark.parametrize("verb", WITH_FORM)
def test_a_verb_without_its_stage_opens_a_form_with_all_that_it_takes(world: World, verb: str) -> None:
    view = opened(world, verb)
    (group,) = element(view, "stage")["option_groups"]
    assert [one["value"] for one in group["options"]] == ["shop/staging", "shop/prod"]
    labels = [block["label"]["text"] for block in view["blocks"]]
    assert len(set(labels)) == len(labels)
    assert not {"Yes", "Emergency"} & set(labels)


@pytest.mark.parametrize(("verb", "field"), [("logs", "task"), ("exec", "task"), ("rollback", "revision")])
def test_a_field_says_what_goes_into_it(world: World, verb: str, field: str) -> None:
    (block,) = [one for one in opened(world, verb)["blocks"] if one["block_id"] == field]
    assert block["hint"]["text"]
    assert block["element"]["placeholder"]["text"] != block["label"]["text"]


def test_what_reads_changes_and_holds_has_a_form() -> None:
    assert {"history", "lock", "logs", "rollback", "tasks", "unlock"} <= set(WITH_FORM)
    assert not {"deploy", "help", "freeze", "status"} & set(WITH_FORM)


def test_what_was_typed_already_stands_in_the_form(world: World) -> None:
    view = opened(world, "rollback shop --reason it is slow")
    assert element(view, "reason")["initial_value"] == "it is slow"
    assert "initial_option" not in element(view, "stage")
    for words in ("lock --reason hands off", "lock --for 2h --reason hands off"):
        assert element(opened(world, words), "reason")["initial_value"] == "hands off"
    assert element(opened(world, "tasks --stopped"), "stopped")["initial_options"][0]["value"] == "yes"


def test_of_a_stack_with_one_stage_that_is_chosen(tmp_path: Path) -> None:
    usual = config()
    world = World(tmp_path / "bot.db", replace(usual, stacks=(Stack("shop", usual.stacks[0].stages[:1]),)))
    assert element(opened(world, "lock shop"), "stage")["initial_option"]["value"] == "shop/staging"
    world.store.close()


@pytest.mark.parametrize(
    ("words", "told"), [("lock shp", "Did you mean shop?"), ("lock prod", "the stack comes first: shop prod")]
)
def test_a_stack_that_nobody_knows_opens_nothing(world: World, words: str, told: str) -> None:
    assert told in words_of(world.types(words))
    assert world.chat.views == {}


def test_without_a_trigger_the_usage_is_told_as_ever(world: World) -> None:
    answer = world.does(world.request(Kind.MENTION, text="lock shop", trigger_id=""))
    assert "Usage: `/tinystacks lock STACK STAGE" in words_of(answer)


def test_a_form_that_comes_too_late_says_what_to_do(world: World) -> None:
    assert "Click or type it again" in words_of(world.types("lock", trigger_id="gone"))


def test_a_form_sent_off_does_what_the_typed_command_does(world: World) -> None:
    opened(world, "lock")
    request = sent(world, "lock", stage="shop/staging", lasts="2h", reason="the sale --yes")
    assert errors(world, request) == {}
    answer = words_of(world.does(request))
    with world.store.transaction() as tx:
        (lock,) = tx.locks_on("shop", "staging")
    assert isinstance(lock, Lock)
    assert (lock.stage, lock.reason) == ("staging", "the sale --yes")
    assert "shop → staging is locked until" in answer


def test_a_reading_form_shows_what_the_words_would(world: World) -> None:
    typed_out = words_of(world.types("tasks shop staging"))
    assert words_of(world.does(sent(world, "tasks", stage="shop/staging", stopped=[]))) == typed_out


def test_a_change_of_a_form_is_previewed_first(world: World) -> None:
    answer = world.does(sent(world, "rollback", stage="shop/staging", revision="", reason=""))
    assert answer is not None
    assert world.ecs.writes == []


def test_the_right_is_asked_for_when_the_form_is_sent_off(world: World) -> None:
    assert "No rule lets you" in words_of(world.does(sent(world, "lock", CY, stage="shop/staging")))
    assert world.audit()[-1].outcome == "refused"
    assert world.audit()[-1].stage == "staging"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"stage": "Choose a stage."}),
        ({"stage": "shop/nowhere"}, {"stage": "I know no stage of shop"}),
        ({"stage": "shop/staging", "lasts": "soon"}, {"lasts": "Must be a duration"}),
        ({"stage": "shop/staging", "lasts": "2h", "reason": "x"}, {}),
    ],
)
def test_a_mistake_is_told_at_its_field_at_once(world: World, fields: dict[str, str], wrong: dict[str, str]) -> None:
    told = errors(world, sent(world, "lock", **fields))
    assert set(told) == set(wrong)
    assert all(words in told[name] for name, words in wrong.items())


@pytest.mark.parametrize(
    ("verb", "field", "value", "wrong"),
    [
        ("logs", "lines", "2.5", "“2.5” is no number of lines from 1 to 1,000"),
        ("logs", "lines", "0", "from 1 to 1,000"),
        ("logs", "lines", "-1", "from 1 to 1,000"),
        ("logs", "lines", "1000000000", "from 1 to 1,000"),
        ("logs", "container", "app; rm", "is no container's name"),
        ("exec", "container", "$(id)", "is no container's name"),
        ("exec", "command", "file:///etc/passwd", "from a file or an address"),
        ("exec", "command", "x\\", "ends in a backslash"),
        ("exec", "task", "yesterday's", "is not a task"),
        ("rollback", "revision", "v41", "“v41” is not a revision: type its number"),
        ("rollback", "revision", "0", "is not a revision"),
        ("stop", "task", "the slow one", "is not a task"),
    ],
)
def test_what_can_never_be_right_is_told_at_its_field(
    world: World, verb: str, field: str, value: str, wrong: str
) -> None:
    fields = {"stage": "shop/staging", "task": "0123abcd"} if verb == "stop" else {"stage": "shop/staging"}
    told = errors(world, sent(world, verb, **fields | {field: value}))
    assert list(told) == [field]
    assert wrong in told[field]
    assert "--" not in told[field]
    assert world.ecs.calls == []


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("logs", {"lines": "1,000", "container": "app", "task": ""}),
        ("exec", {"container": "app", "command": "bash -c 'echo $HOME'", "task": "feedc0ff"}),
        ("rollback", {"revision": "shop:41", "reason": "slow"}),
        ("stop", {"task": "feedc0ff"}),
    ],
)
def test_what_may_be_right_is_taken(world: World, verb: str, fields: dict[str, str]) -> None:
    assert errors(world, sent(world, verb, stage="shop/staging", **fields)) == {}


def counting(got: list[tuple[str, int, str]]) -> Command:
    """A verb of a test: two places, a number that is needed, an option."""

    def callback(_: Ask, /, stack: str, stage: str, count: int, reason: str) -> None:
        got.append((f"{stack}/{stage}", count, reason))

    params = [click.Argument([name]) for name in ("stack", "stage")]
    number, why = click.Argument(["count"], type=int), click.Option(["--reason"], default="", help="why")
    return Command(click.Command("resize", callback=click.pass_obj(callback), params=[*params, number, why]))


def test_any_command_has_its_form_from_its_own_arguments(tmp_path: Path) -> None:
    got: list[tuple[str, int, str]] = []
    world = World(tmp_path / "bot.db", config(), verbs={"resize": counting(got)})
    view = opened(world, "resize shop staging")
    assert element(view, "stage")["initial_option"]["value"] == "shop/staging"
    assert [block["optional"] for block in view["blocks"]] == [False, False, True]
    assert errors(world, sent(world, "resize", stage="shop/prod")) == {"count": "This is needed."}
    assert "integer" in errors(world, sent(world, "resize", stage="shop/prod", count="four"))["count"]
    world.does(sent(world, "resize", stage="shop/prod", count="4", reason="--count 9"))
    assert got == [("shop/prod", 4, "--count 9")]
    world.store.close()


SLY = st.sampled_from(["--yes", "--emergency=x", "--", "-h", "--reason"]) | st.text(max_size=30)


@given(st.dictionaries(st.sampled_from(["revision", "reason", "yes", "emergency"]), SLY))
def test_no_fields_text_is_ever_an_option(fields: dict[str, str]) -> None:
    command = COMMANDS["rollback"]
    values = {name: {"x": value} for name, value in (fields | {"stage": "shop/prod"}).items()}
    words = typed(command, values)
    with command.cli.make_context("rollback", list(words)) as context:
        given_words = context.params
    assert (given_words["stack"], given_words["stage"]) == ("shop", "prod")
    assert (given_words["yes"], given_words["emergency"]) == (False, "")


def test_more_than_a_hundred_stages_are_searched(crowded: World) -> None:
    for words in ("lock", "deploy"):
        assert element(opened(crowded, words), "stage")["type"] == "external_select"
    assert element(opened(crowded, "deploy s07 staging"), "stage")["initial_option"]["value"] == "s07/staging"
    assert searched(crowded, "s4 prod") == [f"s4{n}/prod" for n in range(10)]
    assert searched(crowded, "PROD S11") == ["s11/prod"]
    assert len(searched(crowded, "")) == 100
    assert searched(crowded, "nowhere") == []
    crowded.store.close()


def searched(world: World, words: str) -> list[str]:
    """The stages that are offered while these words are typed."""
    request = world.request(Kind.SUGGESTION, action_id="lock:stage", value=words)
    payload = dict(world.dispatch.ack(request)[0].payload or {})
    assert suggestion_problems(payload) == []
    return [one["value"] for group in payload.get("option_groups", ()) for one in group["options"]]


def test_searching_leaves_no_row_and_asks_nobody(world: World) -> None:
    intake = Intake(world.store, world.dispatch)
    for words, found in (("shop", 1), ("nowhere", 0), ("prod", 1)):
        request = replace(world.request(Kind.SUGGESTION, action_id="lock:stage", value=words), key="")
        assert len((intake.receive(request).payload or {}).get("option_groups", ())) == found
    with world.store.transaction() as tx:
        assert tx.unfinished_requests() == ()
    assert (world.ecs.calls, world.people.failures.calls, world.chat.failures.calls) == ([], [], [])
    assert intake.stop(1)


def shortcut(world: World, user: str = ANA) -> Request:
    return replace(world.request(Kind.SHORTCUT, user, callback_id="deploy"), channel_id="", response_url="")


def test_the_shortcut_opens_the_deploy_form_and_says_nothing(world: World) -> None:
    world.dispatch.run(shortcut(world))
    assert element(form(world), "stage")["type"] == "static_select"
    assert world.chat.transcript(ASKED_IN) == []
    assert world.chat.failures.calls.count("open_view") == 1


def test_what_a_shortcuts_form_asked_for_is_previewed_and_confirmed_in_its_window(world: World) -> None:
    world.dispatch.run(shortcut(world))
    view_id, view = next(iter(world.chat.views.items()))
    metadata = view["private_metadata"]
    values = {"stage": {"deploy:stage": "shop/staging"}, "other": {"deploy:other": "v42"}}
    fields: dict[str, Any] = {"values": values, "metadata": metadata, "view_id": view_id}
    request = replace(world.request(Kind.SUBMISSION, callback_id="deploy", **fields), channel_id="", response_url="")
    ack, _ = world.dispatch.ack(request)
    assert ack.payload is not None
    assert ack.payload["response_action"] == "update"
    checked_view(dict(ack.payload["view"]), "modal")
    world.dispatch.run(request)
    assert "Deploy shop → staging?" in json.dumps(form(world), ensure_ascii=False)
    (row,) = [block for block in form(world)["blocks"] if block["type"] == "actions"]
    (yes,) = [one for one in row["elements"] if one["text"]["text"] == "Deploy"]
    clicked = world.request(Kind.ACTION, action_id=yes["action_id"], value=yes["value"], view_id=view_id)
    clicked = replace(clicked, callback_id=form(world)["callback_id"], channel_id="", response_url="")
    world.last = request
    change = world.change()
    world.dispatch.run(hidden(clicked))
    assert world.change(change.id).state.value == "approved"


def test_who_may_not_use_the_bot_is_told_so_in_a_window(world: World) -> None:
    world.dispatch.run(shortcut(world, "U0GUEST"))
    assert "guest" in json.dumps(form(world))
