"""One scene for each button that only looks: what has to happen until ana sees it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.domain.changes import State
from bot.domain.ecs import Container, ManagedAgent
from tests.engine.house import ANA, LOGS, PROD, REPOSITORY, STAGING, World, words_of
from tests.engine.rolling import dies
from tests.engine.scenes import history, log, older_history, older_log, rolling
from tests.fakes.chat import Said

Scene = Callable[[World], Said]


def _typed(words: str) -> Scene:
    def shows(world: World) -> Said:
        return seen(world.types(words))

    shows.__name__ = words.replace(" ", "_")
    return shows


tasks, status = _typed("tasks shop staging"), _typed("status")
status_of_stack, status_of_stage = _typed("status shop"), _typed("status shop staging")


def stopped(world: World) -> Said:
    world.ecs.task_dies(STAGING, "shop")
    return seen(world.types("tasks shop staging --stopped"))


def many_tasks(world: World) -> Said:
    world.ecs.loses_service(PROD, "shop-prod")
    world.ecs.tasks["us-east-1", "prod", "shop-prod"] = []
    world.ecs.has_service(PROD, "shop-prod", f"{REPOSITORY}:v41", desired=30)
    return seen(world.types("tasks shop prod"))


def many_tasks_on(world: World) -> Said:
    return seen(world.clicks(many_tasks(world), "Older"))


def containers(world: World) -> Said:
    agent = ManagedAgent("RUNNING")
    both = tuple(Container(name, "RUNNING", f"x/{name}:1", exec_agent=agent) for name in ("app", "proxy"))
    for one in world.ecs.live_tasks(STAGING, "shop", None):
        world.ecs.task_is(STAGING, "shop", one.id, enable_execute_command=True, containers=both)
    return seen(world.types("exec shop staging"))


def lines(world: World) -> Said:
    first = world.ecs.live_tasks(STAGING, "shop", None)[0]
    world.logs.wrote(LOGS, "app", first.id, *(f"line {number}" for number in range(60)), at=world.clock.now())
    return seen(world.types("logs shop staging"))


def older_lines(world: World) -> Said:
    return seen(world.clicks(lines(world), "More"))


def deploys(world: World) -> Said:
    """The history of a stage that was deployed."""
    history(world)
    now = world.clock.now()
    with world.store.transaction() as tx:
        for one in tx.changes_of_stage("shop", "staging", 20):
            ended = replace(one, state=State.SUCCEEDED, started_at=one.created_at, finished_at=now)
            tx.save_change(ended)
    return seen(world.types("history shop staging"))


def picture(world: World) -> Said:
    return seen(world.clicks(deploys(world), "Picture"))


def failed_card(world: World) -> Said:
    """Everybody's: the card of a deploy that lost its tasks."""
    rolling(world)
    dies(world, "boom")
    world.ecs.breaks(STAGING, "shop")
    world.advances(60)
    return world.card()


def seen(said: Said | None) -> Said:
    """What ana alone sees."""
    assert said is not None
    assert said.only_for == ANA, words_of(said)
    return said


OWN: tuple[tuple[str, str, Scene], ...] = (
    ("Exec command", "exec:show", tasks),
    ("Logs", "logs:task", tasks),
    ("Stop task", "stop:offer", tasks),
    ("Logs", "logs:task", stopped),
    ("Older", "tasks:older", many_tasks),
    ("Newer", "tasks:newer", many_tasks_on),
    ("proxy", "exec:pick_a", containers),
    ("More", "logs:more", lines),
    ("Newer", "logs:newer", older_lines),
    ("Follow 2 min", "logs:follow", lines),
    ("As a file", "logs:file", lines),
    ("Refresh", "status:refresh", status),
    ("Details", "status:stage", status_of_stack),
    ("All stacks", "status:all", status_of_stack),
    ("Deploy", "status:deploy", status_of_stage),
    ("Tasks", "status:tasks", status_of_stage),
    ("Logs", "status:logs", status_of_stage),
    ("Back", "status:stack", status_of_stage),
    ("Older", "history:older", history),
    ("Newer", "history:newer", older_history),
    ("Picture", "history:picture", deploys),
    ("Back", "history:newest", picture),
    ("Older", "audit:older", log),
    ("Newer", "audit:newer", older_log),
)
"""Text, action and scene of each in a message that one person sees."""

HOME: tuple[tuple[str, str], ...] = (
    ("Deploy", "home:deploy"),
    ("Scale", "scale:home"),
    ("Status", "home:status"),
    ("Details", "home:details"),
    ("Next (1 of 2)", "home:next"),
    ("Previous", "home:previous"),
    ("Dismiss", "home:dismiss"),
)
"""Those of an App Home."""


def reads(world: World) -> list[Any]:
    """Everything that AWS was asked."""
    return [*world.ecs.calls, *world.logs.calls]
