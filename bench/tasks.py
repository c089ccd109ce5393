"""`tasks` and `exec` on a service of 100 tasks, with 80 ms on every call to AWS."""

import time
from collections import Counter
from statistics import median

from bench.figure import Figure
from bench.fleet import Member
from bench.scene import PERSON, Scene, scene

TASKS, TRIES, LATENCY = 100, 5, 0.08
BIG = Member("big", "prod", "eu-west-1", "many-prod")
SETTLE = 180.0


def measure() -> list[Figure]:
    """Seconds from typing it to its answer; calls to AWS of each."""
    with scene([BIG]) as it:
        it.world.act.scale(BIG.region, BIG.cluster, BIG.stack, TASKS)
        it.world.tick(SETTLE)
        it.connect()
        it.world.faults.latency(LATENCY)
        figures = []
        for words, answered in (("tasks", f"{TASKS} of {TASKS} running"), ("exec", "aws ecs execute-command")):
            samples = [_asked(it, f"{words} {BIG.stack} {BIG.stage}", answered) for _ in range(TRIES + 1)]
            took, calls = [seconds for seconds, _ in samples], max(counts.total() for _, counts in samples)
            what, shown = f"`{words}`, {TASKS} tasks, {LATENCY * 1000:.0f} ms a call", [round(s, 2) for s in took]
            figures += [
                Figure(f"{what}: first after the start", took[0], "s", 1.0),
                Figure(f"{what}: median of {TRIES}", median(took[1:]), "s", 1.0, samples=shown),
                Figure(f"{what}: calls to AWS", calls, "calls", 7, samples=[dict(samples[0][1])]),
            ]
    return figures


def _asked(it: Scene, words: str, answered: str) -> tuple[float, Counter[str]]:
    person, before = it.box.person(PERSON), len(it.world.calls)
    old = {one["ts"] for one in person.sees()}
    started = time.perf_counter()
    person.types(f"/tinystacks {words}")
    person.waits_for(lambda message: answered in f"{message}" and message["ts"] not in old, seconds=30.0)
    return time.perf_counter() - started, Counter(call.operation for call in it.world.calls[before:])
