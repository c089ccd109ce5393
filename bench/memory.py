"""What the bot's process holds in memory while it follows 30 rollouts: the most within a minute."""

from threading import Event

from psutil import Process

from bench.figure import Figure
from bench.scene import Scene, rolling

ROLLOUTS, SECONDS = 30, 60
MIB = 2**20


def measure() -> list[Figure]:
    """Resident set size in MiB, over a minute that begins when every rollout has been asked for."""
    with rolling(ROLLOUTS) as it:
        sizes = _sizes(it)
    return [Figure(f"memory with {ROLLOUTS} rollouts", max(sizes), "MiB", 150, [round(size, 1) for size in sizes])]


def _sizes(it: Scene) -> list[float]:
    process, pause, sizes = Process(it.box.bot.pid), Event(), []
    for _ in range(SECONDS):
        sizes.append(process.memory_info().rss / MIB)
        pause.wait(1.0)
    return sizes
