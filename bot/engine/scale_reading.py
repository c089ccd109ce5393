"""What a scaling reads before it is shown; independent calls side by side."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bot.domain.changes import Change, State
from bot.domain.checks import Seen
from bot.domain.errors import AccessDenied, NotPossible
from bot.domain.fingerprints import Footing
from bot.domain.images import Reference
from bot.domain.looks import Look
from bot.domain.people import Person
from bot.domain.rooms import Room
from bot.domain.scale_plans import AUTOSCALING, UNREAD, scale_footing, unread
from bot.domain.scale_words import LAST
from bot.domain.scales import Axis
from bot.domain.scaling import Autoscaling
from bot.domain.stacks import Stage
from bot.domain.targets import Target
from bot.domain.words import quoted
from bot.engine.calls import NOBODY
from bot.engine.instances import instances_footing
from bot.engine.looks import read_look
from bot.engine.ports import Ports, Tx
from bot.engine.reading import or_none, read_target, with_our_rows
from bot.engine.room_reading import read_room

_ACTIVITIES = 5
_REMEMBERED = 50
"""Finished changes of a stage among which the scaling to take back is looked for."""


@dataclass(frozen=True, slots=True)
class ScaleSeen:
    """The service, what scales it (None: that may not be read), its room, and what our rows and Slack know."""

    target: Target
    auto: Autoscaling | None
    room: Room
    look: Look
    seen: Seen


def read_for_scale(ports: Ports, stage: Stage, person: Person) -> ScaleSeen:
    """Raises NotFound, and what AWS raises."""
    with ThreadPoolExecutor(max_workers=4, thread_name_prefix="read") as pool:
        auto = pool.submit(read_autoscaling, ports, stage)
        in_channel = pool.submit(or_none, lambda: ports.chat.channel(stage.channel_id).member)
        target = read_target(ports, stage)
        room = read_room(ports, stage, target.service, target.definition)
        look = read_look(ports, stage, target, room=room)
        seen = with_our_rows(ports, stage, Seen(None, Reference(), None, None, in_channel.result()), person)
        return ScaleSeen(target, auto.result(), room, look, seen)


def read_autoscaling(ports: Ports, stage: Stage) -> Autoscaling | None:
    """All that scales the stage's service by itself; None: what may move its count may not be read. Its activities are
    good to know only. Raises Unavailable."""
    scaling, place, service = ports.scaling, stage.place, stage.service
    try:
        bounds = scaling.bounds(place, service)
        if bounds is None:
            return Autoscaling(None)
        with ThreadPoolExecutor(max_workers=3, thread_name_prefix="read") as pool:
            policies = pool.submit(scaling.policies, place, service)
            scheduled = pool.submit(scaling.scheduled_actions, place, service)
            activities = pool.submit(or_none, lambda: scaling.activities(place, service, _ACTIVITIES))
            return Autoscaling(bounds, policies.result(), scheduled.result(), activities.result() or ())
    except AccessDenied:
        return None


def footing_now(ports: Ports, stage: Stage, change: Change) -> Footing:
    """What a scaling rests on, as it is now. Raises what AWS raises."""
    scale = change.plan.scale
    assert scale is not None
    if scale.axis is Axis.INSTANCES:
        return instances_footing(ports, stage, change)
    auto = read_autoscaling(ports, stage)
    if auto is None and dict(change.plan.rests_on).get(AUTOSCALING) != UNREAD:
        raise unread("Then ask again.")
    return scale_footing(stage, read_target(ports, stage), auto, scale.axis)


def scaling_to_undo(ports: Ports, stage: Stage, change_id: str) -> Change:
    """The change of that id, else the newest scaling of the stage that was not taken back yet.

    Raises NotPossible where there is none, and for one of another stage or that changed nothing."""
    with ports.store.transaction() as tx:
        if change_id != LAST:
            return _named(tx, stage, change_id)
        running = [one for one in tx.running_changes(stage.place) if one.state is State.ROLLING_OUT]
        known = running[::-1]
        known += tx.finished_changes(stage.stack, stage.name, _REMEMBERED)
        done = [(one, one.plan.scale) for one in known if one.plan.scale and _called(tx, one) and _is_of(stage, one)]
    undone = set[str]()
    for one, scale in done:
        if one.id in undone:
            continue
        if not scale.restores:
            return one
        if one.started_at:
            undone.add(scale.restores)
    fact = f"I know of no scaling of {stage.stack} {stage.name} that could be taken back."
    raise NotPossible(fact, f"Type how many you want: /tinystacks scale {stage.stack} {stage.name} N")


def _named(tx: Tx, stage: Stage, change_id: str) -> Change:
    change = tx.change(change_id)
    if change is None or change.plan.scale is None or not _is_of(stage, change):
        fact = f"I know no scaling {quoted(change_id, 20)} of {stage.stack} {stage.name}."
        raise NotPossible(fact, f"For the last one, type /tinystacks scale {stage.stack} {stage.name} --restore")
    if not _called(tx, change):
        raise NotPossible("That scaling changed nothing, so there is nothing to take back.", "Nothing else to do.")
    return change


def _is_of(stage: Stage, change: Change) -> bool:
    """Of the service that the stage is now; tinystacks.yml may have moved the stage since."""
    was = (change.stack, change.stage, change.place, change.service)
    return was == (stage.stack, stage.name, stage.place, stage.service)


def _called(tx: Tx, change: Change) -> bool:
    """Whether any of it was carried out, or may have been."""
    first = tx.call(change.id, 0)
    return first is not None and first.claim != NOBODY
