"""The first minute: from a fresh clone, with nothing in the package caches, to the page answering a deploy."""

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from bench.figure import Figure
from bench.scene import wait_until
from sandbox.slack.person import Person

CLONED = Path(__file__).parents[1]
DEPLOY = "/tinystacks deploy shop staging v43"
MOST_SECONDS = 90.0
WAIT_SECONDS = 300.0
URL = re.compile(r"http://127\.0\.0\.1:\d+")


def measure() -> list[Figure]:
    """Seconds from `git clone` of what is committed here; the package index is whatever pip is told to use."""
    with tempfile.TemporaryDirectory(prefix="tinystacks-first-") as name:
        folder, started = Path(name), time.perf_counter()
        subprocess.run(("git", "clone", "--quiet", CLONED, folder / "clone"), check=True)
        with demo(folder) as url:
            set_up = time.perf_counter() - started
            answers(Person(url, "U0ANA"))
            done = time.perf_counter() - started
        size = sum(one.stat().st_size for one in (folder / "caches").rglob("*") if one.is_file()) / 2**20
    return [
        Figure("fresh clone to the page answering a deploy, cold caches", done, "s", MOST_SECONDS),
        Figure("of which until the page is there", set_up, "s"),
        Figure("what the package caches hold afterwards", size, "MiB"),
    ]


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """`make demo` in the clone, its page's address once it is told; ended as Ctrl-C ends it."""
    caches = {name: str(folder / "caches" / name) for name in ("UV_CACHE_DIR", "PIP_CACHE_DIR")}
    left = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL")}
    log = folder / "demo.log"
    with log.open("w") as out:
        made = subprocess.Popen(
            ("make", "demo"), cwd=folder / "clone", env=left | caches, stdout=out, stderr=out, start_new_session=True
        )
    try:
        wait_until(lambda: made.poll() is not None or bool(URL.search(log.read_text())), WAIT_SECONDS)
        found = URL.search(log.read_text())
        if found is None:
            raise RuntimeError(f"`make demo` ended without an address:\n{log.read_text()[-2_000:]}")
        yield found[0]
    finally:
        os.killpg(made.pid, signal.SIGINT)
        made.wait()


def answers(ana: Person) -> None:
    """The page loads, and the bot answers with a preview; asked again while it is still connecting."""
    with urlopen(f"http://{ana.host}/") as page:
        assert page.status == 200
    wait_until(lambda: bool(ana.types(DEPLOY)["delivered"]), WAIT_SECONDS, every=0.2)
    ana.waits_for("Deploy shop → staging?", seconds=WAIT_SECONDS)
