"""The first useful answer: from typing a deploy to seeing its preview, with 80 ms on every call to AWS."""

import time
from statistics import median

from bench.figure import Figure
from bench.fleet import Member, members
from bench.scene import PERSON, Scene, scene

TRIES, LATENCY = 5, 0.08


def measure() -> list[Figure]:
    """The very first after the start, and the median of five more; seconds."""
    with scene(members(TRIES + 1)) as it:
        it.connect()
        it.world.faults.latency(LATENCY)
        took = [_seconds(it, member) for member in it.members]
    what = f"preview, {LATENCY * 1000:.0f} ms a call to AWS"
    return [
        Figure(f"{what}: first after the start", took[0], "s"),
        Figure(f"{what}: median of {TRIES}", median(took[1:]), "s", samples=[round(s, 2) for s in took]),
    ]


def _seconds(it: Scene, member: Member) -> float:
    person, started = it.box.person(PERSON), time.perf_counter()
    person.types(f"/tinystacks deploy {member.stack} {member.stage} v43")
    person.waits_for(lambda message: member.stack in f"{message}" and "deploy:confirm" in f"{message}", seconds=30.0)
    return time.perf_counter() - started
