"""A crash loop that no circuit breaker ends, at real speed: from UpdateService to its cause in the thread."""

from bench.figure import Figure
from bench.fleet import Member, members
from bench.scene import Scene, scene, wait_until

RUNS, CAUSE, SECONDS = 3, "exit code 1", 120.0


def measure() -> list[Figure]:
    """The slowest of three, which run at the same time; seconds."""
    with scene(members(RUNS, breaker=False)) as it:
        it.connect()
        it.deploys("v44")
        wait_until(lambda: all(_told_at(it, member) for member in it.members), SECONDS)
        took = [_told_at(it, member) - _updated_at(it, member) for member in it.members]
    what = "crash loop without breaker: UpdateService to its cause in the thread"
    return [Figure(what, max(took), "s", 60, [round(seconds, 1) for seconds in took])]


def _told_at(it: Scene, member: Member) -> float:
    """When the reply with the exit code was posted, epoch seconds; 0 while there is none."""
    card = it.card(member)
    told = [one for one in it.thread(card) if CAUSE in f"{one.blocks}".replace("*", "")] if card else []
    return float(told[0].ts) if told else 0.0


def _updated_at(it: Scene, member: Member) -> float:
    calls = it.world.calls.of("UpdateService")
    return next(call.at.timestamp() for call in calls if call.params["service"].endswith(member.stack))
