"""One AWS call of a plan, carried out once whatever happens: intent, settle, look, fence, act, outcome."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.audit import Entry
from bot.domain.changes import Change
from bot.domain.ecs import Deployment, Service, Task
from bot.domain.errors import NotFound, Refusal, Unanswered, Unavailable
from bot.domain.people import OnBehalf
from bot.domain.plans import NAMES, Operation, Step
from bot.domain.revisions import CHANGE_TAG
from bot.engine.commands import House
from bot.engine.ports import Call, Tx

_log = logging.getLogger(__name__)

_CLOCKS_DIFFER = timedelta(seconds=60)

NOBODY = ""
"""The claim of a call of which it is known that no attempt can have been carried out."""


class Waiting(Exception):
    """Not now: go on at `until`. `problem`: a sentence for the card."""

    def __init__(self, until: datetime, problem: str = "") -> None:
        super().__init__(problem)
        self.until, self.problem = until, problem


class Unclear(Refusal):
    """Whether a call was carried out cannot be found out any more."""


class Calls:
    """Carries steps out and remembers that it did."""

    def __init__(self, house: House) -> None:
        self._house, self._ports, self._timings = house, house.ports, house.timings

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
        until = call.intent_at + self._timings.settle
        if self._ports.now() < until:
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
            return self._look(change, call, step)
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
        if step.operation is Operation.REGISTER_TASK_DEFINITION:
            return ecs.register_task_definition(change.place, step.request, who)
        if step.operation is Operation.STOP_SERVICE_DEPLOYMENT:
            ecs.stop_service_deployment(change.place, step.request, who)
            return "asked"
        started = _started(ecs.update_service(change.place, step.request, who), step)
        if started is None:
            raise Unanswered("AWS", "UpdateService", quote="the answer does not show the new deployment")
        return started

    def _look(self, change: Change, call: Call, step: Step) -> str | None:
        """What an earlier attempt did, if it did anything (durability facts 4.2)."""
        if step.operation is Operation.REGISTER_TASK_DEFINITION:
            return self._registered(change, step)
        if step.operation is Operation.STOP_SERVICE_DEPLOYMENT:
            return self._stopping(change, step)
        return self._updated(change, call, step)

    def _updated(self, change: Change, call: Call, step: Step) -> str | None:
        """The deployment that the update started, whatever became of it since."""
        found = self._ports.ecs.describe_services(change.place, [change.service])
        if change.service not in found:
            raise NotFound("service", change.service, f"cluster {change.place.cluster}")
        service = found[change.service]
        ours = (one.id for one in service.deployments if _asked_for(one, step) and one.created_at >= _since(call))
        started = _started(service, step) or next(ours, None)
        return started or self._come_and_gone(change, call, step)

    def _come_and_gone(self, change: Change, call: Call, step: Step) -> str | None:
        """ECS forgets a deployment that it rolled back, but not its tasks for an hour, which name it.

        Raises Unclear where ours may have come and gone without a trace."""
        newest = self._ports.ecs.list_service_deployments(change.place, change.service, 5)
        if all(one.created_at < _since(call) for one in newest):
            return None
        died = self._ports.ecs.stopped_tasks(change.place, change.service, None)
        mine = (one for one in died if one.created_at and one.created_at >= _since(call) and _asked_for(one, step))
        by = next((one.started_by for one in mine), None)
        if by is None:
            raise Unclear(
                f"AWS did not answer UpdateService, and {change.service} has had another deployment since: whether "
                "mine was carried out in between I cannot tell. Look at its deployments in the ECS console first."
            )
        return by

    def _stopping(self, change: Change, step: Step) -> str | None:
        arn = str(step.request["serviceDeploymentArn"])
        seen = self._ports.ecs.describe_service_deployments(change.place, [arn]).get(arn)
        return "asked" if seen and seen.status.startswith("ROLLBACK_") else None

    def _registered(self, change: Change, step: Step) -> str | None:
        for arn in self._ports.ecs.list_task_definitions(change.place, str(step.request["family"]), 10):
            try:
                tags = self._ports.ecs.describe_task_definition(change.place, arn).tags
            except NotFound:
                continue
            if any(tag.get("key") == CHANGE_TAG and tag.get("value") == change.id for tag in tags):
                return arn
        return None


def _since(call: Call) -> datetime:
    """From when on AWS may have carried the call out, by AWS's own clock, which need not agree with ours."""
    return call.intent_at - _CLOCKS_DIFFER


def _unseen(step: Step, error: Refusal) -> Unclear:
    return Unclear(
        f"AWS did not answer {step.operation.value}, and I may not look whether it was carried out: {error} "
        "Look at the service's deployments in the ECS console first."
    )


def _started(service: Service, step: Step) -> str | None:
    """The id of the PRIMARY deployment if it runs the revision that was asked for."""
    primary = service.primary
    return primary.id if primary and _asked_for(primary, step) else None


def _asked_for(one: Deployment | Task, step: Step) -> bool:
    return one.task_definition_arn == step.request.get("taskDefinition")


def _names(step: Step) -> dict[str, str]:
    """What the call is about, for the audit log: names and ARNs, never a document with its environment."""
    return {name: str(step.request[name]) for name in NAMES if name in step.request}
