"""`logs stack stage [task]` as people use it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.ecs import LogTarget, Task
from bot.domain.errors import AccessDenied, NotPossible
from bot.domain.requests import Kind
from bot.engine.tokens import Tokens, eyes_of, hidden
from bot.messages.kit import ANSWER, HOME, actions, answer_view, button, message
from bot.messages.kit import home as home_of
from sandbox.slack.blocks import block_problems
from tests.engine.conftest import Build
from tests.engine.house import ANA, LOGS, PROD, REPOSITORY, STAGING, World, buttons, words_of
from tests.engine.rolling import dies, rolling
from tests.fakes.chat import Said


def tasks(world: World) -> list[Task]:
    return list(world.ecs.live_tasks(STAGING, "shop", None))


def writes(world: World, *lines: str, task: int = 0, seconds: float = 0) -> None:
    at = world.clock.now() + timedelta(seconds=seconds)
    world.logs.wrote(LOGS, "app", tasks(world)[task].id, *lines, at=at)


def runs(world: World, containers: list[Mapping[str, Any]]) -> None:
    """Stage prod runs a definition of these containers from now on."""
    definition = world.ecs.has_task_definition(PROD, {"family": "shop-prod", "containerDefinitions": containers})
    world.ecs.somebody_deploys(PROD, "shop-prod", definition.arn)
    world.ecs.completes(PROD, "shop-prod")


def container(name: str, driver: str | None = "awslogs", **options: str) -> Mapping[str, Any]:
    made = {"name": name, "image": f"{REPOSITORY}:v41", "essential": True}
    logging = {"logDriver": driver, "options": {"awslogs-group": "/ecs/prod", "awslogs-stream-prefix": "p", **options}}
    return made | ({"logConfiguration": logging} if driver else {})


def shown(said: Said | None) -> list[str]:
    """The lines in the code blocks."""
    assert said is not None
    assert block_problems([dict(block) for block in said.blocks]) == []
    texts = [block["text"]["text"] for block in said.blocks if block["type"] == "section"]
    return [line for text in texts if text.startswith("```") for line in text.split("\n")[1:-1]]


def test_lines_of_all_tasks_come_by_time_newest_at_the_bottom(world: World) -> None:
    first, second = (task.id[:8] for task in tasks(world))
    writes(world, "GET /a 200", "GET /b 200", seconds=-3)
    writes(world, "GET /c 200", task=1, seconds=-2)
    writes(world, "GET /d 200", seconds=-1)
    page = world.types("logs shop staging")
    at = [f"{world.clock.now() - timedelta(seconds=second):%H:%M:%S}" for second in (3, 3, 2, 1)]
    told = [(first, "GET /a 200"), (first, "GET /b 200"), (second, "GET /c 200"), (first, "GET /d 200")]
    assert shown(page) == [f"{when} {who} {text}" for when, (who, text) in zip(at, told, strict=True)]
    assert "*Logs of shop / staging* · container `app` · 2 tasks" in words_of(page)
    assert list(buttons_of(page)) == ["Follow 2 min"]


def buttons_of(said: Said | None) -> list[str]:
    assert said is not None
    return list(buttons(said))


def test_the_reader_is_written_down_before_the_answer(world: World) -> None:
    writes(world, "GET /a 200")
    world.chat.failures.add("respond", NotPossible("No.", "Never."), times=9)
    world.types("logs shop staging --lines 7")
    row = world.audit()[-1]
    assert (row.action, row.outcome, row.user_id, row.stack, row.stage) == ("logs", "read", ANA, "shop", "staging")
    assert json.loads(row.detail)["lines"] == 7
    assert "GET" not in row.detail


def test_of_one_task_only_its_lines_come_without_its_name(world: World) -> None:
    writes(world, "mine", task=1)
    writes(world, "other")
    task = tasks(world)[1]
    page = world.types(f"logs shop staging {task.id}")
    assert [line.split()[1:] for line in shown(page)] == [["mine"]]
    assert f"task `{task.id[:8]}`" in words_of(page)


def test_a_task_that_stopped_within_the_hour_can_be_named(world: World) -> None:
    task = world.ecs.task_dies(STAGING, "shop")
    world.logs.wrote(LOGS, "app", task.id, "boom")
    page = world.types(f"logs shop staging {task.arn}")
    assert [line.split()[1] for line in shown(page)] == ["boom"]
    assert ", stopped" in words_of(page)
    assert "Follow 2 min" not in buttons_of(page)


def test_where_nothing_runs_those_that_stopped_are_read(world: World) -> None:
    task = world.ecs.task_dies(STAGING, "shop")
    world.logs.wrote(LOGS, "app", task.id, "boom")
    world.ecs.tasks["us-east-1", "staging", "shop"] = [task]
    assert "boom" in shown(world.types("logs shop staging"))[0]


def test_where_nothing_ran_within_the_hour_the_log_group_is_named(world: World) -> None:
    world.ecs.tasks.clear()
    told = words_of(world.types("logs shop staging"))
    assert "none stopped within the hour" in told
    assert "log group /ecs/shop (us-east-1)" in told
    assert "/tinystacks history shop staging" in told


def test_a_task_that_nobody_knows_is_answered_with_those_there_are(world: World) -> None:
    told = words_of(world.types("logs shop staging zzzz"))
    assert "I know no task “zzzz”" in told
    assert tasks(world)[0].id[:8] in told


def test_the_beginning_of_several_ids_is_asked_back(world: World) -> None:
    common = tasks(world)[0].id[:1]
    told = words_of(world.types(f"logs shop staging {common}"))
    assert "2 tasks begin with" in told
    assert "Type more of the id." in told


def test_secrets_and_formatting_of_lines_do_not_come_alive(world: World) -> None:
    writes(world, "\x1b[31mpassword=hunter2\x1b[0m <!channel> ``` *b* \u202e&", "x" * 900)
    one, two = shown(world.types("logs shop staging"))
    assert "hunter2" not in one
    assert one.endswith("password=••• &lt;!channel&gt; ˋˋˋ *b* &amp;")
    assert len(two) <= 310
    assert two.endswith("…")


def test_twenty_long_lines_full_of_escapes_fit_into_one_message(world: World) -> None:
    writes(world, *(["&" * 900] * 20))
    page = world.types("logs shop staging")
    assert len(shown(page)) == 20
    assert page is not None
    assert sum(len(block["text"]["text"]) for block in page.blocks if block["type"] == "section") < 9_000


def test_more_turns_to_older_lines_in_place_and_back(world: World) -> None:
    writes(world, *(f"line {number}" for number in range(60)))
    page = world.types("logs shop staging")
    assert shown(page)[0].endswith("line 40")
    assert buttons_of(page) == ["More", "Follow 2 min", "As a file"]
    world.advances(1)
    writes(world, "a new one")
    older = world.clicks(page, "More")
    assert older is page
    assert (shown(older)[0].split()[-1], shown(older)[-1].split()[-1]) == ("20", "39")
    oldest = world.clicks(page, "More")
    assert "More" not in buttons_of(oldest)
    for _ in range(2):
        world.clicks(page, "Newer")
    assert shown(page)[-1].endswith("line 59")
    assert len([row for row in world.audit() if row.action == "logs"]) == 5


def test_lines_of_a_clock_that_is_ahead_come_too_and_stay_while_pages_turn(world: World) -> None:
    writes(world, *(f"line {number}" for number in range(30)), seconds=40)
    page = world.types("logs shop staging")
    assert shown(page)[-1].endswith("line 29")
    assert shown(world.clicks(page, "More"))[-1].endswith("line 9")


@pytest.mark.parametrize("word", ["0", "1001", "many"])
def test_a_bad_number_of_lines_is_a_sentence(world: World, word: str) -> None:
    told = words_of(world.types(f"logs shop staging --lines {word}"))
    assert f"“{word}” is no number of lines from 1 to 1,000." in told
    assert "--lines 200" in told


def test_few_lines_are_few(world: World) -> None:
    writes(world, *"abcdef")
    page = world.types("logs shop staging --lines 2")
    assert [line[-1] for line in shown(page)] == ["e", "f"]
    assert shown(world.clicks(page, "More"))[-1].endswith("d")


def test_of_several_containers_the_one_that_is_deployed_is_read_and_the_others_named(build: Build) -> None:
    world = build()
    runs(world, [container("envoy"), {**container("app"), "image": "nginx"}])
    world.logs.has_group("/ecs/prod")
    first = words_of(world.types("logs shop prod"))
    assert "container `envoy`" in first
    assert "Other containers: `app`" in first
    assert "`/tinystacks logs shop prod --container app`" in first
    [task, *_] = world.ecs.live_tasks(PROD, "shop-prod", None)
    world.logs.wrote(LogTarget("/ecs/prod", "p"), "app", task.id, "hello")
    assert "hello" in shown(world.types("logs shop prod --container APP"))[0]
    assert "I know no container “db”" in words_of(world.types("logs shop prod --container db"))


@pytest.mark.parametrize(
    ("driver", "words"),
    [
        ("awsfirelens", ("`awsfirelens`", "log router")),
        ("splunk", ("`splunk`", "Look in Splunk")),
        ("json-file", ("`json-file`", "docker logs")),
        ("none", ("`none`", "awslogs")),
        ("martian", ("`martian`", "Look where that driver sends them")),
        (None, ("no log driver", "awslogs")),
    ],
)
def test_another_driver_is_named_with_where_to_look(world: World, driver: str | None, words: tuple[str, ...]) -> None:
    runs(world, [container("app", driver)])
    told = words_of(world.types("logs shop prod"))
    assert all(word in told for word in words)
    assert world.logs.asked("FilterLogEvents") == []
    assert world.done()[-1] == ("logs", "read")


def test_a_missing_log_group_and_a_missing_right_are_sentences(world: World) -> None:
    runs(world, [container("app")])
    told = words_of(world.types("logs shop prod"))
    assert "no log group “/ecs/prod”" in told
    world.logs.fails("FilterLogEvents", AccessDenied("logs:FilterLogEvents", "role bot"))
    told = words_of(world.types("logs shop staging"))
    assert "Allow logs:FilterLogEvents in that role's policy" in told


def test_during_a_rollout_the_lines_of_both_revisions_come(world: World) -> None:
    writes(world, "old", seconds=-2)
    runs_before = tasks(world)
    definition = world.ecs.has_task_definition(
        STAGING, {"family": "shop", "containerDefinitions": [container("app", **{"awslogs-group": "/new"})]}
    )
    world.ecs.somebody_deploys(STAGING, "shop", definition.arn)
    world.ecs.runs(STAGING, "shop", 1)
    [new] = [task for task in tasks(world) if task not in runs_before]
    world.logs.wrote(LogTarget("/new", "p"), "app", new.id, "new")
    assert [line.split()[-1] for line in shown(world.types("logs shop staging"))] == ["old", "new"]


def rolls_out(world: World, *containers: Mapping[str, Any]) -> Task:
    """A rollout of these containers to staging; its first task."""
    before = tasks(world)
    definition = world.ecs.has_task_definition(STAGING, {"family": "shop", "containerDefinitions": list(containers)})
    world.ecs.somebody_deploys(STAGING, "shop", definition.arn)
    world.ecs.runs(STAGING, "shop", 1)
    return next(task for task in tasks(world) if task not in before)


def test_a_container_that_a_rollout_brings_can_be_read_before_it_is_done(world: World) -> None:
    new = rolls_out(world, container("app"), {**container("proxy"), "essential": False})
    world.logs.wrote(LogTarget("/ecs/prod", "p"), "proxy", new.id, "listening")
    assert shown(world.types("logs shop staging --container proxy"))[0].endswith("listening")
    told = words_of(world.types("logs shop staging --container prxy"))
    assert "I know no container “prxy”" in told


@pytest.mark.parametrize("completes", [False, True])
def test_tasks_that_write_elsewhere_are_told_of(world: World, completes: bool) -> None:
    writes(world, "old")
    rolls_out(world, container("app", "splunk"))
    if completes:
        world.ecs.completes(STAGING, "shop")
    page = world.types("logs shop staging")
    assert bool(shown(page)) is not completes
    told = "has the log driver `splunk`" if completes else "Other tasks write to `splunk`, where I cannot look."
    assert told in words_of(page)


def test_an_event_of_several_lines_is_shown_as_lines(world: World) -> None:
    writes(world, "Traceback\n  File x\r\nValueError: password=hunter2", "next")
    told = [line.split(" ", 2)[2] for line in shown(world.types("logs shop staging"))]
    assert told == ["Traceback", "File x", "ValueError: password=•••", "next"]


def test_a_failed_card_offers_the_logs_of_the_tasks_it_lost(world: World) -> None:
    rolling(world)
    dies(world, "boom", "password=hunter2")
    task = world.ecs.stopped_tasks(STAGING, "shop", None)[0]
    world.ecs.breaks(STAGING, "shop")
    world.advances(60)
    writes(world, "of a task that lives")
    world.ecs.tasks["us-east-1", "staging", "shop"] = []
    page = world.clicks(world.card(), "Logs", user="U0BO")
    assert page is not None
    assert page.only_for == "U0BO"
    assert [line.split()[-1] for line in shown(page)] == ["boom", "password=•••"]
    assert f"task `{task.id[:8]}`, stopped" in words_of(page)
    assert world.audit()[-1].change_id == world.change().id


def test_a_row_of_the_tasks_leads_to_that_tasks_logs(world: World) -> None:
    writes(world, "mine", task=1)
    row = message("x", actions(button("Logs", "logs:task", f"shop/staging/{tasks(world)[1].id}")))
    sealed = Tokens(world.house.ports).sealed(row, eyes_of("T0ACME", ANA))
    value = sealed["blocks"][0]["elements"][0]["value"]
    page = world.does(world.request(Kind.ACTION, action_id="logs:task", value=value))
    assert shown(page)[0].endswith("mine")


def test_a_file_has_all_lines_for_that_person_alone(world: World) -> None:
    writes(world, *(f"line {number} password=hunter2" for number in range(60)), "é" * 1_500)
    page = world.types("logs shop staging")
    world.clicks(page, "As a file")
    [sent] = world.chat.channels[f"D{ANA[1:]}"]
    assert sent.file is not None
    (name, body), comment = sent.file, sent.text
    assert name == f"logs-shop-staging-{world.clock.now():%Y-%m-%d-%H%M}.txt"
    lines = body.decode().splitlines()
    assert len(lines) == 61
    assert lines[0] == f"{world.clock.now():%Y-%m-%dT%H:%M:%S}.000Z {tasks(world)[0].id[:8]} line 0 password=•••"
    assert lines[-1].endswith("é" * 1_500)
    assert "last 61 log lines" in comment
    assert "I sent it to you in a direct message" in words_of(page)
    assert shown(page)


def test_without_the_scope_for_files_it_is_said_and_the_page_stays(world: World) -> None:
    writes(world, *(f"line {number}" for number in range(60)))
    page = world.types("logs shop staging")
    world.chat.failures.add("send_file", NotPossible("The scope files:write is missing.", "Install me again."))
    told = words_of(world.clicks(page, "As a file"))
    assert "files:write" in told
    assert "Or read on here with More." in told
    assert shown(page)


def test_following_looks_four_times_and_then_gives_the_buttons_back(world: World) -> None:
    writes(world, "zero")
    page = world.clicks(world.types("logs shop staging"), "Follow 2 min")
    assert buttons_of(page) == []
    assert "Following until" in words_of(page)
    for seconds, number in ((5, 1), (10, 2), (30, 3), (75, 4)):
        writes(world, f"number {number}")
        world.advances(seconds - 1)
        assert shown(page)[-1].endswith(f" {number - 1}" if number > 1 else "zero")
        world.advances(1)
        assert shown(page)[-1].endswith(f"number {number}")
    assert "Followed until" in words_of(page)
    assert buttons_of(page) == ["Follow 2 min"]
    reads = len(world.logs.calls)
    world.advances(600)
    assert len(world.logs.calls) == reads
    again = world.clicks(page, "Follow 2 min")
    assert "Following until" in words_of(again)


def clicked(world: World, view_id: str, callback_id: str, text: str) -> str:
    """The words of a window, or of the Home, after a click in it."""
    view = world.chat.views.get(view_id) or world.chat.homes[ANA][0]
    element = buttons(Said("", "", tuple(view["blocks"])))[text]
    known = {"action_id": element["action_id"], "value": element["value"], "callback_id": callback_id}
    request = world.request(Kind.ACTION, channel_id="", view_id=view_id, **known)
    world.dispatch.run(hidden(replace(request, response_url="")))
    return words_of(Said("", "", tuple((world.chat.views.get(view_id) or world.chat.homes[ANA][0])["blocks"])))


def test_in_a_window_they_are_followed_there(world: World) -> None:
    page = world.types("logs shop staging")
    assert page is not None
    view_id = "V000042"
    world.chat.views[view_id] = answer_view("Status", {"text": page.text, "blocks": list(page.blocks)})
    assert "Following until" in clicked(world, view_id, ANSWER, "Follow 2 min")
    writes(world, "while it was open")
    world.advances(5)
    assert "while it was open" in str(world.chat.views[view_id])
    world.advances(120)
    assert "Followed until" in str(world.chat.views[view_id])


def test_in_a_home_nothing_is_followed_and_it_says_so(world: World) -> None:
    page = world.types("logs shop staging")
    assert page is not None
    world.chat.homes[ANA] = (home_of(page.blocks), "")
    told = clicked(world, "V0HOME", HOME, "Follow 2 min")
    assert "in a channel and in a window, not in your Home" in told
    assert world.audit()[-1].outcome == "refused"


def test_who_is_let_go_while_following_sees_no_more(world: World) -> None:
    page = world.clicks(world.types("logs shop staging"), "Follow 2 min")
    world.people.persons[ANA] = replace(world.people.persons[ANA], refused="a guest in this workspace")
    writes(world, "none of a guest's business")
    reads = len(world.logs.calls)
    world.advances(200)
    assert "guest in this workspace" in words_of(page)
    assert len(world.logs.calls) == reads


def test_following_ends_with_the_tasks_or_with_what_is_wrong(world: World) -> None:
    page = world.clicks(world.types("logs shop staging"), "Follow 2 min")
    world.logs.fails("FilterLogEvents", AccessDenied("logs:FilterLogEvents", "role bot"))
    world.advances(5)
    assert "logs:FilterLogEvents" in words_of(page)
    page = world.clicks(world.types("logs shop staging"), "Follow 2 min")
    task = world.ecs.task_dies(STAGING, "shop")
    world.ecs.tasks["us-east-1", "staging", "shop"] = [task]
    world.advances(5)
    assert "Followed until" in words_of(page)


def test_following_after_a_restart_does_nothing(world: World) -> None:
    page = world.clicks(world.types("logs shop staging"), "Follow 2 min")
    entry = world.audit()[-1].id
    world.house.addresses.keep(f"follow:{entry}", "")
    reads = len(world.logs.calls)
    world.advances(200)
    assert len(world.logs.calls) == reads
    assert "at the latest" in words_of(page)


def test_following_never_stores_the_address_it_answers_to(world: World) -> None:
    world.clicks(world.types("logs shop staging"), "Follow 2 min")
    address = next(iter(world.house.addresses._urls.values()))
    assert address.startswith("https://hooks.example/")
    assert address.encode() not in world.path.read_bytes() + world.path.with_name(world.path.name + "-wal").read_bytes()


def test_everybody_in_the_workspace_may_look(world: World) -> None:
    writes(world, "hello")
    assert "hello" in shown(world.types("logs shop staging", user="U0CY"))[0]
