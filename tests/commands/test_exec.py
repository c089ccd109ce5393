"""`exec stack stage [task]` as people use it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ecs import Container, ManagedAgent, Task
from bot.domain.errors import AccessDenied
from bot.domain.requests import Kind
from sandbox.slack.blocks import BLOCKS_LENGTH, block_problems, blocks_length
from tests.engine.conftest import Build
from tests.engine.house import ASKED_IN, BO, GUEST, STAGING, World, words_of
from tests.engine.locked import holder
from tests.fakes.chat import Said

ROOT = Path(__file__).parents[2]
AGENT = ManagedAgent("RUNNING")


@pytest.fixture
def world(build: Build) -> World:
    """The first of staging's two tasks can be entered, and is the newer one."""
    world = build()
    [first, _] = tasks(world)
    world.advances(60)
    enters(world, first.id, started_at=world.clock.now())
    world.ecs.calls.clear()
    return world


def tasks(world: World) -> tuple[Task, ...]:
    return world.ecs.live_tasks(STAGING, "shop", None)


def enters(world: World, task_id: str, *sidecars: str, **fields: Any) -> Task:
    """That task was started with ECS Exec."""
    containers = tuple(Container(name, "RUNNING", f"x/{name}:1", exec_agent=AGENT) for name in ("app", *sidecars))
    on = {"enable_execute_command": True, "containers": containers}
    return world.ecs.task_is(STAGING, "shop", task_id, **on | fields)


def lines(said: Said | None) -> list[str]:
    """The blocks of code that can be copied."""
    assert said is not None
    blocks = [dict(block) for block in said.blocks]
    assert block_problems(blocks) == []
    assert blocks_length(blocks) <= BLOCKS_LENGTH
    return [block["elements"][0]["elements"][0]["text"] for block in blocks if block["type"] == "rich_text"]


def entries(world: World) -> list[Any]:
    rows = [row for row in world.audit() if (row.action, row.outcome) == ("exec", "read")]
    return [(row.user_id, row.stack, row.stage, json.loads(row.detail)) for row in rows]


def test_the_line_is_for_the_newest_healthy_task_and_is_told_to_one_person_only(world: World) -> None:
    said = world.types("exec shop staging")
    [first, _] = tasks(world)
    assert lines(said) == [
        f'aws ecs execute-command --cluster "staging" --task "{first.id}" --container "app" --command "sh" '
        '--interactive --region "us-east-1"'
    ]
    assert said is not None
    assert said.only_for == "U0ANA"
    assert "I took the newest healthy task" in words_of(said)
    assert "Copy into bash, zsh, PowerShell and cmd:" in words_of(said)
    assert "ecs:DescribeTasks" in words_of(said)


def test_a_task_is_named_by_the_beginning_of_its_id_or_by_its_arn(world: World) -> None:
    [first, _] = tasks(world)
    arn = first.arn.replace(first.id, "feedc0ffee" + first.id[10:])
    enters(world, first.id, arn=arn)
    for word in (arn, arn[-32:], "FEEDC0FF", "feed"):
        said = world.types(f"exec shop staging {word}")
        assert f'--task "feedc0ffee{first.id[10:]}"' in lines(said)[0]
        assert "I took the newest" not in words_of(said)


def test_the_button_of_a_task_answers_beside_the_list(world: World) -> None:
    listed = world.types("tasks shop staging")
    said = world.clicks(listed, "Exec command")
    assert said is not listed
    assert f'--task "{tasks(world)[1].id}"' in lines(said)[-1]
    assert listed is not None
    assert "Tasks of shop / staging" in words_of(listed)


def test_a_task_with_several_containers_offers_each_of_them_in_place(world: World) -> None:
    [first, _] = tasks(world)
    enters(world, first.id, "proxy", "metrics")
    said = world.types(f"exec shop staging {first.id}")
    assert '--container "app"' in lines(said)[0]
    assert world.clicks(said, "metrics") is said
    assert '--container "metrics"' in lines(said)[0]
    assert '--container "proxy"' in lines(world.clicks(said, "proxy"))[0]


def test_a_typed_command_goes_with_a_typed_container_only(world: World) -> None:
    [first, _] = tasks(world)
    enters(world, first.id, "proxy")
    said = world.types("exec shop staging --command ls -la --container proxy")
    assert '--container "proxy" --command "ls -la"' in lines(said)[0]
    assert "Other containers, by `--container`: `app`" in words_of(said)
    assert "Did you mean proxy" in words_of(world.types("exec shop staging --container prox"))


def test_a_command_that_shells_read_differently_has_a_line_for_each(world: World) -> None:
    said = world.types('exec shop staging --command bash -c "echo $HOME"')
    labels = re.findall(r"Copy into (.+):", words_of(said))
    assert labels == ["bash, zsh and PowerShell 7.3 and newer", "PowerShell up to 7.2", "cmd"]
    assert lines(said)[0].count("""--command 'bash -c "echo $HOME"'""") == 1


def test_a_short_option_belongs_to_the_command_that_is_to_run(world: World) -> None:
    assert '--command "df -h"' in lines(world.types("exec shop staging --command df -h"))[0]
    assert "/tinystacks exec STACK STAGE" in words_of(world.types("exec shop -h"))


