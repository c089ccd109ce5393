"""What every test run shares."""

import gc
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.fitness import SEEN, objections

LONG = {"browser": 0, "stories": 1}
MEMORY, ROOM = "/dev/shm", 1 << 29
# Nothing that a test writes has to outlast the run, and a kill is no power cut: no test could tell a disk from memory,
# but each transaction waits for a disk. Where there is little room, as in some containers, it would fill up.
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ["TMPDIR"] = tempfile.tempdir = MEMORY

# On a busy machine an example may take long without being wrong. EXAMPLES=1000 looks longer.
settings.register_profile("calm", deadline=None, max_examples=int(os.environ.get("EXAMPLES", "40")))
settings.load_profile("calm")


# What is imported and collected stays: looking through it for garbage again and again is a quarter of collecting.
gc.disable()


def pytest_collection_finish() -> None:
    """From here on garbage is collected, from what tests make."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, and a story beside a browser: the one waits while the other works. Nothing long is left for
    the end, where one worker would go on alone (with `--no-loadscope-reorder`)."""
    ranks: dict[Path, tuple[int, int]] = {}
    found: Counter[str] = Counter()
    for path in dict.fromkeys(item.path for item in items):
        room = path.parent.name
        found[room] += 1
        ranks[path] = (found[room] if room in LONG else len(items), LONG.get(room, 0))
    items.sort(key=lambda item: ranks[item.path])


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
