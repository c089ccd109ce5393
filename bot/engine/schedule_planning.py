"""Planning a schedule: as its verb would be planned now, so that what cannot be read is refused at once."""

from dataclasses import replace

from bot.domain.errors import NothingToDo, NotPossible
from bot.domain.plans import Plan
from bot.domain.schedule_plans import SHOWN, plan_schedule, timetable_of
from bot.domain.schedules import typed_of
from bot.domain.timetables import next_times
from bot.engine.commands import House, Wish
from bot.engine.scheduling import following

MOST = 50
"""So many schedules a stage may have."""


def plan_of_schedule(house: House, wish: Wish) -> Plan:
    """Raises what the verb's own plan raises, but for where there would be nothing to do now; NotPossible for a stage
    that has MOST."""
    now, stage = house.ports.now(), wish.stage
    with house.ports.store.transaction() as tx:
        if len(tx.schedules(stage.stack, stage.name, MOST)) >= MOST:
            fact = f"{stage.stack} {stage.name} has {MOST} schedules already."
            raise NotPossible(fact, f"Remove one: /tinystacks schedule list {stage.stack} {stage.name}")
    table = timetable_of(typed_of(wish.asked), now)
    table = replace(table, times=next_times(following(house.ports, table), now, SHOWN))
    return plan_schedule(wish.stage, table, _today(house, replace(wish, asked=table.asked), table.verb))


def _today(house: House, wish: Wish, verb: str) -> Plan | None:
    command = house.commands.get(verb)
    if command is None or command.plan is None:
        raise NotPossible(f"I cannot {verb} yet.", "Schedule a deploy instead.")
    try:
        return command.plan(house, wish)
    except NothingToDo:
        return None
