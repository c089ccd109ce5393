"""How things stand now, in the terms of a plan that was made a while ago."""

from dataclasses import replace

from bot.domain.changes import Change
from bot.domain.deploys import after_side
from bot.domain.errors import NotFound
from bot.domain.fingerprints import Footing, footing, moved, rules_moved
from bot.domain.images import parse_reference
from bot.domain.plans import Difference, Operation
from bot.domain.stacks import Stage
from bot.domain.targets import Target, repository_of
from bot.engine.ports import Ports
from bot.engine.reading import read_target, scaling_bounds, wanted_of
from bot.engine.scale_reading import footing_now


def moved_since(ports: Ports, stage: Stage, change: Change) -> tuple[Difference, ...]:
    """What the plan rests on and is no longer so; the rules first, for they may name another service by now. What is to
    happen later rests on nothing else. Raises what AWS raises where that cannot be read."""
    rests_on = change.plan.rests_on
    gone = rules_moved(rests_on, stage)
    return gone if gone or change.plan.schedule else moved(rests_on, _footing(ports, stage, change))


def _footing(ports: Ports, stage: Stage, change: Change) -> Footing:
    if change.plan.scale:
        return footing_now(ports, stage, change)
    target = replace(read_target(ports, stage), bounds=scaling_bounds(ports, stage))
    registers = any(step.operation is Operation.REGISTER_TASK_DEFINITION for step in change.plan.steps)
    if not registers or not change.asked:
        return footing(stage, target)
    reference = parse_reference(change.asked)
    return footing(stage, target, reference, _image(ports, stage, target, change))


def _image(ports: Ports, stage: Stage, target: Target, change: Change) -> str:
    """Where the typed reference stands now; empty where the registry has it no more."""
    reference = parse_reference(change.asked)
    try:
        image = ports.images.image(stage.place, repository_of(stage, target, reference), wanted_of(reference))
    except NotFound:
        return ""
    return after_side(stage, target, image, reference).image
