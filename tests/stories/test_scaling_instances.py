"""One instance more and back again, as the bot does it to the sandbox's EC2: launched, joined, drained, ended."""

from pathlib import Path

from sandbox.ecs.groups import find
from sandbox.slack.workspace import Json
from tests.stories.brisk import BRISK
from tests.stories.told import PATIENCE, Story, story, text_of


def test_an_instance_comes_and_another_one_is_drained_before_it_goes(tmp_path: Path) -> None:
    with story(tmp_path, (), command=BRISK) as told:
        preview = told.answers("scale shop staging --instances 10", "Scale shop → staging?", "9 instances")
        assert "1 more m5.large runs, and costs, all day." in preview
        done = ends(told, 10)
        assert "9 → 10 instances · 1 registered" in text_of(done)
        assert len(instances(told)) == 10
        assert "cools down until" in told.answers("scale shop staging --instances 11", "Group staging-ecs scaled at")
        preview = told.answers("scale shop staging --instances 9", "Scale shop → staging?", "10 instances", "leaves")
        leaver = next(word for word in preview.split() if word.startswith("i-"))
        ends(told, 9)
        assert leaver not in instances(told)
        (drain,) = told.world.calls.of("UpdateContainerInstancesState")
        assert drain.params["status"] == "DRAINING"


def ends(told: Story, size: int) -> Json:
    """The preview's button is pressed; its card once it has succeeded."""
    title = f"→ `{size} instances`"
    preview = told.ana.waits_for(lambda one: one["ephemeral"] and title in text_of(one), seconds=PATIENCE)
    told.ana.clicks("Scale", in_=preview["ts"])

    def over(message: Json) -> bool:
        return not message["ephemeral"] and "succeeded" in text_of(message) and title in text_of(message)

    return told.ana.waits_for(over, seconds=PATIENCE)


def instances(told: Story) -> set[str]:
    """Those of staging's group that are in service."""
    with told.world.lock:
        members = find("us-east-1", "staging-ecs").instance_states
        return {str(one.instance_id) for one in members if one.lifecycle_state == "InService"}
