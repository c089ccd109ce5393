"""Bots of tests, each a process of its own, without the time that importing takes: one process imports everything
once and forks the others. `python -m bot` itself is started by tests/stories/test_processes.py.
"""

import atexit
import json
import os
import runpy
import select
import signal
import subprocess
import sys
from functools import cache
from threading import Lock
from types import TracebackType
from typing import Any

from sandbox.bot import Bot, Process
from sandbox.whole import Sandbox
from tests.fitness import faults_of


class Nursery:
    """The process that forks, as seen from the tests."""

    def __init__(self) -> None:
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen((sys.executable, "-m", "tests.nursery"), text=True, bufsize=1, **pipes)
        self._lock = Lock()

    def asks(self, **question: object) -> Any:
        """One question, one answer."""
        assert self._process.stdin
        assert self._process.stdout
        with self._lock:
            self._process.stdin.write(json.dumps(question) + "\n")
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """Ends it; its bots live on."""
        self._process.communicate()


@cache
def nursery() -> Nursery:
    """The one of this test process, there until the process ends."""
    opened = Nursery()
    atexit.register(opened.close)
    return opened


class Child:
    """A forked process, with what `Popen` would say of it."""

    def __init__(self, pid: int) -> None:
        self.pid, self._code = pid, None

    def poll(self) -> int | None:
        """Its exit code, minus the signal's number if by one; None while it runs."""
        if self._code is None:
            self._code = nursery().asks(ended=self.pid)
        return self._code

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code; TimeoutExpired after `timeout` seconds."""
        watched = os.pidfd_open(self.pid) if self.poll() is None else None
        if watched is not None:
            select.select([watched], [], [], timeout)
            os.close(watched)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return code


class ForkedBot(Bot):
    """A bot whose `command` is `python -m MODULE`, run in a fork."""

    def _spawned(self) -> Process:
        log = str(self.log) if self.log else os.devnull
        return Child(nursery().asks(module=self.command[2], environ=self.environ, log=log))


class QuickSandbox(Sandbox):
    """A sandbox with such a bot. Whatever Slack would refuse of what that says fails the test (tests/fitness.py).
    `refuses`: unless the test is about that."""

    bots = ForkedBot
    refuses = False

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        super().__exit__(kind, error, at)
        faults = [] if self.refuses else faults_of(self.slack.state)
        assert kind or not faults, "Slack would refuse:\n" + "\n".join(faults[:10])


def main() -> None:
    """Forks and tells, until standard input ends."""
    import bot.assembly  # noqa: F401
    from bot.adapters.aws.sessions import service_models

    service_models().load_service_model("ecs", "service-2")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin:
        question = json.loads(line)
        told = _ended(question["ended"]) if "ended" in question else _forked(**question)
        print(json.dumps(told), flush=True)


def _ended(pid: int) -> int | None:
    done, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if done else None


def _forked(module: str, environ: dict[str, str], log: str) -> int:
    pid = os.fork()
    if pid == 0:
        _becomes(environ, log)
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        sys.exit()
    return pid


def _becomes(environ: dict[str, str], log: str) -> None:
    """The environment, the streams and the arguments of a process that was just started."""
    os.environ.clear()
    os.environ.update(environ)
    told, nothing = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (told, 1), (told, 2)):
        os.dup2(source, target)
    sys.argv = ["bot"]


if __name__ == "__main__":
    main()
