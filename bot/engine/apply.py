"""A confirmed change becomes AWS calls: each intended, carried out once, and its outcome written down.

intent → settle → look → fence → act → outcome (durability facts 4.1). After a crash, or when AWS did not answer, the
step waits until the call can no longer land, looks whether it did, and only then acts again.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.changes import Change, State
from bot.domain.errors import NotAllowed, Refusal, Unanswered, Unavailable, Unclear, UnknownName
from bot.domain.names import find_stage
from bot.domain.plans import REGISTERED, Operation, Step
from bot.domain.stacks import Stage
from bot.engine.approvals import still_right
from bot.engine.audit import BOT_ITSELF, note_change
from bot.engine.calls import Calls, Waiting
from bot.engine.cards import put_card, tell
from bot.engine.changes import APPLY, FOLLOWING, LOOK, RESUME
from bot.engine.commands import House
from bot.engine.endings import ended, half_done
from bot.engine.locks import standing_hold
from bot.engine.ports import Tx
from bot.engine.present import moved_since
from bot.messages.outdated import outdated

_STARTS_WITHIN = timedelta(hours=1)
_OVERSLEPT = (
    "I was not running when this was to start, and it is more than an hour since then. Nothing was touched. "
    "Press Ask again, or type the command again, to plan from what runs now."
)
"""Nobody expects on Monday what they said yes to on Friday."""


class Apply:
    """Step `apply:<change id>`."""

    def __init__(self, house: House, stage_of: Callable[[Change], Stage]) -> None:
        self._house, self._ports, self._stage_of = house, house.ports, stage_of
        self._calls = Calls(house)

    def step(self, change_id: str) -> None:
        """Goes as far as it can; wakes itself for the rest."""
        with self._ports.store.transaction() as tx:
            change = tx.change(change_id)
        try:
            if change and change.state is State.APPROVED:
                change = self._begin(change)
            if change and change.state is State.APPLYING:
                self._run(change)
        except Waiting as waiting:
            self._wait(change_id, waiting)
        except Unavailable as error:
            self._unavailable(change_id, error)

    def _begin(self, change: Change) -> Change | None:
        """Right before the first write: may they still, is nothing held, does what the plan rests on still stand?"""
        if self._ports.now() - change.updated_at > _STARTS_WITHIN:
            self._end(change, State.OUTDATED, _OVERSLEPT)
            return None
        stage = self._configured(change)
        try:
            still_right(self._house, change, stage)
            gone = moved_since(self._ports, stage, change)
        except Unavailable:
            raise
        except NotAllowed as error:
            self._end(change, State.OUTDATED, str(error))
            return None
        except Refusal as error:
            self._end(change, State.FAILED, str(error))
            return None
        if gone:
            self._end(replace(change, moved=gone), State.OUTDATED, outdated(change, gone))
            return None
        return self._started(change, stage)

    def _configured(self, change: Change) -> Stage:
        """As tinystacks.yml has it now: where that is another service, what was approved is not what it means."""
        try:
            return find_stage(self._house.config, change.stack, change.stage)
        except UnknownName:
            return self._stage_of(change)

    def _started(self, change: Change, stage: Stage) -> Change | None:
        """The last look at locks is in the transaction that begins."""
        now = self._ports.now()
        with self._ports.store.transaction() as tx:
            hold = None if change.emergency else standing_hold(tx, stage, change.verb, change.requester, now)
            if hold is None:
                return self._move(tx, change, State.APPLYING, "start", now)
        self._end(change, State.OUTDATED, f"{hold.fact} Nothing was touched. {hold.remedy}")
        return None

    def _run(self, change: Change) -> None:
        registered, steps = change.registered_arn, change.plan.steps[: change.plan.later]
        for number, step in enumerate(steps):
            try:
                outcome = self._calls.once(change, number, _with(step, registered))
            except Unavailable:
                raise
            except Refusal as error:
                if number or isinstance(error, Unclear):
                    self._take_back(change)
                ended = replace(change, registered_arn=registered)
                return self._end(ended, State.FAILED, self._told(error, registered, change))
            if step.operation is Operation.REGISTER_TASK_DEFINITION:
                registered = outcome
            elif step.operation is Operation.UPDATE_SERVICE and not change.plan.follows:
                asked = registered or str(step.request["taskDefinition"])
                return self._rolling(replace(change, registered_arn=asked, deployment_id=outcome), number)
        if change.plan.follows:
            return self._rolling(change, len(steps) - 1)
        raise Unanswered("AWS", "UpdateService")

    def _take_back(self, change: Change) -> None:
        """Autoscaling that was suspended for a scaling that did not come about goes on at once."""
        if change.plan.scale and change.plan.scale.resume_after:
            with self._ports.store.transaction() as tx:
                self._ports.wakes.wake_at(tx, f"{RESUME}:{change.id}", self._ports.now())

    def _rolling(self, change: Change, number: int) -> None:
        """It began with the call, which may have been found a while later."""
        now = self._ports.now()
        with self._ports.store.transaction() as tx:
            call = tx.call(change.id, number)
            change = replace(change, started_at=call.intent_at if call else now, problem="")
            change = tx.save_change(change.become(State.ROLLING_OUT, now))
            note_change(tx, now, BOT_ITSELF, "roll out", change, deployment=change.deployment_id)
            put_card(self._house, tx, change, now)
            follow = f"{FOLLOWING}:{change.id}" if change.plan.follows else f"{LOOK}:{change.place.key}"
            self._ports.wakes.wake_at(tx, follow, now)
            scale = change.plan.scale
            if scale and scale.resume_after:
                self._ports.wakes.wake_at(tx, f"{RESUME}:{change.id}", now + scale.resume_after)

    def _move(self, tx: Tx, change: Change, state: State, action: str, now: datetime) -> Change:
        change = tx.save_change(replace(change.become(state, now), problem=""))
        note_change(tx, now, BOT_ITSELF, action, change)
        put_card(self._house, tx, change, now)
        return change

    def _end(self, change: Change, state: State, problem: str) -> None:
        now = self._ports.now()
        with self._ports.store.transaction() as tx:
            change = tx.save_change(replace(change.become(state, now), problem=problem))
            note_change(tx, now, BOT_ITSELF, "finish", change, problem=problem)
            put_card(self._house, tx, change, now, urgency=0)
            tell(self._house, tx, change, "ended", change.problem)
            ended(self._house, tx, change, now)

    def _unavailable(self, change_id: str, error: Unavailable) -> None:
        """Waits for AWS, up to `give_up`; without end only while a call may have been carried out."""
        with self._ports.store.transaction() as tx:
            change = tx.change(change_id)
            calls = [tx.call(change_id, number) for number in range(len(change.plan.steps) if change else 0)]
        if change is None or change.final:
            return
        unknown = isinstance(error, Unanswered) and change.state is State.APPLYING
        if unknown or self._ports.now() <= change.updated_at + self._house.timings.give_up:
            return self._wait(change_id, self._calls.later(change, error))
        outcomes = [call.outcome for call in calls if call and call.outcome is not None]
        if outcomes:
            self._take_back(change)
        registered = outcomes[0] if outcomes and not change.plan.follows else ""
        return self._end(change, State.FAILED, self._told(error, registered, change))

    def _told(self, error: Refusal, registered: str, change: Change) -> str:
        """What went wrong, and what is done already."""
        if change.plan.scale:
            with self._ports.store.transaction() as tx:
                return half_done(tx, change, error)
        if isinstance(error, Unclear):
            return str(error)
        revision = registered.rsplit("/", 1)[-1]
        done = f" Revision {revision} was registered; the service was not touched."
        return f"{error.after_others()}{done}" if registered else str(error)

    def _wait(self, change_id: str, waiting: Waiting) -> None:
        now = self._ports.now()
        with self._ports.store.transaction() as tx:
            change = tx.change(change_id)
            if change is None or change.final:
                return
            if waiting.problem and waiting.problem != change.problem:
                change = tx.save_change(replace(change, problem=waiting.problem))
                put_card(self._house, tx, change, now)
            self._ports.wakes.wake_at(tx, f"{APPLY}:{change_id}", waiting.until)


def _with(step: Step, registered: str) -> Step:
    """The step with the registered revision in REGISTERED's place."""
    request = {key: registered if value == REGISTERED else value for key, value in step.request.items()}
    return replace(step, request=request)
