"""One look at all rollouts of a cluster: card and thread follow what AWS says.

Step `look:<place>`: services by 10 and service deployments by 20 in one call each (ECS facts 1.9), stopped tasks only
where something may have died, log lines only for a kind of failure that is new.
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.changes import Change, State
from bot.domain.ecs import Service, ServiceDeployment
from bot.domain.errors import NotFound, Refusal, Unavailable, Unrecorded
from bot.domain.people import Person
from bot.domain.rollouts import Look, NewsKind, Outcome, Rollout, Snapshot, Verdict, Why, is_ours, verdict_of
from bot.domain.stacks import OnFailure, Place, Stage
from bot.engine.audit import BOT_ITSELF, note_change
from bot.engine.cards import put_card, put_news
from bot.engine.changes import ABORT, LOOK
from bot.engine.commands import House
from bot.engine.endings import ended
from bot.engine.evidence import Evidence
from bot.engine.ports import Tx
from bot.messages.news import ending, news_message

_log = logging.getLogger(__name__)

_ENDS = {
    Verdict.SUCCEEDED: State.SUCCEEDED,
    Verdict.FAILED: State.FAILED,
    Verdict.ROLLED_BACK: State.ROLLED_BACK,
    Verdict.SUPERSEDED: State.SUPERSEDED,
}
_UNREAD = timedelta(seconds=15)
_READERS = 4
_SAY_UNREAD_AFTER = timedelta(seconds=60)
_LET_GO_AFTER = timedelta(minutes=10)
_BLIND_FOR = timedelta(hours=24)
_BACK_TAKES = timedelta(minutes=5)


class Watch:
    """The shared look."""

    def __init__(self, house: House, stage_of: Callable[[Change], Stage]) -> None:
        self._house, self._ports, self._stage_of = house, house.ports, stage_of
        self._evidence = Evidence(house.ports)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="look")

    def step(self, place_key: str) -> None:
        """Looks once at every rollout of the place and wakes itself while there are any."""
        changes = self._rolling(place_key)
        if not changes:
            return
        place = changes[0].place
        try:
            services = self._ports.ecs.describe_services(place, sorted({c.service for c in changes}))
            changes = [self._with_arn(place, change, services.get(change.service)) for change in changes]
            deployments = self._service_deployments(place, changes)
        except Refusal as error:
            return self._unread(place, changes, error)
        looks = [
            self._readers.submit(self._safely, c, services.get(c.service), deployments.get(c.service_deployment_arn))
            for c in changes
        ]
        self._wake(place, min((pause for look in looks if (pause := look.result())), default=None))

    def _rolling(self, place_key: str) -> list[Change]:
        with self._ports.store.transaction() as tx:
            running = tx.running_changes()
        rolling = [c for c in running if c.state is State.ROLLING_OUT and not c.plan.follows]
        return [c for c in rolling if c.place.key == place_key]

    def _with_arn(self, place: Place, change: Change, service: Service | None) -> Change:
        """Our service deployment is the current one while PRIMARY is ours; afterwards the first since we began."""
        if change.service_deployment_arn or service is None or service.primary is None:
            return change
        arn: str | None = service.service_deployment_arn
        if service.primary.id != change.deployment_id:
            arn = self._first_since(place, change)
        return replace(change, service_deployment_arn=arn or "")

    def _first_since(self, place: Place, change: Change) -> str | None:
        try:
            newest = self._ports.ecs.list_service_deployments(place, change.service, 10)
        except Unavailable:
            raise
        except Refusal as error:
            _log.warning("service_deployments_unread place=%s: %s", place.key, error)
            return None
        began = change.started_at or change.created_at
        return next((one.arn for one in reversed(newest) if one.created_at >= began), None)

    def _service_deployments(self, place: Place, changes: list[Change]) -> Mapping[str, ServiceDeployment]:
        """Empty where the bot may not read them: deployments and events then decide alone."""
        arns = sorted({c.service_deployment_arn for c in changes if c.service_deployment_arn})
        try:
            return self._ports.ecs.describe_service_deployments(place, arns) if arns else {}
        except Unavailable:
            raise
        except Refusal as error:
            _log.warning("service_deployments_unread place=%s: %s", place.key, error)
            return {}

    def _safely(self, change: Change, service: Service | None, record: ServiceDeployment | None) -> timedelta | None:
        """One rollout that cannot be looked at must not hide the others."""
        try:
            return self._look(change, service, record)
        except Unrecorded:
            raise
        except Exception:
            _log.exception("look_failed change=%s", change.id)
            return _UNREAD

    def _look(self, change: Change, service: Service | None, record: ServiceDeployment | None) -> timedelta | None:
        now = self._ports.now()
        change = self._evidence.gathered(change, service, now)
        rollout = self._rollout(change)
        if record and service and not is_ours(record, rollout, service.deployment(change.deployment_id)):
            # The service still named the one before: the next look asks again which is ours.
            change, record = replace(change, service_deployment_arn=""), None
        tasks = self._evidence.live_tasks(change, service)
        look = self._held(change, verdict_of(rollout, Snapshot(service, record, tasks, change.failures), now), now)
        self._write(change, look, now)
        return look.next_look

    def _held(self, change: Change, look: Look, now: datetime) -> Look:
        """A failure that ECS leaves standing is brought back before it ends, where somebody or the config asks."""
        stands = look.verdict is Verdict.FAILED and look.outcome and look.outcome.running == change.registered_arn
        wanted = change.aborted_at or self._stage_of(change).on_failure is OnFailure.ROLLBACK
        if not stands or not wanted or now - (change.aborted_at or now) > _BACK_TAKES:
            return look
        return replace(look, verdict=Verdict.FAILING, next_look=_UNREAD)

    def _rollout(self, change: Change) -> Rollout:
        return Rollout(
            deployment_id=change.deployment_id,
            task_definition_arn=change.registered_arn or change.plan.previous_task_definition_arn,
            started_at=change.started_at or change.created_at,
            deadline=self._stage_of(change).deadline,
            stop_asked_at=change.aborted_at,
            previous_task_definition_arn=change.plan.previous_task_definition_arn,
        )

    def _write(self, seen: Change, look: Look, now: datetime) -> None:
        with self._ports.store.transaction() as tx:
            change = tx.change(seen.id)
            if change is None or change.state is not State.ROLLING_OUT:
                return
            change = replace(
                change,
                progress=look.progress,
                outcome=look.outcome,
                failing=look.verdict is Verdict.FAILING,
                failures=seen.failures,
                evidence_at=seen.evidence_at,
                service_deployment_arn=seen.service_deployment_arn,
                looked_at=now,
                problem="",
            )
            state = _ENDS.get(look.verdict)
            change = tx.save_change(change.become(state, now) if state else change)
            for news in look.news:
                if news.kind is NewsKind.FINISHED:
                    continue
                put_news(self._house, tx, change, news.key, news_message(change, news))
            put_card(self._house, tx, change, now, urgency=0 if state else 2)
            if change.final:
                self._end(tx, change, now)
            elif change.failing and not look.rolling_back:
                self._maybe_roll_back(tx, change, now)

    def _end(self, tx: Tx, change: Change, now: datetime) -> None:
        ended(self._house, tx, change, now)
        outcome = change.outcome
        if outcome is None:
            return
        note_change(tx, now, BOT_ITSELF, "finish", change, why=outcome.why.value, quote=outcome.quote)
        put_news(self._house, tx, change, "end", ending(change, outcome), urgency=0)

    def _maybe_roll_back(self, tx: Tx, change: Change, now: datetime) -> None:
        """`on_failure: rollback`, where ECS does not roll back by itself already."""
        if change.aborted_at is not None or self._stage_of(change).on_failure is not OnFailure.ROLLBACK:
            return
        who = Person(change.requester.team_id, "", "tinystacks (on_failure: rollback)")
        change = tx.save_change(replace(change, aborted_at=now, aborted_by=who))
        note_change(tx, now, BOT_ITSELF, "abort", change, rule="on_failure: rollback")
        self._ports.wakes.wake_at(tx, f"{ABORT}:{change.id}", now)

    def _unread(self, place: Place, changes: list[Change], error: Refusal) -> None:
        """AWS does not answer: the rollouts go on by themselves, the cards say since when nobody can see them."""
        _log.warning("look_failed place=%s: %s", place.key, error)
        now = self._ports.now()
        with self._ports.store.transaction() as tx:
            for seen in changes:
                change = tx.change(seen.id)
                if change and change.state is State.ROLLING_OUT:
                    self._not_seen(tx, change, error, now)
        self._wake(place, _UNREAD)

    def _not_seen(self, tx: Tx, change: Change, error: Refusal, now: datetime) -> None:
        """Told after a minute; after ten others may take the stage; a cluster that is gone, or a day, ends it."""
        since = change.looked_at or change.started_at or now
        if now - since < _SAY_UNREAD_AFTER:
            return
        problem = f"Not seen since {since:%H:%M:%S} UTC: {error.while_waiting()}"
        gone = isinstance(error, NotFound)
        if gone or now - since > _BLIND_FOR:
            why = Why.SERVICE_GONE if gone else Why.UNKNOWN
            change = replace(change, outcome=Outcome(Verdict.FAILED, why, quote=problem), problem=problem)
            change = tx.save_change(change.become(State.FAILED, now))
            self._end(tx, change, now)
            return put_card(self._house, tx, change, now, urgency=0)
        change = tx.save_change(replace(change, problem=problem, failing=now - since > _LET_GO_AFTER))
        return put_card(self._house, tx, change, now)

    def _wake(self, place: Place, pause: timedelta | None) -> None:
        if pause is None:
            return
        with self._ports.store.transaction() as tx:
            self._ports.wakes.wake_at(tx, f"{LOOK}:{place.key}", self._ports.now() + pause)
