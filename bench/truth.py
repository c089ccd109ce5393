"""False successes: a card that says succeeded though ECS never completed that deployment on that image.

Every way a deployment can go wrong × with and without circuit breaker × every way AWS can answer badly, thirty times
faster than real. What the cards say is compared with what the world knows, which the bot cannot see."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

from bench.figure import Figure
from bench.fleet import Member, members, service_of
from bench.scene import TYPISTS, Scene, scene, wait_until
from sandbox.ecs.behaviours import DEPLOYMENT_FAULTS
from sandbox.ecs.world import World

SPEED, START_SECONDS, END_SECONDS, BEFORE_LAST_LOOK = 30.0, 10.0, 15.0, 3.0
NEVER_STARTED = "v47"  # its architecture is another one: the check before the preview stops it
BAD_IMAGES = ("v44", "v45", "v46", NEVER_STARTED)
KINDS = (*BAD_IMAGES, *DEPLOYMENT_FAULTS)
FINAL = ("succeeded", "failed", "rolled back", "superseded", "not run")

Break = Callable[[World], None]
BROKEN_AWS: dict[str, Break] = {
    "nothing": lambda _: None,
    "throttled": lambda world: world.faults.throttle("*", 60),
    "service deployments denied": lambda world: world.faults.deny("DescribeServiceDeployments"),
    "eventually consistent": lambda world: world.faults.stale(3),
    "unreachable for 10 s": lambda world: world.faults.unreachable(10.0),
    "answers 3 s late": lambda world: world.faults.slow("UpdateService", 3.0),
    "somebody else deploys": lambda _: None,
}


def measure() -> list[Figure]:
    """How many of the cards told a success that was none, and a failure that was none."""
    claims = [claim for name, broken in BROKEN_AWS.items() for claim in _round(name, broken)]
    false, missed = [c for c in claims if c[2:] == (True, False)], [c for c in claims if c[2:] == (False, True)]
    return [
        Figure(f"false successes in {len(claims)} deploys, every fault", len(false), "", 0, list(false)),
        Figure("… successes told", sum(said for _, _, said, _ in claims), ""),
        Figure("… completed by ECS and not (yet) told so", len(missed), "", samples=list(missed)),
    ]


def _round(name: str, broken: Break) -> list[tuple[str, str, bool, bool]]:
    """(AWS's fault, deployment's fault, the card says succeeded, it is true) of each stage."""
    fleet = [*members(2 * len(KINDS))]
    fleet = [_with_breaker(member, number < len(KINDS)) for number, member in enumerate(fleet)]
    with scene(fleet, speed=SPEED, limits=False) as it:
        it.connect()
        kinds = dict(zip(fleet, KINDS * 2, strict=True))
        _deploy(it, kinds, broken)
        if name == "somebody else deploys":
            _interfere(it)
        with suppress(TimeoutError):
            wait_until(lambda: all(_ended(it, member) for member in fleet), END_SECONDS, every=0.5)
        Event().wait(BEFORE_LAST_LOOK)
        return [(name, kinds[member], _said(it, member), _true(it, member)) for member in fleet]


def _with_breaker(member: Member, breaker: bool) -> Member:
    return Member(member.stack, member.stage, member.region, member.cluster, breaker)


def _deploy(it: Scene, kinds: dict[Member, str], broken: Break) -> None:
    for member, kind in kinds.items():
        if kind in DEPLOYMENT_FAULTS:
            it.world.faults.next_deployment(member.cluster, member.stack, kind)
    chosen = [(member, kind if kind in BAD_IMAGES else "v43") for member, kind in kinds.items()]
    with ThreadPoolExecutor(TYPISTS) as pool:
        list(pool.map(lambda pair: it.types_deploy(*pair), chosen))
    started = sum(image != NEVER_STARTED for _, image in chosen)
    with suppress(TimeoutError):
        wait_until(lambda: it.world.calls.count("UpdateService") >= started, START_SECONDS)
    broken(it.world)


def _interfere(it: Scene) -> None:
    """Somebody at the console puts every other service back to the revision before."""
    for member in it.members[::2]:
        params = {"cluster": member.cluster, "service": member.stack, "taskDefinition": f"{member.stack}:1"}
        it.world.call("UpdateService", member.region, "arn:aws:iam::111122223333:user/console", params)


def _ended(it: Scene, member: Member) -> bool:
    card = it.card(member)
    return card is not None and card.text.endswith(FINAL)


def _said(it: Scene, member: Member) -> bool:
    card = it.card(member)
    return card is not None and card.text.endswith("succeeded")


def _true(it: Scene, member: Member) -> bool:
    """ECS called a deployment of a new revision SUCCESSFUL, whatever came after it."""
    with it.world.lock:
        service = service_of(it.world, member)
        done = [service.revisions[one.target] for one in service.records if one.status == "SUCCESSFUL"]
    return any(not revision["taskDefinition"].endswith(f"{member.stack}:1") for revision in done)
