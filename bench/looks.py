"""What following 30 rollouts costs: calls to AWS for each look (all rollouts of a cluster at once), and a minute."""

from collections import Counter
from threading import Event

from bench.figure import Figure
from bench.fleet import CLUSTERS
from bench.scene import rolling

ROLLOUTS, SECONDS, SERVICES_A_CALL = 30, 60.0, 10


def measure() -> list[Figure]:
    """Over a minute at real speed; a look asks for its services ten at a time."""
    with rolling(ROLLOUTS) as it:
        Event().wait(10.0)
        before = len(it.world.calls)
        Event().wait(SECONDS)
        counts = Counter(call.operation for call in it.world.calls[before:])
    a_look = -(-ROLLOUTS // len(CLUSTERS) // SERVICES_A_CALL)
    looks = counts["DescribeServices"] / a_look
    return [
        Figure("AWS calls a look (15 rollouts of one cluster)", counts.total() / looks, "", samples=[dict(counts)]),
        Figure(f"AWS calls a minute, {ROLLOUTS} rollouts in two clusters", counts.total() * 60 / SECONDS, ""),
    ]
