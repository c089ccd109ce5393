"""A service that scales by itself, and scalings of it."""

from datetime import timedelta
from typing import Any

from bot.domain.changes import Change
from bot.domain.scaling import METRICS, ScalingBounds, ScalingPolicy
from bot.domain.stacks import ApprovalRule
from tests.engine.house import ANA, CHANNEL, STAGING, World, buttons
from tests.fakes.chat import Said

TWO_TO_EIGHT = ScalingBounds(2, 8)
SUSPENDED = ScalingBounds(2, 8, True, True, True)
HELD, SUSPEND, ANYWAY = "Change bounds: min 4", "Suspend for 2h", "Set anyway"
TO = "UpdateService"
TARGET = "RegisterScalableTarget"

GOES_ON = "▶️ <@U0ANA> Autoscaling goes on, within 2 to 8 tasks."
FLAGS = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")


def told(world: World, change_id: str) -> list[str]:
    """What the thread says of autoscaling."""
    return [one for one in world.thread(change_id) if "Autoscaling" in one]


def scales_itself(world: World, bounds: ScalingBounds = TWO_TO_EIGHT) -> None:
    """Between these bounds, by its CPU."""
    world.scaling.has_bounds(STAGING, "shop", bounds)
    policy = ScalingPolicy("cpu", "TargetTrackingScaling", METRICS["cpu"], 60, scale_out_cooldown=30)
    world.scaling.has_policy(STAGING, "shop", policy)


def newest(world: World) -> Change:
    """What was asked for last, typed or clicked."""
    with world.store.transaction() as tx:
        ids = [row["id"] for row in tx._all("SELECT id FROM changes")]
    return world.change(max(ids))


def takes(world: World, way: str, words: str = "scale shop staging 4", user: str = ANA) -> Change:
    """One of the three ways, up to the call."""
    preview = world.clicks(world.types(words, user), way, user)
    world.clicks(preview, "Scale", user)
    world.runs()
    return newest(world)


def scales(world: World, words: str = "4") -> Change:
    """Asked for and called, without a preview."""
    world.types(f"scale shop staging {words} --yes")
    world.runs()
    return world.change()


def settles(world: World) -> None:
    """As many tasks run as are wanted."""
    service = world.ecs.service(STAGING, "shop")
    world.ecs.runs(STAGING, "shop", service.desired)
    world.advances(10)


def undoes(world: World, change: Change, user: str = ANA) -> Change:
    """By the button of its card, to the end."""
    preview = world.clicks(world.card(change.id), "Undo", user)
    world.clicks(preview, "Scale", user)
    world.runs()
    settles(world)
    return newest(world)


def desired(world: World) -> int:
    return world.ecs.service(STAGING, "shop").desired


def limits(world: World) -> ScalingBounds | None:
    """Read without a call that is counted."""
    return world.scaling._bounds.get((STAGING.region, STAGING.cluster, "shop"))


def counts(world: World) -> list[int]:
    """What UpdateService was asked for, answered or not."""
    return [one["desiredCount"] for one in world.calls(TO) if "desiredCount" in one]


def registered(world: World) -> list[dict[str, Any]]:
    """What RegisterScalableTarget was asked for."""
    return [dict(one.request) for one in world.scaling.asked(TARGET)]


def touched(world: World) -> bool:
    """Whether anything was asked of AWS that changes something."""
    return bool(world.ecs.writes or [one for one in world.scaling.calls if one.who])


def request_card(world: World) -> Said:
    """The card in the stage's channel, once it is sent."""
    world.runs()
    return next(one for one in world.chat.channels[CHANNEL] if one.message_id == f"card:{newest(world).id}")


def offered(said: Said | None) -> list[str]:
    assert said is not None
    return list(buttons(said))


def rule(count: int = 1) -> ApprovalRule:
    return ApprovalRule(("scale",), ("release",), count, timedelta(minutes=30))
