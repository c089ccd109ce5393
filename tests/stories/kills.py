"""A bot that is killed again and again while people go on typing and clicking."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event, Thread

from sandbox.slack.person import ControlError, Person
from sandbox.whole import Sandbox

LATEST = 1.2
"""Seconds after which a call may still land whose sender is dead."""
REST_SECONDS = 60.0
WRITES = ("RegisterTaskDefinition", "UpdateService", "StopServiceDeployment")


class Brood:
    """Bots in a row, each a process of its own, one at a time."""

    def __init__(self, environ: Mapping[str, str], log: Path) -> None:
        command = (sys.executable, "-m", "tests.bot_process")
        with log.open("ab") as errors:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": errors}
            self._parent = subprocess.Popen(command, env=dict(environ), text=True, bufsize=1, **pipes)  # type: ignore[call-overload]
        self._pid = 0

    def start(self) -> None:
        """Another bot."""
        self._parent.stdin.write("\n")
        self._pid = int(self._parent.stdout.readline().split()[1])

    def ends(self, number: signal.Signals) -> None:
        """Sends the signal and returns when the bot is gone."""
        os.kill(self._pid, number)
        assert self._parent.stdout.readline() == f"ended {self._pid}\n"

    def close(self) -> None:
        """Ends the parent as well."""
        self._parent.stdin.close()
        self._parent.wait(10)
        self._parent.stdout.close()


@dataclass
class Typed:
    """A command as it was typed: `mark` stands in its reason and nowhere else."""

    mark: str
    user_id: str
    channel_id: str
    acked: bool


@dataclass
class Colleague:
    """Somebody who deploys one stage all the time, confirms, clicks twice, and aborts; and who approves it there."""

    person: Person
    stage: str
    random: Random
    approver: Person
    typed: list[Typed] = field(default_factory=list)

    def does_something(self) -> None:
        act = self.random.choices((self.types, self.confirms, self.aborts, self.decides), (45, 30, 10, 15))[0]
        with suppress(LookupError, ControlError):
            act()

    def types(self) -> None:
        """A deploy, with the preview or without."""
        mark = f"{self.stage.replace(' ', '-')}-{len(self.typed)}"
        image = self.random.choice(("v41", "v42", "v43", "v43", "v44"))
        rest = self.random.choice(("", " --yes", " --yes"))
        told = self.person.types(f"/tinystacks deploy {self.stage} {image} --reason {mark}{rest}")
        self.typed.append(Typed(mark, self.person.user_id, self.person.channel, bool(told["delivered"])))

    def confirms(self) -> None:
        """Twice, as impatient people do."""
        for _ in range(self.random.choice((1, 2))):
            self.person.clicks("Deploy")

    def aborts(self) -> None:
        self.person.clicks("Abort")

    def decides(self) -> None:
        """Twice as well; where nothing has to be approved there is no such button."""
        for _ in range(self.random.choice((1, 2))):
            self.approver.clicks("Approve")


@dataclass
class Siege:
    """`kills` kills at random instants, then time to come to rest. `typed`: every command, by person in their order.
    `cut_short`: deaths while it started."""

    box: Sandbox
    seed: int
    kills: int

    def __post_init__(self) -> None:
        self._random = Random(self.seed)
        self._over, self._nobody_waits = Event(), Event()
        self._people = [
            self._colleague("U0ANA", "C0DEPLOYS", "shop staging"),
            self._colleague("U0BO", "C0DEPLOYS", "payload-svc staging"),
            self._colleague("U0CY", "C0DEPLOYS", "web prod"),
            self._colleague("U0BO", "C0PROD", "shop prod"),
        ]
        self.cut_short = 0
        self.log = self.box.folder / "bot.log"

    @property
    def typed(self) -> list[Typed]:
        return [one for colleague in self._people for one in colleague.typed]

    def run(self, enough: Callable[[], bool], calm: Callable[[], bool]) -> None:
        """Kills, up to three times as often until there was `enough()`: on a busy machine little happens in a life.
        Then waits until `calm()`; AssertionError with the bot's log if that takes too long."""
        brood = Brood(self.box.bot.environ, self.log)
        try:
            with self._at_work():
                for number in range(3 * self.kills):
                    if number >= self.kills and enough():
                        break
                    self._one_life(brood)
            self._rest(brood, calm)
        finally:
            brood.close()

    def _colleague(self, user_id: str, channel_id: str, stage: str) -> Colleague:
        approver = self.box.person("U0CY", channel_id)
        return Colleague(self.box.person(user_id, channel_id), stage, Random(f"{self.seed} {stage}"), approver)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        threads = [Thread(target=self._works, args=(one,), name=one.stage) for one in self._people]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _works(self, colleague: Colleague) -> None:
        while not self._over.wait(colleague.random.uniform(0.05, 0.3)):
            if self._reachable():
                colleague.does_something()

    def _reachable(self) -> bool:
        return bool(self.box.slack.state.delivery.connections)  # type: ignore[attr-defined]

    def _one_life(self, brood: Brood) -> None:
        """Calls of this life land late, or not; death comes at any time: while it starts, too."""
        faults, slack = self.box.world.faults, self.box.slack
        for operation in WRITES:
            faults.late(operation, self._lateness())
        for method in ("chat.postMessage", "chat.update"):
            slack.add_fault("late", method, seconds=self._lateness())
        brood.start()
        if self._random.random() < 1 / 3:
            self.cut_short += 1
            self._nobody_waits.wait(self._random.uniform(0.1, 0.8))
        else:
            self._until(self._reachable)
            self._nobody_waits.wait(self._random.choice((0.8, 0.8, 2.8)) * self._random.random())
        brood.ends(signal.SIGKILL)

    def _lateness(self) -> float:
        return self._random.choice((0.0, 0.5, LATEST, LATEST)) * self._random.random()

    def _until(self, come: Callable[[], bool], seconds: float = 10.0) -> None:
        """Looks every 20 ms; after `seconds` it goes on all the same."""
        for _ in range(int(seconds / 0.02)):
            if come():
                return
            self._nobody_waits.wait(0.02)

    def _rest(self, brood: Brood, calm: Callable[[], bool]) -> None:
        """Nothing goes wrong any more; what would never end by itself is aborted."""
        self.box.world.faults.clear()
        self.box.slack.state.faults.pending.clear()
        brood.start()
        self._until(lambda: self._aborts_nothing() and calm(), REST_SECONDS)
        brood.ends(signal.SIGTERM)
        assert calm(), self.log.read_text()[-5_000:]

    def _aborts_nothing(self) -> bool:
        for person in (self._people[0].person, self._people[-1].person):
            with suppress(LookupError, ControlError):
                person.clicks("Abort")
                return False
        return True
