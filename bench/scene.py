"""The sandbox with a fleet and the bot connected to it, and what every bench does with them."""

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from urllib.error import URLError
from urllib.request import urlopen

from bench import fleet
from bench.fleet import Member
from sandbox.ports import free_port
from sandbox.slack.messages import Message
from sandbox.slack.workspace import Json
from sandbox.whole import Sandbox

CHANNEL = "C0DEPLOYS"
PERSON = "U0ANA"
CONNECT_SECONDS = 30.0
POLL_SECONDS = 0.02
LOG_SHOWN = 2_000
TYPISTS = 4


class Scene:
    """A running sandbox with its fleet; the bot is started and connected by `connect`."""

    def __init__(self, box: Sandbox, members: Sequence[Member], health_url: str) -> None:
        self.box, self.world, self.members, self.health_url = box, box.world, members, health_url

    def connect(self) -> float:
        """Starts the bot; seconds until Slack's hello was heard and /healthz answers 200."""
        started = time.perf_counter()
        self.box.bot.start()
        try:
            wait_until(self.healthy, CONNECT_SECONDS)
        except TimeoutError as error:
            log = (self.box.folder / "bot.log").read_text()[-LOG_SHOWN:]
            raise RuntimeError(
                f"the bot did not connect within {CONNECT_SECONDS:g} s; the end of its log:\n{log}"
            ) from error
        return time.perf_counter() - started

    def healthy(self) -> bool:
        try:
            with urlopen(self.health_url, timeout=1) as response:
                return bool(json.load(response)["ok"])
        except (URLError, OSError):
            return False

    def deploys(self, image: str, members: Sequence[Member] | None = None, seconds: float = 60.0) -> None:
        """Types one deploy for each and returns when AWS was asked for the last; TimeoutError after `seconds`."""
        chosen = self.members if members is None else members
        asked = self.world.calls.count("UpdateService") + len(chosen)
        with ThreadPoolExecutor(TYPISTS) as pool:
            acks = list(pool.map(lambda member: self.types_deploy(member, image), chosen))
        if not all(ack["delivered"] for ack in acks):
            raise RuntimeError(f"a deploy was not delivered: {acks}")
        wait_until(lambda: self.world.calls.count("UpdateService") >= asked, seconds)

    def types_deploy(self, member: Member, image: str) -> Json:
        """Somebody deploys it without a preview; how Slack's request was answered."""
        words = f"/tinystacks deploy {member.stack} {member.stage} {image} --yes"
        return self.box.person(PERSON).types(words)

    def card(self, member: Member) -> Message | None:
        """The newest card of this stage, as it looks now."""
        title = f"Deploy {member.title}:"
        found = [one for one in self._public() if title in one.text and one.thread_ts in (None, one.ts)]
        return found[-1] if found else None

    def thread(self, card: Message) -> list[Message]:
        """The replies under a card, oldest first."""
        return [one for one in self._public() if one.thread_ts == card.ts != one.ts]

    def _public(self) -> list[Message]:
        return self.box.slack.state.messages.public(CHANNEL)


def wait_until(true: Callable[[], bool], seconds: float, every: float = POLL_SECONDS) -> None:
    """TimeoutError if it does not come true in time."""
    deadline, pause = time.monotonic() + seconds, Event()
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s; run it again when the machine is quieter")
        pause.wait(every)


@contextmanager
def scene(
    members: Sequence[Member], *, speed: float = 1.0, over_http: bool = False, limits: bool = True
) -> Iterator[Scene]:
    """A fleet in a sandbox of its own, the bot not yet started. `limits`: Slack's rate limits."""
    with tempfile.TemporaryDirectory(prefix="tinystacks-bench-") as name:
        folder, port = Path(name), free_port()
        config = fleet.write_config(folder / "tinystacks.yml", members)
        box = Sandbox(folder, speed=speed, bot_port=port, over_http=over_http, config=config, limits=limits)
        fleet.add(box.world, members)
        with box:
            yield Scene(box, members, f"http://127.0.0.1:{port}/healthz")


@contextmanager
def rolling(count: int, *, over_http: bool = False) -> Iterator[Scene]:
    """`count` rollouts under way at real speed, one task at a time: each lasts about five minutes."""
    with scene(fleet.members(count, highest=125), over_http=over_http) as it:
        it.connect()
        for member in it.members:
            it.world.faults.next_deployment(member.cluster, member.stack, "slow_start")
        it.deploys("v43")
        yield it
