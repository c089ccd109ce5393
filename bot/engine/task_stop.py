"""What a stop reads before it is shown; independent calls side by side."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from bot.domain.checks import Seen
from bot.domain.ecs import Task
from bot.domain.images import Reference
from bot.domain.people import Person
from bot.domain.stacks import Stage
from bot.domain.targets import Target
from bot.engine.ports import Ports
from bot.engine.reading import or_none, read_target, scaling_bounds, with_our_rows
from bot.engine.task_reading import find_task


@dataclass(frozen=True, slots=True)
class StopSeen:
    """The service, the task, all tasks that should run, and what our rows and Slack know."""

    target: Target
    task: Task
    tasks: tuple[Task, ...]
    seen: Seen


def read_for_stop(ports: Ports, stage: Stage, task_id: str, person: Person) -> StopSeen:
    """Raises NotFound, and what AWS raises."""
    with ThreadPoolExecutor(max_workers=4, thread_name_prefix="read") as pool:
        bounds = pool.submit(scaling_bounds, ports, stage)
        in_channel = pool.submit(or_none, lambda: ports.chat.channel(stage.channel_id).member)
        tasks = pool.submit(ports.ecs.live_tasks, stage.place, stage.service, None)
        task = pool.submit(find_task, ports, stage, task_id)
        target = replace(read_target(ports, stage), bounds=bounds.result())
        seen = Seen(None, Reference(), None, None, in_channel.result())
        return StopSeen(target, task.result(), tasks.result(), with_our_rows(ports, stage, seen, person))
