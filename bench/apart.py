"""Slack, AWS, the bot and the typists in a process each: what is measured at Slack is then not the sandbox's own queue.

The other benches keep Slack and AWS in their own process, where they can be looked into."""

import gc
import multiprocessing
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event

from bench import fleet
from bench.fleet import Member
from bench.scene import TYPISTS, wait_until
from sandbox.bot import Bot, environ_of
from sandbox.ecs.seed import seed as seed_ecs
from sandbox.ecs.world import World
from sandbox.ports import free_port
from sandbox.slack.http_delivery import HttpDelivery
from sandbox.slack.person import Person
from sandbox.slack.server import SlackServer
from sandbox.slack.workspace import seed as seed_slack
from sandbox.whole import SIGNING_SECRET

_FORK = multiprocessing.get_context("fork")
_START_SECONDS = 60.0
_BUSY_SECONDS = 90.0


@dataclass(frozen=True)
class Apart:
    """The fleet under way; `slack_url`: where to type."""

    members: list[Member]
    slack_url: str

    def person(self, user_id: str) -> Person:
        """Somebody at the keyboard."""
        return Person(self.slack_url, user_id)


@contextmanager
def rolling(count: int, *, over_http: bool) -> Iterator[Apart]:
    """`count` rollouts under way at real speed, one task at a time: each lasts about five minutes."""
    members, port = fleet.members(count, highest=125), free_port()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tinystacks-bench-")))
        aws = stack.enter_context(_process(_aws, members))
        slack = stack.enter_context(_process(_slack, f"http://127.0.0.1:{port}/slack/events" if over_http else ""))
        aws_url, slack_url = aws.recv(), slack.recv()
        config = fleet.write_config(folder / "tinystacks.yml", members)
        environ = environ_of(f"{slack_url}/api/", aws_url, folder, config, PORT=str(port))
        if over_http:
            del environ["SLACK_APP_TOKEN"]
            environ["SLACK_SIGNING_SECRET"] = SIGNING_SECRET
        bot = Bot(environ, log=folder / "bot.log")
        stack.callback(bot.kill)
        bot.start()
        wait_until(lambda: "Ready over" in (folder / "bot.log").read_text(), _START_SECONDS)
        it = Apart(members, slack_url)
        _deploy_all(it)
        wait_until(lambda: _updates(aws) >= count, _BUSY_SECONDS, every=0.5)
        yield it


def _deploy_all(it: Apart) -> None:
    words = [f"/tinystacks deploy {member.stack} {member.stage} v43 --yes" for member in it.members]
    with ThreadPoolExecutor(TYPISTS) as pool:
        list(pool.map(it.person("U0ANA").types, words))


def _updates(aws: Connection) -> int:
    aws.send("UpdateService")
    return int(aws.recv())


@contextmanager
def _process(serve: Callable[..., None], *given: object) -> Iterator[Connection]:
    ours, theirs = _FORK.Pipe()
    gc.freeze()
    process = _FORK.Process(target=serve, args=(theirs, *given), daemon=True)
    process.start()
    try:
        yield ours
    finally:
        process.kill()
        process.join()


def _aws(us: Connection, members: list[Member]) -> None:
    world = World()
    seed_ecs(world)
    fleet.add(world, members)
    for member in members:
        world.faults.next_deployment(member.cluster, member.stack, "slow_start")
    with world.serving() as url:
        world.start()
        us.send(url)
        while operation := us.recv():
            us.send(world.calls.count(operation))


def _slack(us: Connection, events_url: str) -> None:
    delivery = HttpDelivery(events_url, SIGNING_SECRET) if events_url else None
    with SlackServer(seed_slack(), delivery=delivery) as slack:
        us.send(slack.base_url)
        Event().wait()
