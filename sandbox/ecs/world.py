"""The simulated world: its state, its time, its faults, and the address where boto3 finds it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random
from threading import Event, RLock, Thread
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

from sandbox.ecs import fleet, hardware, launch, metrics, rollout, tracking
from sandbox.ecs.act import Act
from sandbox.ecs.call import ApiCall
from sandbox.ecs.calls import Calls
from sandbox.ecs.clock import Clock
from sandbox.ecs.faults import Faults
from sandbox.ecs.model import Answer, Params
from sandbox.ecs.state import State
from sandbox.ecs.wire import Environ, Wire, execute

STEP = 0.5  # simulated seconds of one step when time is moved by hand
PAUSE = 0.1  # real seconds between two steps while running


class QuietHandler(MotoRequestHandler):
    """A line per request on standard error helps nobody; a connection the application gave up is closed."""

    def connection_dropped(self, error: BaseException, environ: Environ | None = None) -> None:
        super().connection_dropped(error, environ)
        self.close_connection = True

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


class World:
    """One world at a time in a process: moto's stores are global and emptied here.

    Time stands still until `start()`, or moves by `tick`. While running, `now()` is real time and only durations shrink
    with `speed` (1 to 30); moved by hand, `now()` is the time of creation plus the ticked seconds.
    """

    def __init__(self, speed: float = 1.0, seed: int = 1, real: Callable[[], float] = time.time) -> None:
        hardware.forget(seed)
        self.lock = RLock()
        self.state = State(Clock(real), Random(seed))
        self.faults = Faults(self.state)
        self.calls = Calls()
        self.act = Act(self.call, self._terminate, self._resize, self._busy)
        self.speed = speed
        self._halt = Event()
        self._thread: Thread | None = None

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, value: float) -> None:
        if not 1 <= value <= 30:
            raise ValueError("speed goes from 1 to 30")
        self._speed = value

    def now(self) -> datetime:
        return self.state.clock.now()

    def call(self, operation: str, region: str, caller: str, params: Params) -> Answer:
        """One ECS API operation, in process and without faults. Raises EcsError."""
        with self.lock:
            return execute(ApiCall(self.state, region, caller, params), operation)

    def _terminate(self, region: str, instance: str) -> None:
        with self.lock:
            fleet.terminate(self.state, region, instance)

    def _resize(self, region: str, group: str, desired: int) -> None:
        with self.lock:
            fleet.resize(self.state, region, group, desired)

    def _busy(self, region: str, cluster: str, service: str, tasks: float) -> None:
        with self.lock:
            metrics.keep_busy(self.state, self.state.service(region, cluster, service), tasks)

    def tick(self, seconds: float) -> None:
        """Moves simulated time, in steps of at most half a second."""
        left = seconds
        while left > 1e-9:
            self._step(min(STEP, left))
            left -= STEP

    def _step(self, seconds: float) -> None:
        with self.lock:
            self.state.clock.advance(seconds)
            for cluster in self.state.clusters.values():
                fleet.follow(self.state, cluster)
            for cluster, service in self.state.services():
                launch.place_waiting(self.state, cluster, service)
                rollout.step(self.state, cluster, service)
                metrics.look(self.state, cluster, service)
                tracking.step(self.state, service)

    def start(self) -> None:
        """Lets time run in a thread, `speed` simulated seconds a second."""
        self.state.clock.run()
        self._halt.clear()
        self._thread = Thread(target=self._run, name="sandbox-ecs", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        last = time.monotonic()
        while not self._halt.wait(PAUSE):
            now = time.monotonic()
            self.tick((now - last) * self.speed)
            last = now

    def stop(self) -> None:
        """Stops time. Safe to call twice."""
        if self._thread is not None:
            self._halt.set()
            self._thread.join()
            self._thread = None
            self.state.clock.freeze()

    @contextmanager
    def serving(self, port: int = 0) -> Iterator[str]:
        """Serves AWS on 127.0.0.1 and yields the endpoint URL; port 0 takes a free one."""
        server = make_server("127.0.0.1", port, Wire(self), threaded=True, request_handler=QuietHandler)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
