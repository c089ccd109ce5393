"""What every test run shares."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from tests.fitness import SEEN, objections

MEMORY, ROOM = "/dev/shm", 1 << 29
# Nothing that a test writes has to outlast the run, and a kill is no power cut: no test could tell a disk from memory,
# but each transaction waits for a disk. Where there is little room, as in some containers, it would fill up.
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ["TMPDIR"] = tempfile.tempdir = MEMORY

# On a busy machine an example may take long without being wrong. EXAMPLES=1000 looks longer.
settings.register_profile("calm", deadline=None, max_examples=int(os.environ.get("EXAMPLES", "40")))
settings.load_profile("calm")


@pytest.fixture(autouse=True)
def _fit_for_slack() -> Iterator[None]:
    """Whatever a fake Slack was handed in this test, the real one would have taken."""
    yield
    found = objections()
    assert not found, "Slack would refuse:\n" + "\n".join(found[:10])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of xdist tells how much it looked at."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["looked_at"] = dict(SEEN)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    SEEN.update(getattr(node, "workeroutput", {}).get("looked_at", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if SEEN:
        told = ", ".join(f"{count:,} {kind}" for kind, count in sorted(SEEN.items()))
        terminalreporter.write_line(f"handed to Slack, and fit for it: {told}")
