"""Whether the tasks of instances that leave find room on those that stay, of the stage's own service and of others."""

from dataclasses import replace

from bot.domain.capacity import Strategy
from bot.domain.instances_move import Move, moves
from bot.domain.scales import Leaver
from tests.domain.instance_cases import DEFINITION, SERVICE, fleet, room, task

OTHER = replace(SERVICE, name="web", desired=1, running=1)
LEAVER = Leaver("arn:i-0", "i-0", "us-east-1a", 1)


def found(other: tuple[tuple[str, str], ...] = (), allowed: tuple[str, ...] | None = None) -> Move:
    """What web's one task on the instance that leaves finds."""
    services = (SERVICE, replace(OTHER, placement_constraints=other))
    there = fleet(3, 0, tasks=(task(1, "i-0", "web"),), services=services, definitions=(DEFINITION,))
    strategy = Strategy(allowed=None if allowed is None else frozenset(allowed))
    mine = tuple(one for one in there.instances if allowed is None or one.arn in allowed)
    (one,) = moves(there, [LEAVER], room(instances=mine, strategy=strategy))
    return one


def test_what_keeps_the_stage_s_own_service_off_an_instance_keeps_no_other_off() -> None:
    one = found(allowed=("arn:i-0",))
    assert one.found
    assert (one.service, one.found.fits, one.found.instances) == ("web", 1, 2)


def test_of_another_service_what_was_not_read_is_unknown() -> None:
    one = found(other=(("memberOf", "attribute:disk == fast"),))
    assert one.found
    assert (one.found.fits, one.found.unknown) == (1, ("CONSTRAINT",))
    plain = found()
    assert plain.found
    assert plain.found.unknown == ()
