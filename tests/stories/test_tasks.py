"""Looking into a service in the whole: its tasks, on EC2 and on Fargate, few and many, and the way into one of them."""

import re
import shlex
from collections import Counter
from collections.abc import Iterator

import pytest

from sandbox.slack.blocks import block_problems
from sandbox.slack.workspace import Json
from tests.stories.told import PATIENCE, Story, story, text_of

SECONDS = 120.0
LINE = re.compile(r"aws ecs execute-command .+")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with story(tmp_path_factory.mktemp("tasks"), ("off",)) as told:
        told.world.act.scale("us-east-1", "fargate", "web", 30)
        told.world.tick(SECONDS)
        yield told


def said(here: Story, *wanted: str) -> Json:
    """The newest message for ana alone with all these words; Slack would take it."""
    message = here.ana.waits_for(lambda one: one["ephemeral"] and all(w in text_of(one) for w in wanted), "", PATIENCE)
    assert block_problems(message["blocks"]) == []
    return message


def ids_of(here: Story, region: str, cluster: str, service: str) -> set[str]:
    tasks = here.world.state.cluster(region, cluster).tasks_of(service)
    return {one.id for one in tasks if one.last_status == "RUNNING"}


def test_tasks_on_ec2_say_where_they_run(here: Story) -> None:
    text = here.answers("tasks shop prod", "Tasks of shop / prod", "4 of 4 running")
    assert len(re.findall(r"eu-west-1[abc] · `?i-[0-9a-f]{17}", text)) == 4
    assert "healthy" in text
    assert "PRIMARY · 4 of 4 running · COMPLETED · each 256 CPU / 512 MiB" in text
    assert re.search(r"Zones: eu-west-1a \*?\d", text)


def test_many_tasks_on_fargate_take_three_reads_and_turn_page_by_page(here: Story) -> None:
    before = len(here.world.calls)
    here.answers("tasks web prod", "30 of 30 running", "1–12 of 30", "Fargate 1.4.0")
    calls = Counter(call.operation for call in here.world.calls[before:])
    assert calls == {"DescribeServices": 1, "ListTasks": 1, "DescribeTasks": 1}
    listed = said(here, "1–12 of 30")
    here.ana.clicks("Older", in_=listed["ts"])
    turned = said(here, "13–24 of 30")
    assert turned["ts"] == listed["ts"]


def test_the_button_of_a_task_hands_out_the_command_beside_the_list(here: Story) -> None:
    here.answers("tasks shop prod", "Tasks of shop / prod")
    listed = said(here, "Tasks of shop / prod")
    here.ana.clicks("Exec command", in_=listed["ts"])
    told = said(here, "Exec into shop / prod", "aws ecs execute-command")
    assert told["ts"] != listed["ts"]
    (line,) = LINE.findall(text_of(told))
    words = shlex.split(line)
    assert words[words.index("--task") + 1] in ids_of(here, "eu-west-1", "prod", "shop-prod")
    assert words[-2:] == ["--region", "eu-west-1"]
    assert "will not work" not in text_of(told)


def test_a_service_without_ecs_exec_is_told_how_to_turn_it_on(here: Story) -> None:
    text = here.answers("exec off staging", "Exec into off / staging", "It will not work as it is")
    assert '--service "off" --enable-execute-command --force-new-deployment --region "us-east-1"' in text


def test_what_was_handed_out_is_in_the_audit_log_and_nothing_was_run(here: Story) -> None:
    here.answers('exec web prod --command "ls -la /tmp"', '--command "ls -la /tmp"')
    assert "opened a command to exec" in here.answers("audit web prod", "Audit log")
    assert here.world.calls.count("ExecuteCommand") == 0


def test_a_task_that_somebody_stopped_is_told_with_their_words(here: Story) -> None:
    gone = min(ids_of(here, "us-east-1", "staging", "payload-svc"))
    here.world.act.stop_task("us-east-1", "staging", gone, "ana wanted to see what happens")
    here.world.tick(20)
    text = here.answers(
        "tasks payload-svc staging --stopped", "Stopped tasks of payload-svc / staging", "UserInitiated"
    )
    assert "ana wanted to see what happens" in text
    assert gone[:8] in text


def test_a_task_is_stopped_from_its_row_and_followed_until_another_one_runs(here: Story) -> None:
    before = ids_of(here, "us-east-1", "staging", "shop")
    here.answers("tasks shop staging", "Tasks of shop / staging", "Stop task")
    here.ana.clicks("Stop task", in_=said(here, "Tasks of shop / staging")["ts"])
    preview = said(here, "Stop task shop → staging?", "stay RUNNING")
    here.ana.clicks("Stop task", in_=preview["ts"])
    here.world.tick(SECONDS)

    def over(message: Json) -> bool:
        return not message["ephemeral"] and "*Stop task shop → staging* · succeeded" in text_of(message)

    here.ana.waits_for(over, seconds=PATIENCE)
    (call,) = here.world.calls.of("StopTask")
    assert call.params["task"] in before
    assert call.params["reason"].startswith("tinystacks ")
    assert call.params["reason"].endswith(" by ana")
    after = ids_of(here, "us-east-1", "staging", "shop")
    assert len(after) == 2
    assert call.params["task"] not in after
