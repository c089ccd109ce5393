"""From a wish to scale to its plan with its checks."""

from dataclasses import replace

from bot.domain.errors import NotPossible
from bot.domain.instances_plan import changed_by
from bot.domain.plans import Check, Plan
from bot.domain.rooms import room_check
from bot.domain.scale_checks import grows, scale_checks
from bot.domain.scale_plans import plan_restore, plan_scale
from bot.domain.scale_words import Wanted
from bot.domain.scales import Axis, Scale, Setting
from bot.engine.commands import House, Wish
from bot.engine.scale_instances import plan_for_instances
from bot.engine.scale_reading import ScaleSeen, read_for_scale, scaling_to_undo


def planned(house: House, wish: Wish, wanted: Wanted) -> Plan:
    """Reads how things stand and plans. Raises NotPossible, and what AWS raises."""
    if wanted.restore:
        return _restored(house, wish, wanted.restore)
    if wanted.of_instances:
        least, most = wanted.instances_min, wanted.instances_max
        size = Setting(instances=wanted.instances, instances_min=least, instances_max=most)
        return plan_for_instances(house, wish, size)
    seen = read_for_scale(house.ports, wish.stage, wish.person)
    return _checked(house, wish, seen, plan_scale(wish.stage, seen.target, seen.auto, wanted))


def _restored(house: House, wish: Wish, change_id: str) -> Plan:
    undone = scaling_to_undo(house.ports, wish.stage, change_id)
    done = undone.plan.scale
    assert done is not None, "a scaling was looked for"
    if done.axis is not Axis.INSTANCES:
        seen = read_for_scale(house.ports, wish.stage, wish.person)
        return _checked(house, wish, seen, plan_restore(wish.stage, seen.target, seen.auto, done, undone.id))
    plan = plan_for_instances(house, wish, changed_by(done))
    if _scale(plan).group != done.group:
        fact = f"That scaling was of group {done.group}, and {wish.stage.stack} {wish.stage.name} runs on another one."
        raise NotPossible(fact, "Say how many instances you want: --instances N")
    return replace(plan, scale=replace(_scale(plan), restores=undone.id))


def _checked(house: House, wish: Wish, seen: ScaleSeen, plan: Plan) -> Plan:
    more = grows(_scale(plan))
    room: Check | None = room_check(seen.room, more) if more else None
    checks = scale_checks(
        wish.stage,
        seen.target,
        seen.auto,
        plan,
        seen.seen,
        house.ports.now(),
        room=room,
        emergency=bool(wish.emergency),
    )
    return replace(plan, checks=(*plan.checks, *checks), look=seen.look)


def _scale(plan: Plan) -> Scale:
    assert plan.scale is not None
    return plan.scale
