"""From ECS's COMPLETED to the card that says succeeded, ten rollouts at once at real speed."""

from bench.figure import Figure
from bench.fleet import Member, members, primary_of
from bench.scene import Scene, scene, wait_until

DEPLOYS, SECONDS = 10, 300.0


def measure() -> list[Figure]:
    """The slowest of ten, seconds."""
    with scene(members(DEPLOYS)) as it:
        it.connect()
        it.deploys("v43")
        wait_until(lambda: all(_said_at(it, member) for member in it.members), SECONDS)
        took = [_said_at(it, member) - _completed_at(it, member) for member in it.members]
    what = f"ECS COMPLETED to the card saying so, slowest of {DEPLOYS} at once"
    return [Figure(what, max(took), "s", 15, [round(seconds, 1) for seconds in took])]


def _said_at(it: Scene, member: Member) -> float:
    """When the card was last edited, once it says succeeded; epoch seconds, 0 before."""
    card = it.card(member)
    return float(card.edited_ts or card.ts) if card and card.text.endswith("succeeded") else 0.0


def _completed_at(it: Scene, member: Member) -> float:
    return primary_of(it.world, member).record.times["finishedAt"].timestamp()
