"""One AWS call of a plan, carried out once whatever happens: intent, settle, look, fence, act, outcome."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.audit import Entry
from bot.domain.changes import Change
from bot.domain.ecs import Service, Task
from bot.domain.errors import NotFound, NotPossible, Refusal, Unanswered, Unavailable, Unclear
from bot.domain.people import OnBehalf
from bot.domain.plans import NAMES, Operation, Step
from bot.domain.stops import is_by
from bot.domain.task_names import short
from bot.engine.commands import House
from bot.engine.ports import Call, Tx
from bot.engine.scale_calls import act, is_scaling
from bot.engine.traces import Traces, newer_than, started

_log = logging.getLogger(__name__)

NOBODY = ""
"""The claim of a call of which it is known that no attempt can have been carried out."""


class Waiting(Exception):
    """Not now: go on at `until`. `problem`: a sentence for the card."""

    def __init__(self, until: datetime, problem: str = "") -> None:
        super().__init__(problem)
        self.until, self.problem = until, problem


class Calls:
    """Carries steps out and remembers that it did."""

    def __init__(self, house: House) -> None:
        self._house, self._ports, self._timings = house, house.ports, house.timings
        self._traces = Traces(house.ports)

    def once(self, change: Change, number: int, step: Step) -> str:
        """The call's outcome: of now, of an earlier run, or found in AWS.

        Raises Waiting while an earlier attempt may still land; Refusal as the call does."""
        with self._ports.store.transaction() as tx:
            call = tx.call(change.id, number)
        if call and call.outcome is not None:
            return call.outcome
        if call and call.claim != NOBODY:
            adopted = self._seen(change, call, step)
            if adopted:
                return self._written(change, number, call.claim, step, adopted, "found")
        claim = self._intend(change, number, step, call)
        try:
            outcome = self._act(change, step)
        except Unanswered:
            raise
        except Refusal as error:
            self._free(change, number, claim, step, error)
            raise
        return self._written(change, number, claim, step, outcome, "done")

    def begun(self, change: Change, number: int) -> bool:
        """Whether it was intended, and not refused since."""
        with self._ports.store.transaction() as tx:
            call = tx.call(change.id, number)
        return call is not None and call.claim != NOBODY

    def close(self, change: Change, number: int, step: Step) -> None:
        """Writes down what became of a call that nobody needs any more; nothing is called again.

        Raises Waiting while it may still land; Refusal where AWS does not tell."""
        with self._ports.store.transaction() as tx:
            call = tx.call(change.id, number)
        if call and call.outcome is None and call.claim != NOBODY:
            found = self._seen(change, call, step)
            self._written(change, number, call.claim, step, found or "", "found" if found else "not done")

    def later(self, change: Change, error: Unavailable) -> Waiting:
        """When to try again after a vendor did not answer as it should."""
        now = self._ports.now()
        _log.warning("aws_call_waits change=%s: %s", change.id, error)
        pause = self._timings.settle if isinstance(error, Unanswered) else self._timings.young
        return Waiting(now + max(pause, timedelta(seconds=min(error.retry_after or 0.0, 60.0))), error.while_waiting())

    def _settled(self, call: Call) -> None:
        now = self._ports.now()
        if call.intent_at > now:
            # The clock was set back: the attempt was made before now, nobody knows how long.
            with self._ports.store.transaction() as tx:
                tx.claim_call(replace(call, intent_at=now))
        until = min(call.intent_at, now) + self._timings.settle
        if now < until:
            raise Waiting(until)

    def _intend(self, change: Change, number: int, step: Step, before: Call | None) -> str:
        claim, now = self._ports.new_id(), self._ports.now()
        attempts = (before.attempts if before else 0) + 1
        with self._ports.store.transaction() as tx:
            tx.claim_call(Call(change.id, number, step.operation.value, claim, now, attempts))
            self._note(tx, change, step, "intent", **_names(step))
        with self._ports.store.transaction() as tx:
            mine = tx.call(change.id, number)
        if mine is None or mine.claim != claim:
            raise Waiting(now + self._timings.settle)
        return claim

    def _seen(self, change: Change, call: Call, step: Step) -> str | None:
        """What AWS shows of the earlier attempt. While it shows nothing at all, nothing is known: no end to that."""
        self._settled(call)
        try:
            return self._traces.of(change, call, step)
        except Unavailable as error:
            raise self.later(change, error) from error
        except NotFound:
            raise
        except Refusal as error:
            with self._ports.store.transaction() as tx:
                self._note(tx, change, step, "unclear", answer=str(error)[:500])
            raise error if isinstance(error, Unclear) else _unseen(step, error) from error

    def _free(self, change: Change, number: int, claim: str, step: Step, error: Refusal) -> None:
        """This attempt was definitely not carried out: the next one need not wait, nor look for it."""
        with self._ports.store.transaction() as tx:
            call = tx.call(change.id, number)
            if call and call.claim == claim and call.outcome is None:
                tx.claim_call(replace(call, claim=NOBODY))
            self._note(tx, change, step, "refused", answer=str(error)[:500])

    def _written(self, change: Change, number: int, claim: str, step: Step, outcome: str, how: str) -> str:
        with self._ports.store.transaction() as tx:
            if not tx.finish_call(change.id, number, claim, outcome):
                raise Waiting(self._ports.now() + self._timings.settle)
            self._note(tx, change, step, how, answer=outcome)
        return outcome

    def _note(self, tx: Tx, change: Change, step: Step, outcome: str, **detail: str) -> None:
        who = change.aborted_by or change.requester
        tx.append_audit(
            Entry(
                at=self._ports.now(),
                team_id=who.team_id,
                user_id=who.user_id,
                user_name=who.name,
                action=f"aws:{step.operation.value}",
                outcome=outcome,
                stack=change.stack,
                stage=change.stage,
                change_id=change.id,
                detail=detail,
            )
        )

    def _act(self, change: Change, step: Step) -> str:
        ecs, person = self._ports.ecs, change.aborted_by or change.requester
        who = OnBehalf(person, change.id, change.stack, change.stage)
        if is_scaling(step):
            return act(self._ports, change, step, who)
        if step.operation is Operation.REGISTER_TASK_DEFINITION:
            return ecs.register_task_definition(change.place, step.request, who)
        if step.operation is Operation.STOP_TASK:
            return _stopped_by(change, ecs.stop_task(change.place, step.request, who))
        if step.operation is Operation.STOP_SERVICE_DEPLOYMENT:
            ecs.stop_service_deployment(change.place, step.request, who)
            return "asked"
        service = ecs.update_service(change.place, step.request, who)
        found = started(service, step, newer_than(change, step))
        if found:
            return found
        if started(service, step):
            raise _nothing_started(service)
        raise Unanswered("AWS", "UpdateService", quote="the answer does not show the new deployment")


def _unseen(step: Step, error: Refusal) -> Unclear:
    return Unclear(
        f"AWS did not answer {step.operation.value}, and I may not look whether it was carried out: {error} "
        "Look at the service's deployments in the ECS console first."
    )


def _stopped_by(change: Change, task: Task) -> str:
    """The task's id. Raises NotPossible where it was stopped by something else before: ECS keeps the first reason."""
    if is_by(change.id, task) or not task.stopped_reason:
        return task.id
    fact = f"Task {short(task.id)} stopped before I could stop it: “{task.stopped_reason}”."
    raise NotPossible(fact, f"What runs now: /tinystacks tasks {change.stack} {change.stage}")


def _nothing_started(service: Service) -> NotPossible:
    by = f", by its deployment {service.primary.id}," if service.primary else ""
    fact = f"ECS runs that revision already{by} and started nothing for me."
    return NotPossible(fact, "Look at the service; to go further back, name another revision.")


def _names(step: Step) -> dict[str, str]:
    """What the call is about, for the audit log: names and ARNs, never a document with its environment."""
    return {name: str(step.request[name]) for name in NAMES if name in step.request}
