"""From starting the process to being connected: hello heard, /healthz 200. Warm: a first start is not counted."""

from statistics import median

from bench.figure import Figure
from bench.fleet import members
from bench.scene import scene

STARTS = 5


def measure() -> list[Figure]:
    """Median of five, seconds."""
    with scene(members(2)) as it:
        took = []
        for _ in range(STARTS + 1):
            took.append(it.connect())
            it.box.bot.stop()
    return [Figure("process start to connected, warm", median(took[1:]), "s", 2.5, [round(s, 2) for s in took[1:]])]
