"""What a stop reads: before it is shown, independent calls side by side, and while it is followed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from bot.domain.changes import Change
from bot.domain.checks import Seen
from bot.domain.ecs import Task
from bot.domain.follows import Follow, Standing
from bot.domain.images import Reference
from bot.domain.people import Person
from bot.domain.stacks import Stage
from bot.domain.stops import stop_standing
from bot.domain.targets import Target
from bot.engine.ports import Ports
from bot.engine.reading import or_none, read_target, scaling_bounds, with_our_rows
from bot.engine.task_reading import find_task
from bot.messages.stops import stop_problem


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


def look_at_stop(ports: Ports, change: Change, stage: Stage) -> Standing:
    """How the stop stands. Raises what AWS raises."""
    ecs, place, id_ = ports.ecs, change.place, change.plan.task
    service = ecs.describe_services(place, [change.service]).get(change.service)
    task = ecs.describe_tasks(place, [id_]).get(id_)
    live = ecs.live_tasks(place, change.service, None) if service else ()
    since = ports.now() - (change.started_at or change.created_at)
    seen = stop_standing(service, task, live, since, stage.deadline)
    done = seen.follow in (Follow.UNDER_WAY, Follow.DONE)
    return Standing(seen.follow, problem="" if done else stop_problem(change, seen))
