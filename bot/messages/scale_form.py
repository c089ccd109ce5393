"""The form of a scaling: the stage, how it stands, and what can be set."""

from collections.abc import Mapping, Sequence

from bot.domain.durations import spoken
from bot.domain.scale_words import SUSPENDED_FOR
from bot.domain.stacks import Stack
from bot.messages.fields import stage_select
from bot.messages.forms import REASON, STAGE
from bot.messages.kit import Block, Message, code, context, field, modal, option, section, select, text_input

WAY, SUSPEND, ANYWAY = "way", "suspend", "anyway"
NUMBERS: Mapping[str, tuple[str, str]] = {
    "tasks": ("Tasks", "How many are to run, such as 6"),
    "min": ("Autoscaling: at least", "The least number of tasks"),
    "max": ("Autoscaling: at most", "The greatest number of tasks"),
    "cpu_target": ("Autoscaling: CPU target in percent", "The CPU to keep, such as 75"),
    "memory_target": ("Autoscaling: memory target in percent", "The memory to keep, such as 75"),
    "instances": ("Instances", "How many EC2 instances, such as 4"),
    "instances_min": ("Instances: at least", "The group's minimum"),
    "instances_max": ("Instances: at most", "The group's maximum"),
}
"""Block id of a field → its label and its example."""


def scale_form(
    stacks: Sequence[Stack], chosen: str, metadata: str, facts: str | None, *, scaled: bool = False
) -> Message:
    """`chosen`: `stack/stage` or empty. `facts`: how it stands, None while that is read. `scaled`: something scales it
    by itself, so that a number needs a word about that."""
    blocks = [field(STAGE, "Stage", stage_select("scale:stage", stacks, chosen), live=True)]
    if facts:
        blocks += [section(facts)]
    elif chosen:
        blocks += [context(f"Reading how {code(chosen)} stands …")]
    for name in NUMBERS:
        blocks += _number(name)
        blocks += _way() if name == "tasks" and scaled else []
    blocks += [field(REASON, "Reason", text_input("scale:reason", "Why now?", most=300), optional=True)]
    return modal("Scale", "Preview", "scale", metadata, blocks)


def _number(name: str) -> list[Block]:
    label, example = NUMBERS[name]
    return [field(name, label, text_input(f"scale:{name}", example, most=12), optional=True)]


def _way() -> list[Block]:
    options = [
        option(f"Suspend autoscaling for {spoken(SUSPENDED_FOR)}", SUSPEND, "Then it goes on as before"),
        option("Set anyway", ANYWAY, "Autoscaling may undo it at once"),
    ]
    hint = "A number alone would not last. Or set the bounds below so that they hold it."
    return [field(WAY, "How the number is meant", select("scale:way", "Choose", options), optional=True, hint=hint)]