@pytest.mark.parametrize("broken", ["echo a\nrm -rf b", "echo a\r\nb", '"a\nb" --container app', "a\u2028b"])
def test_a_command_over_several_lines_is_refused_not_joined(world: World, broken: str) -> None:
    assert "goes over several lines" in words_of(world.types(f"exec shop staging --command {broken}"))
    assert entries(world) == []


def test_a_line_break_anywhere_else_is_a_space(world: World) -> None:
    assert '--command "ls -la"' in lines(world.types("exec shop\nstaging\n--command ls -la\n"))[0]


def test_slack_marks_in_a_command_stay_what_they_are(world: World) -> None:
    said = world.types("exec shop staging --command echo &lt;!channel&gt; *x* _y_ ```z``` `id`")
    assert any("echo <!channel> *x* _y_ ```z``` `id`" in line for line in lines(said))
    assert said is not None
    assert "<!channel>" not in said.text


@pytest.mark.parametrize("command", ["file:///etc/passwd", '"x\\"', "x" * 401, "--"])
def test_a_command_that_no_line_carries_is_refused(world: World, command: str) -> None:
    assert "Nothing was changed" in words_of(world.types(f"exec shop staging --command={command}"))
    assert entries(world) == []


def test_the_stages_shell_and_profile_are_used(build: Build) -> None:
    world = build(exec_shell="/bin/bash -l", profile="acme-staging")
    (line,) = lines(world.types("exec shop staging"))[-1:]
    assert '--command "/bin/bash -l"' in line
    assert line.endswith('--region "us-east-1" --profile "acme-staging"')


def test_what_is_in_the_way_comes_first_with_the_command_that_mends_it(world: World) -> None:
    [_, second] = tasks(world)
    said = world.types(f"exec shop staging {second.id}")
    told = words_of(said)
    assert "It will not work as it is" in told
    assert told.index("ECS Exec is off for the service") < told.index("aws ecs execute-command")
    assert lines(said)[0] == (
        'aws ecs update-service --cluster "staging" --service "shop" --enable-execute-command '
        '--force-new-deployment --region "us-east-1"'
    )


def test_a_task_that_stopped_is_shown_as_such(world: World) -> None:
    died = world.ecs.task_dies(STAGING, "shop")
    assert "The task is STOPPED, so nothing can be run in it" in words_of(world.types(f"exec shop staging {died.id}"))


def test_a_task_of_another_service_is_not_entered(world: World) -> None:
    [first, _] = tasks(world)
    world.ecs.task_is(STAGING, "shop", first.id, group="service:other")
    assert "AWS has no task" in words_of(world.types(f"exec shop staging {first.id}"))


def test_where_nothing_runs_it_says_where_to_look(world: World) -> None:
    world.ecs.tasks.clear()
    assert "/tinystacks tasks shop staging --stopped" in words_of(world.types("exec shop staging"))


def test_it_is_written_down_before_it_is_told_who_wanted_to_run_what_where(world: World) -> None:
    [first, _] = tasks(world)
    world.types("exec shop staging --command psql postgres://ana:hunter22@db/shop", BO)
    assert entries(world) == [
        (BO, "shop", "staging", {"task": first.id, "container": "app", "command": "psql postgres://ana:•••@db/shop"})
    ]


def test_a_secret_in_a_command_that_is_refused_is_not_kept_either(world: World) -> None:
    world.types("exec shop staging deadbeef --command psql postgres://ana:hunter22@db/shop")
    assert world.audit()[-1].outcome == "refused"
    assert "hunter22" not in str(world.audit())


def test_what_cannot_be_written_down_is_not_told(world: World) -> None:
    request = world.request(Kind.COMMAND, text="exec shop staging")
    with holder(world) as somebody:
        somebody.takes()
        world.dispatch.run(request)
    told = words_of(world.chat.channels[ASKED_IN][-1])
    assert "I cannot write to my database" in told
    assert "execute-command" not in told


def test_anybody_of_the_workspace_may_ask_and_a_guest_may_not(build: Build) -> None:
    world = build(may_change=())
    assert lines(world.types("exec shop staging"))
    assert "guest" in words_of(world.types("exec shop staging", GUEST))
    assert len(entries(world)) == 1


def test_a_channel_that_is_shared_with_others_hears_nothing(world: World) -> None:
    world.chat.shared.add(ASKED_IN)
    assert "shared with another workspace" in words_of(world.types("exec shop staging"))
    assert entries(world) == []


def test_a_definition_that_may_not_be_read_is_only_a_warning(world: World) -> None:
    world.ecs.fails("DescribeTaskDefinition", AccessDenied("ecs:DescribeTaskDefinition", "role"))
    said = world.types("exec shop staging")
    assert "I cannot read its task definition" in words_of(said)
    assert lines(said)


def test_four_reads_answer_it_and_nothing_is_ever_run(world: World) -> None:
    world.types("exec shop staging")
    assert len(world.ecs.calls) <= 4
    assert world.ecs.writes == []


def test_nothing_in_the_bot_can_call_execute_command() -> None:
    code = [path.read_text() for folder in ("bot", "commands") for path in (ROOT / folder).rglob("*.py")]
    assert len(code) > 100
    assert [text for text in code if re.search(r"execute_command\s*\(|[\"']ExecuteCommand[\"']", text)] == []
    policy = re.findall(r"```json\n(.*?)```", (ROOT / "docs/getting-started.md").read_text(), re.DOTALL)
    assert policy
    assert "ExecuteCommand" not in "".join(policy)
