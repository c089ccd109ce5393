"""`logs` of a service of 100 tasks, and of one of 3, with 80 ms on every call to AWS; and what masking costs."""

import time
from collections import Counter
from statistics import median

from bench.figure import Figure
from bench.fleet import Member
from bench.scene import PERSON, Scene, scene
from bot.adapters.secrets import DetectedSecrets
from bot.domain.masking import masked

TRIES, LATENCY, SETTLE = 5, 0.08, 180.0
SIZES = {"big": 100, "few": 3}
LINE = "2026-11-23T09:00:00Z INFO GET /catalogue/{} 200 token_count=5 key request_id={:032x} Mozilla/5.0 (X11; Linux) "
WIDTH, LINES = 180, 1_000


def measure() -> list[Figure]:
    """Seconds from typing it to its answer and calls to AWS of each; milliseconds for the masking of 1,000 lines."""
    members = [Member(name, "prod", "eu-west-1", "many-prod") for name in SIZES]
    with scene(members) as it:
        for member in members:
            it.world.act.scale(member.region, member.cluster, member.stack, SIZES[member.stack])
        it.world.tick(SETTLE)
        it.connect()
        it.world.faults.latency(LATENCY)
        figures = [figure for member in members for figure in _figures(it, member)]
    return [*figures, _masking()]


def _figures(it: Scene, member: Member) -> list[Figure]:
    samples = [_asked(it, member) for _ in range(TRIES + 1)]
    took, calls = [seconds for seconds, _ in samples], max(counts.total() for _, counts in samples)
    what, shown = f"`logs`, {SIZES[member.stack]} tasks, {LATENCY * 1000:.0f} ms a call", [round(s, 2) for s in took]
    return [
        Figure(f"{what}: first", took[0], "s", 1.0),
        Figure(f"{what}: median of {TRIES}", median(took[1:]), "s", 1.0, samples=shown),
        Figure(f"{what}: calls to AWS", calls, "calls", 7, samples=[dict(samples[0][1])]),
    ]


def _asked(it: Scene, member: Member) -> tuple[float, Counter[str]]:
    person, before = it.box.person(PERSON), len(it.world.calls)
    old, title = {one["ts"] for one in person.sees()}, f"Logs of {member.stack}"
    started = time.perf_counter()
    person.types(f"/tinystacks logs {member.stack} {member.stage}")
    person.waits_for(lambda message: title in f"{message}" and message["ts"] not in old, seconds=30.0)
    return time.perf_counter() - started, Counter(call.operation for call in it.world.calls[before:])


def _masking() -> Figure:
    find = DetectedSecrets().find
    lines = [LINE.format(number, number * 7_919).ljust(WIDTH, "x") for number in range(LINES)]
    took = []
    for _ in range(TRIES + 1):
        started = time.perf_counter()
        masked(lines, find)
        took.append((time.perf_counter() - started) * 1_000)
    what = f"masking {LINES:,} log lines of {WIDTH} characters: median of {TRIES}"
    return Figure(what, median(took[1:]), "ms", 100, samples=[round(one, 1) for one in took])
