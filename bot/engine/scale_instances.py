"""From a wish for other instances to its plan."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from bot.domain.checks import Seen
from bot.domain.images import Reference
from bot.domain.instances_checks import instances_checks
from bot.domain.instances_plan import plan_instances
from bot.domain.plans import Plan
from bot.domain.scale_checks import common_checks
from bot.domain.scales import Setting
from bot.engine.commands import House, Wish
from bot.engine.instances import read_fleet
from bot.engine.looks import read_look
from bot.engine.reading import or_none, read_target, scaling_bounds, with_our_rows
from bot.engine.room_reading import read_room


def plan_for_instances(house: House, wish: Wish, wanted: Setting) -> Plan:
    """`wanted`: the group's size and bounds. Raises NotPossible, and what AWS raises."""
    ports, stage, now = house.ports, wish.stage, house.ports.now()
    with ThreadPoolExecutor(max_workers=3, thread_name_prefix="instances") as pool:
        bounds = pool.submit(scaling_bounds, ports, stage)
        in_channel = pool.submit(or_none, lambda: ports.chat.channel(stage.channel_id).member)
        target = replace(read_target(ports, stage), bounds=bounds.result())
        fleet = pool.submit(read_fleet, ports, stage, target, wanted)
        room = read_room(ports, stage, target.service, target.definition)
        plan = plan_instances(stage, target, fleet.result(), wanted, now)
    seen = with_our_rows(ports, stage, Seen(None, Reference(), None, None, in_channel.result()), wish.person)
    checks = common_checks(stage, target, seen, now, emergency=bool(wish.emergency))
    found = (*instances_checks(stage, fleet.result(), plan, room), *checks)
    return replace(plan, look=read_look(ports, stage, target, room=room), checks=found)
