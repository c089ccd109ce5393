"""What somebody wants scaled, in the words of the command: parsed numbers, and back to words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.durations import duration_of
from bot.domain.errors import NotPossible
from bot.domain.words import quoted

MOST_TASKS = 5_000
"""Tasks of one service (ECS service quotas: Tasks per service)."""

MOST_INSTANCES = 5_000
"""Container instances of one cluster (ECS service quotas: Container instances per cluster)."""

_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
_PERCENT = (1, 100)
RANGES: Mapping[str, tuple[str, int, int]] = {
    "tasks": ("tasks", 0, MOST_TASKS),
    "instances": ("instances", 0, MOST_INSTANCES),
    "instances_min": ("instances", 0, MOST_INSTANCES),
    "instances_max": ("instances", 0, MOST_INSTANCES),
    "least": ("tasks", 0, MOST_TASKS),
    "most": ("tasks", 1, MOST_TASKS),
    "cpu_target": ("percent", *_PERCENT),
    "memory_target": ("percent", *_PERCENT),
}
"""What is typed as a number → what it counts, from what to what."""

LAST = "last"
"""What `--restore` means without an id: the scaling before."""

SUSPENDS = (timedelta(minutes=5), timedelta(days=7))
"""For how long autoscaling may be suspended: a day off and a week of launch, not for ever."""

SUSPENDED_FOR = timedelta(hours=2)
"""What a button offers; any other time within can be typed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; None or empty: not asked. `least`, `most`: autoscaling bounds; targets in percent; `suspend`:
    for how long autoscaling is suspended; `anyway`: it may undo it; `restore`: LAST or a change's id."""

    tasks: int | None = None
    instances: int | None = None
    instances_min: int | None = None
    instances_max: int | None = None
    least: int | None = None
    most: int | None = None
    cpu_target: int | None = None
    memory_target: int | None = None
    suspend: timedelta | None = None
    anyway: bool = False
    restore: str = ""

    @property
    def of_instances(self) -> bool:
        """Whether it is about EC2 instances."""
        return any(one is not None for one in (self.instances, self.instances_min, self.instances_max))

    @property
    def of_autoscaling(self) -> bool:
        """Whether it changes what scales the tasks by itself."""
        return any(one is not None for one in (self.least, self.most, self.cpu_target, self.memory_target))

    @property
    def words(self) -> str:
        """As the command takes it: `--tasks 6 --suspend 2h`."""
        numbers = {
            "tasks": self.tasks,
            "instances": self.instances,
            "instances-min": self.instances_min,
            "instances-max": self.instances_max,
            "min": self.least,
            "max": self.most,
            "cpu-target": self.cpu_target,
            "memory-target": self.memory_target,
        }
        said = [f"--{name} {value}" for name, value in numbers.items() if value is not None]
        said += [f"--suspend {_written(self.suspend)}"] if self.suspend else []
        said += ["--anyway"] if self.anyway else []
        said += [f"--restore{'' if self.restore == LAST else f'={self.restore}'}"] if self.restore else []
        return " ".join(said)


def wanted_of(typed: Mapping[str, str | bool | None]) -> Wanted:
    """What was typed, by name; `n`: the number that stands alone. Raises NotPossible for what is no number, or out of
    range."""
    given = {name: str(text) for name, text in typed.items() if text}
    if "n" in given and "tasks" in given:
        raise NotPossible("The number of tasks is given twice.", "Give it once.")
    if "n" in given:
        given["tasks"] = given["n"]
    numbers = {name: whole(given[name], *RANGES[name]) for name in RANGES if name in given}
    suspend = suspension(given["suspend"]) if "suspend" in given else None
    return Wanted(**numbers, suspend=suspend, anyway="anyway" in given, restore=given.get("restore", ""))


def checked(wanted: Wanted) -> Wanted:
    """The same. Raises NotPossible for what does not go together."""
    of_tasks = wanted.tasks is not None or wanted.of_autoscaling
    if wanted.restore and (of_tasks or wanted.of_instances):
        raise NotPossible("--restore brings back what was before, so it takes no numbers.", "Leave them out.")
    if of_tasks and wanted.of_instances:
        raise NotPossible("Tasks and instances are scaled one after the other.", "Ask for the one you need first.")
    if wanted.suspend and (wanted.tasks is None or wanted.of_autoscaling or wanted.anyway):
        raise NotPossible(
            "--suspend goes with a number of tasks, and with nothing else.", "Type --tasks N --suspend 2h"
        )
    if wanted.anyway and wanted.tasks is None and not wanted.of_instances and not wanted.restore:
        raise NotPossible("--anyway goes with a number of tasks.", "Type --tasks N --anyway")
    for low, high, name in (
        (wanted.least, wanted.most, ""),
        (wanted.instances_min, wanted.instances_max, "instances-"),
    ):
        if low is not None and high is not None and low > high:
            raise NotPossible(f"--{name}min {low} is above --{name}max {high}.", "Turn them round.")
    return wanted


def _written(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    unit, length = next((unit, length) for unit, length in _UNITS if seconds % length == 0)
    return f"{seconds // length}{unit}"


def whole(text: str, what: str, least: int, most: int) -> int:
    """A whole number between bounds. Raises NotPossible with what is wrong about it. `what`: `tasks`, `percent`, …"""
    word = text.strip()
    if not re.fullmatch(r"-?[0-9]{1,30}", word, re.ASCII):
        hint = f"Type {'how many in all' if word.startswith('+') else 'a whole number'}, such as {max(least, 4)}."
        raise NotPossible(f"{quoted(word, 40)} is not a whole number of {what}.", hint)
    number = int(word)
    if not least <= number <= most:
        raise NotPossible(f"{number:,} {what} is out of range.", f"Type a number from {least:,} to {most:,}.")
    return number


def suspension(text: str) -> timedelta:
    """How long autoscaling is to be suspended. Raises NotPossible."""
    try:
        span = duration_of(text.strip())
    except ValueError as error:
        raise NotPossible(f"--suspend {error}.", "Type, for example, --suspend 2h") from error
    if not SUSPENDS[0] <= span <= SUSPENDS[1]:
        raise NotPossible(f"{quoted(text, 20)} is out of range for --suspend.", "Type from 5m to 7d.")
    return span
