"""What ECS says of many stages at once: one read for each cluster, side by side, remembered for some seconds.

A region that does not answer holds up nobody: whoever asked waits as long as they say, the read goes on, and the next
one who asks joins it instead of starting another.
"""

import logging
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from threading import BoundedSemaphore, Lock, Thread
from typing import Any

from bot.domain.ecs import Service, TaskDefinition
from bot.domain.errors import AccessDenied, NotFound, NotPossible, Refusal, Unavailable
from bot.domain.stacks import Place, Stage
from bot.engine.ports import Ecs, Ports

_log = logging.getLogger(__name__)

_AT_A_TIME = 16
_MOST_DEFINITIONS = 2_000
_MOST_LOOKS = 500
# ECS answers 50 reads of task definitions at once, then 20 a second (ECS facts 1.9); rollouts need some of them.
_NEW_DEFINITIONS = 40
_A_CALL = 10

Found = Mapping[str, Service | Refusal]
"""By service name. A Refusal: why that one could not be read."""


@dataclass(frozen=True, slots=True)
class _Look:
    at: datetime
    found: "Future[Found]"


class Board:
    """Reads on threads of its own, which keep no process from ending."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._room = BoundedSemaphore(_AT_A_TIME)
        self._looks: OrderedDict[tuple[Place, frozenset[str]], _Look] = OrderedDict()
        self._definitions: OrderedDict[tuple[str | None, str], Future[TaskDefinition]] = OrderedDict()

    def begin(self, ports: Ports, stages: Iterable[Stage], younger: timedelta) -> "Reading":
        """Starts to read the services of these stages, unless they were read so short a time ago, or are being read."""
        wanted: dict[Place, set[str]] = {}
        for stage in stages:
            wanted.setdefault(stage.place, set()).add(stage.service)
        now = ports.now()
        with self._lock:
            looks = {place: self._look(ports, place, frozenset(names), now, younger) for place, names in wanted.items()}
        return Reading({place: look.found for place, look in looks.items()})

    def definitions(
        self, ports: Ports, wanted: Iterable[tuple[Place, str]], patience: float
    ) -> dict[str, TaskDefinition]:
        """By ARN, without their documents; those that were not read within `patience` seconds are left out."""
        with self._lock:
            futures = dict(self._known(ports, list(wanted)))
        wait(futures.values(), timeout=patience)
        return {arn: future.result() for arn, future in futures.items() if _succeeded(future)}

    def _look(self, ports: Ports, place: Place, names: frozenset[str], now: datetime, younger: timedelta) -> _Look:
        known = self._looks.get((place, names))
        if known and (not known.found.done() or timedelta() <= now - known.at < younger):
            return known
        look = _Look(now, self._start(partial(_read, ports.ecs, place, sorted(names))))
        _keep(self._looks, (place, names), look, _MOST_LOOKS)
        return look

    def _known(
        self, ports: Ports, wanted: Sequence[tuple[Place, str]]
    ) -> Iterable[tuple[str, "Future[TaskDefinition]"]]:
        started: Counter[tuple[str | None, str]] = Counter()
        for place, arn in wanted:
            known = self._definitions.get((place.role_arn, arn))
            if known is None or (known.done() and not _succeeded(known)):
                account = (place.role_arn, place.region)
                if started[account] >= _NEW_DEFINITIONS:
                    continue
                started[account] += 1
                known = self._start(partial(_slim, ports.ecs, place, arn))
                _keep(self._definitions, (place.role_arn, arn), known, _MOST_DEFINITIONS)
            yield arn, known

    def _start(self, read: Callable[[], Any]) -> "Future[Any]":
        future: Future[Any] = Future()
        Thread(target=self._run, args=(read, future), name="board", daemon=True).start()
        return future

    def _run(self, read: Callable[[], Any], future: "Future[Any]") -> None:
        with self._room:
            try:
                future.set_result(read())
            except Exception as error:
                if not isinstance(error, Refusal):
                    _log.exception("board_read_failed")
                future.set_exception(error)


class Reading:
    """Reads under way, by place."""

    def __init__(self, found: Mapping[Place, "Future[Found]"]) -> None:
        self._found = found

    def wait(self, patience: float) -> bool:
        """For so many seconds at the most. False: some place has not answered."""
        return not wait(self._found.values(), timeout=patience).not_done

    def of(self, stage: Stage) -> Service | Refusal | None:
        """The stage's service, or why it could not be read; None: no answer yet."""
        future = self._found[stage.place]
        if not future.done():
            return None
        if future.exception():
            return NotPossible("Reading it went wrong inside me: my log says how.", "Tell whoever runs me.")
        return future.result().get(stage.service) or _missing(stage.place, stage.service)


def _read(ecs: Ecs, place: Place, names: Sequence[str]) -> Found:
    found: dict[str, Service | Refusal] = {}
    for at in range(0, len(names), _A_CALL):
        found |= _some(ecs, place, names[at : at + _A_CALL])
        if found and all(isinstance(one, AccessDenied) for one in found.values()):
            # The role may read nothing here: ten refusals tell as much as a hundred.
            return dict.fromkeys(names, next(iter(found.values())))
    return found


def _some(ecs: Ecs, place: Place, names: Sequence[str]) -> Found:
    """One call. What AWS refuses for one name it refuses for all of the call: the others are asked for in halves."""
    try:
        return ecs.describe_services(place, names)
    except (Unavailable, NotFound) as error:
        return dict.fromkeys(names, error)
    except Refusal as error:
        if len(names) == 1:
            return {names[0]: error}
    half = len(names) // 2
    return {**_some(ecs, place, names[:half]), **_some(ecs, place, names[half:])}


def _slim(ecs: Ecs, place: Place, arn: str) -> TaskDefinition:
    return replace(ecs.describe_task_definition(place, arn), document={}, tags=())


def _succeeded(future: "Future[Any]") -> bool:
    return future.done() and future.exception() is None


def _missing(place: Place, service: str) -> NotFound:
    return NotFound("service", service, f"cluster {place.cluster} ({place.region})")


def _keep(cache: "OrderedDict[Any, Any]", key: object, value: object, most: int) -> None:
    """The oldest makes room."""
    cache[key] = value
    cache.move_to_end(key)
    if len(cache) > most:
        cache.popitem(last=False)
