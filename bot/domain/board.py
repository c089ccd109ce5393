"""The board: every stage as it stands, and how far neighbours are apart. Never claims what AWS did not say."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise, zip_longest

from bot.domain.changes import Change, State
from bot.domain.ecs import Service, TaskDefinition
from bot.domain.errors import Refusal
from bot.domain.images import image_of
from bot.domain.locks import Lock, Unreadable
from bot.domain.people import Person
from bot.domain.plans import Side
from bot.domain.scaling import ScalingBounds
from bot.domain.schedules import Schedule
from bot.domain.stacks import Stage
from bot.domain.targets import settled, target_container
from bot.domain.trends import Trend
from bot.domain.windows import Window

_GOES_BACK = re.compile(r"rolling back", re.IGNORECASE)


class Condition(StrEnum):
    """How a stage stands, in the words that are shown."""

    SETTLED = "settled"
    ROLLING = "rolling"
    FAILING = "failing"
    ROLLING_BACK = "rolling back"
    ROLLED_BACK = "rolled back"
    SHORT = "short of tasks"
    EMPTY = "no tasks wanted"
    FOREIGN = "deployed by something else"
    GONE = "not active"
    UNREAD = "not read"


_AT_REST = frozenset({Condition.SETTLED, Condition.ROLLED_BACK, Condition.SHORT, Condition.EMPTY})
"""What a change of ours that is under way will not let stay."""

QUIET = frozenset({Condition.SETTLED, Condition.EMPTY})
"""Nothing to look after."""


@dataclass(frozen=True, slots=True)
class Release:
    """What one of our finished changes put on its stage (`side`), and what was there before. `revision_arn`: what it
    registered, empty: nothing new."""

    change_id: str
    verb: str
    state: State
    by: Person
    at: datetime
    before: Side
    side: Side
    revision_arn: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One stage. `service` None: not read, `problem` says why (empty: AWS has not answered yet). `image`: what its
    main container runs, as far as that is known. `running`: our change under way; `releases`: newest first. `lock`: its
    own, or the freeze of everything."""

    stage: Stage
    service: Service | None = None
    problem: str = ""
    image: Side | None = None
    running: Change | None = None
    releases: tuple[Release, ...] = ()
    lock: Lock | Unreadable | None = None
    closed: Window | None = None

    @property
    def last(self) -> Release | None:
        """The newest finished change."""
        return self.releases[0] if self.releases else None


@dataclass(frozen=True, slots=True)
class Drift:
    """Stage `ahead` runs what `behind` does not run yet. `changes`: how many of our changes lie between them, None:
    the images differ, and nobody knows by how much."""

    ahead: str
    behind: str
    changes: int | None


@dataclass(frozen=True, slots=True)
class Details:
    """One stage, and what else was read of it. `definition`: without its document. `bounds`: of its autoscaling, None:
    it has none; a Refusal: why nobody knows. `instances`: how many its cluster has, None: not read. `trend`: how its
    deploys go. `coming`: what is scheduled for it, soonest first."""

    tile: Tile
    definition: TaskDefinition | None = None
    bounds: ScalingBounds | Refusal | None = None
    instances: int | None = None
    trend: Trend | None = None
    coming: tuple[Schedule, ...] = ()


def condition_of(tile: Tile) -> Condition:
    """By what ECS says of the service; where it was not read, by our own change that is under way."""
    if tile.running and tile.running.failing:
        return Condition.FAILING
    if tile.service is None:
        return Condition.ROLLING if tile.running else Condition.UNREAD
    seen = _by_service(tile.service, tile.last)
    return Condition.ROLLING if tile.running and seen in _AT_REST else seen


def running_side(stage: Stage, service: Service, definition: TaskDefinition | None, known: Sequence[Release]) -> Side:
    """What runs: as one of our changes knows it, whatever became of it, else as the task definition writes it, else the
    revision alone."""
    ours = _release_of(service.task_definition_arn, known)
    revision = service.task_definition_arn.rsplit("/", 1)[-1]
    if ours:
        return Side(revision, ours.side.image, ours.side.tag, ours.side.digest)
    if definition is None:
        return Side(revision, "")
    try:
        container = definition.container(target_container(stage, definition))
    except Refusal:
        return Side(revision, "")
    written = image_of(container.image if container else "")
    tags = (one.side.tag for one in known if one.side.tag and one.side.digest == written.digest)
    tag = written.tag or (next(tags, "") if written.digest else "")
    return Side(revision, container.image if container else "", tag, written.digest or "")


def needs_definition(service: Service, known: Sequence[Release]) -> bool:
    """Whether only its task definition tells which image runs."""
    return bool(service.task_definition_arn) and _release_of(service.task_definition_arn, known) is None


def drift_of(earlier: Tile, later: Tile) -> Drift | None:
    """How two stages differ, the earlier in release order first. None: they run the same, something is under way
    on one of them, or nobody can tell."""
    one, other = earlier.image, later.image
    if earlier.running or later.running:
        return None
    if one is None or other is None or _same(one, other) is not False:
        return None
    before, after = _behind(earlier.releases, other), _behind(later.releases, one)
    if before or not after:
        return Drift(earlier.stage.name, later.stage.name, before)
    return Drift(later.stage.name, earlier.stage.name, after)


def drifts(tiles: Sequence[Tile]) -> tuple[Drift, ...]:
    """Between each two neighbours of one stack, in release order."""
    found = (drift_of(one, other) for one, other in pairwise(tiles) if one.stage.stack == other.stage.stack)
    return tuple(drift for drift in found if drift)


def _by_service(service: Service, last: Release | None) -> Condition:
    if service.status != "ACTIVE":
        return Condition.GONE
    primary = service.primary
    if primary is None:
        return Condition.FOREIGN
    if primary.rollout_state == "FAILED":
        return Condition.FAILING
    if not settled(service):
        going_back = _GOES_BACK.search(primary.rollout_state_reason)
        failing = Condition.FAILING if primary.failed_tasks else Condition.ROLLING
        return Condition.ROLLING_BACK if going_back else failing
    if last and last.state is State.ROLLED_BACK and primary.created_at <= last.at:
        return Condition.ROLLED_BACK
    if service.running < service.desired:
        return Condition.SHORT
    daemon = service.scheduling_strategy == "DAEMON"
    return Condition.SETTLED if service.desired or daemon else Condition.EMPTY


def _release_of(arn: str, known: Sequence[Release]) -> Release | None:
    revision = arn.rsplit("/", 1)[-1]
    return next((one for one in known if arn == one.revision_arn or revision == one.side.revision), None)


def _same(one: Side, other: Side) -> bool | None:
    """By digest where both are known, else by tag. None: neither tells."""
    if one.digest and other.digest:
        return one.digest == other.digest
    return one.tag == other.tag if one.tag and other.tag else None


def _behind(releases: Sequence[Release], runs: Side) -> int | None:
    """How many other images our changes have put there since `runs`; None: they never put that, or nothing since."""
    done = [one for one in releases if one.state is State.SUCCEEDED]
    images = [*(one.side for one in done), *(one.before for one in done[-1:])]
    changed = [side for side, older in zip_longest(images, images[1:]) if not (older and _same(side, older))]
    return next((count for count, side in enumerate(changed) if _same(side, runs)), None) or None
