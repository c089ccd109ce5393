"""`status` of 60 stages in three regions, and of one stage, with 80 ms on every call to AWS."""

import time
from collections import Counter
from collections.abc import Mapping
from statistics import median

from bench.figure import Figure
from bench.fleet import Member
from bench.scene import PERSON, Scene, scene

REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2")
STAGES, TRIES, LATENCY = 60, 5, 0.08
DESCRIBED = "DescribeServices"


def measure() -> list[Figure]:
    """Seconds from typing it to its answer; calls to AWS of each."""
    with scene(_members()) as it:
        it.connect()
        it.world.faults.latency(LATENCY)
        first, cold = _asked(it, "status", "60 stages")
        again = [_asked(it, "status", "60 stages") for _ in range(TRIES)]
        details = [_asked(it, f"status {one.stack} {one.stage}", "Deployments") for one in it.members[:TRIES]]
    most = max(calls[DESCRIBED] for _, calls in [(first, cold), *again])
    what = f"`status`, {STAGES} stages in {len(REGIONS)} regions, {LATENCY * 1000:.0f} ms a call"
    return [
        Figure(f"{what}: first after the start", first, "s", 2.0, samples=[dict(cold)]),
        Figure(f"{what}: median of {TRIES}", median(s for s, _ in again), "s", 2.0, samples=_rounded(again)),
        Figure(f"{what}: DescribeServices", most, "calls", STAGES / 10 + 1),
        Figure(
            f"`status STACK STAGE`: median of {TRIES}",
            median(s for s, _ in details),
            "s",
            1.0,
            samples=_rounded(details),
        ),
        Figure("`status STACK STAGE`: calls to AWS", max(c.total() for _, c in details), "calls", 7),
    ]


def _members() -> list[Member]:
    """Each stack has a stage in each region."""
    places = [(f"in-{region}", region, f"many-{region}") for region in REGIONS]
    return [Member(f"app{number:02}", *where) for number in range(STAGES // len(REGIONS)) for where in places]


def _asked(it: Scene, words: str, answered: str) -> tuple[float, Counter[str]]:
    person, before = it.box.person(PERSON), len(it.world.calls)
    old = {one["ts"] for one in person.sees()}
    started = time.perf_counter()
    person.types(f"/tinystacks {words}")
    person.waits_for(lambda message: answered in f"{message}" and message["ts"] not in old, seconds=30.0)
    return time.perf_counter() - started, Counter(call.operation for call in it.world.calls[before:])


def _rounded(samples: list[tuple[float, Counter[str]]]) -> list[Mapping[str, float]]:
    return [{"s": round(seconds, 2), **calls} for seconds, calls in samples]
