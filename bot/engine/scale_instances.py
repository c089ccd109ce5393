"""From a wish for other instances to its plan."""

from dataclasses import replace

from bot.domain.checks import Seen
from bot.domain.images import Reference
from bot.domain.instances_plan import plan_instances
from bot.domain.plans import Plan
from bot.domain.scale_checks import common_checks
from bot.domain.scales import Setting
from bot.engine.commands import House, Wish
from bot.engine.instances import read_fleet
from bot.engine.looks import read_look
from bot.engine.reading import or_none, read_target, with_our_rows
from bot.engine.room_reading import read_room


def plan_for_instances(house: House, wish: Wish, wanted: Setting) -> Plan:
    """`wanted`: the group's size and bounds. Raises NotPossible, and what AWS raises."""
    ports, stage, now = house.ports, wish.stage, house.ports.now()
    target = read_target(ports, stage)
    fleet = read_fleet(ports, stage, target, wanted)
    plan = plan_instances(stage, target, fleet, wanted, now)
    room = read_room(ports, stage, target.service, target.definition)
    in_channel = or_none(lambda: ports.chat.channel(stage.channel_id).member)
    seen = with_our_rows(ports, stage, Seen(None, Reference(), None, None, in_channel), wish.person)
    checks = common_checks(stage, target, seen, now, emergency=bool(wish.emergency))
    return replace(plan, look=read_look(ports, stage, target, room=room), checks=checks)
