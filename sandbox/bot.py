"""The bot under test: started as a user starts it, pointed at the sandbox, killed when somebody wants to see that."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

RUN = (sys.executable, "-m", "bot")
_STOP_SECONDS = 15


class Process(Protocol):
    """What is asked of a started process, as `Popen` answers it."""

    pid: int

    def poll(self) -> int | None: ...
    def send_signal(self, sig: int, /) -> None: ...
    def wait(self, timeout: float | None = None) -> int: ...


class Bot:
    """One process of the bot. `command`: how it is started; `environ`: its whole environment."""

    def __init__(self, environ: Mapping[str, str], command: Sequence[str] = RUN, log: Path | None = None) -> None:
        self.environ, self.command, self.log = dict(environ), tuple(command), log
        self._process: Process | None = None
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def exit_code(self) -> int | None:
        """How it ended, minus the signal's number if by one; None if it never ran or runs."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Starts it, unless it runs."""
        with self._lock:
            if self.pid is None:
                self._process = self._spawned()

    def kill(self) -> None:
        """SIGKILL, at once."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM; SIGKILL if it does not end in time."""
        try:
            self._end(signal.SIGTERM)
        except subprocess.TimeoutExpired:
            self._end(signal.SIGKILL)

    def _spawned(self) -> Process:
        log = self.log.open("ab") if self.log else None
        process = subprocess.Popen(self.command, env=self.environ, stdout=log, stderr=log)
        if log:
            log.close()
        return process

    def _end(self, number: signal.Signals) -> None:
        with self._lock:
            if self._process and self._process.poll() is None:
                self._process.send_signal(number)
                self._process.wait(_STOP_SECONDS)


def environ_of(slack_api_url: str, aws_url: str, folder: Path, config: Path, **more: str) -> dict[str, str]:
    """What a user would set, with the sandbox's addresses; Socket Mode. AWS's own variables of this shell are left
    out: the sandbox must never reach a real account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SLACK_", "TINYSTACKS_"))}
    return kept | {
        "SLACK_API_URL": slack_api_url,
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_APP_TOKEN": "xapp-sandbox",
        "TINYSTACKS_CONFIG": str(config),
        "TINYSTACKS_DATABASE": f"sqlite:///{folder / 'tinystacks.db'}",
        "AWS_ENDPOINT_URL": aws_url,
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_DEFAULT_REGION": "us-east-1",
        **more,
    }
