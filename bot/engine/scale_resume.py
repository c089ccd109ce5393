"""Step `resume:<change id>`: autoscaling that a scaling suspended goes on as it was."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.domain.changes import Change, State
from bot.domain.errors import Refusal, Unavailable
from bot.domain.scale_steps import resume_command, resume_step, spoken_bounds
from bot.domain.scales import Scale
from bot.domain.scaling import ScalingBounds
from bot.domain.stacks import Stage
from bot.engine.audit import BOT_ITSELF, note_change
from bot.engine.calls import Calls, Waiting
from bot.engine.cards import put_news
from bot.engine.changes import RESUME
from bot.engine.commands import House
from bot.engine.ports import Tx
from bot.messages.scale import not_resumed, resumed

_RESUMES = 200
"""Number of this call among the change's: behind every step of a plan."""

_GIVES_UP = timedelta(hours=24)
_SOON = timedelta(seconds=10)
"""A scaling that is being called for right now may rest on the suspension: it goes first."""
_REMEMBERED = 200


_NEWS = "resumed"


class Resume:
    """Takes one suspension back, once."""

    def __init__(self, house: House, stage_of: Callable[[Change], Stage]) -> None:
        self._house, self._ports, self._stage_of = house, house.ports, stage_of
        self._calls = Calls(house)

    def step(self, change_id: str) -> None:
        """Nothing happens where somebody has ended the suspension before."""
        with self._ports.store.transaction() as tx:
            change = tx.change(change_id)
            if change is None or change.plan.scale is None or _is_over(tx, change):
                return
            other = tx.running_change(change.stack, change.stage)
            if other and other.plan.scale and other.state in (State.APPROVED, State.APPLYING):
                return self._ports.wakes.wake_at(tx, f"{RESUME}:{change.id}", self._ports.now() + _SOON)
        self._resume(change, change.plan.scale, self._stage_of(change))
        return None

    def _resume(self, change: Change, scale: Scale, stage: Stage) -> None:
        bounds = None
        try:
            bounds = self._ports.scaling.bounds(change.place, change.service)
            if self._calls.begun(change, _RESUMES) or (bounds and bounds.suspended):
                self._calls.once(change, _RESUMES, resume_step(stage, scale))
                self._tell(change, "", bounds)
        except Waiting as waiting:
            self._again(change, waiting)
        except Unavailable as error:
            self._late(change, stage, error)
        except Refusal as error:
            self._tell(change, f"{error} {resume_command(stage, scale)}", bounds)

    def _late(self, change: Change, stage: Stage, error: Unavailable) -> None:
        assert change.plan.scale is not None
        due = (change.started_at or change.updated_at) + (change.plan.scale.resume_after or timedelta())
        if self._ports.now() - due > _GIVES_UP:
            return self._tell(change, f"{error.while_waiting()} {resume_command(stage, change.plan.scale)}")
        return self._again(change, self._calls.later(change, error))

    def _again(self, change: Change, waiting: Waiting) -> None:
        with self._ports.store.transaction() as tx:
            self._ports.wakes.wake_at(tx, f"{RESUME}:{change.id}", waiting.until)

    def _tell(self, change: Change, problem: str, bounds: ScalingBounds | None = None) -> None:
        now = self._ports.now()
        with self._ports.store.transaction() as tx:
            if tx.posting(f"news:{change.id}:{_NEWS}"):
                return
            # It may have come to its end since it was read.
            change = tx.change(change.id) or change
            note_change(tx, now, BOT_ITSELF, "resume", change, problem=problem[:500])
            body = not_resumed(change, problem, bounds) if problem else resumed(change, spoken_bounds(bounds))
            put_news(self._house, tx, change, _NEWS, body, urgency=0)


def _is_over(tx: Tx, change: Change) -> bool:
    """Whether it was taken back since, or suspended anew, which then ends at its own time: who finds it suspended finds
    somebody else's doing."""
    known = [*tx.running_changes(change.place), *tx.finished_changes(change.stack, change.stage, _REMEMBERED)]
    mine = [one for one in known if (one.stack, one.stage, one.service) == (change.stack, change.stage, change.service)]
    return _is_ended(change, mine)


def _is_ended(change: Change, known: Sequence[Change]) -> bool:
    since = change.started_at or change.created_at
    later = [one for one in known if one.id != change.id and one.started_at and one.started_at > since]
    scales = [(one, one.plan.scale) for one in later if one.plan.scale]
    if any(_resumes(scale) for _, scale in scales):
        return True
    return any(scale.resume_after and not _is_ended(one, later) for one, scale in scales)


def _resumes(scale: Scale) -> bool:
    before, after = scale.before.bounds, scale.after.bounds
    return bool(before and before.suspended and after and not after.suspended)
