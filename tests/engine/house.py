"""The whole engine in the hand of a test: fakes that pass the real adapters' contract tests, the real store, a clock
that only the test moves.

world = World(path)
preview = world.types("deploy shop staging v42")
world.clicks(preview, "Deploy")
world.runs()
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import commands
from bot.adapters.calendar import CronCalendar
from bot.adapters.charts import PillowCharts
from bot.adapters.secrets import DetectedSecrets
from bot.adapters.sqlite import SqliteStore
from bot.adapters.sqlite.reading import AuditFile
from bot.domain.audit import Row
from bot.domain.changes import Change
from bot.domain.ecs import LogTarget
from bot.domain.requests import Kind, Request
from bot.domain.stacks import Config, Place, Stack, Stage
from bot.engine.commands import Command, House, discover
from bot.engine.dispatch import Dispatch
from bot.engine.ports import Ports, Posting
from bot.engine.steps import step_of
from bot.engine.timings import Timings
from bot.engine.tokens import hidden
from tests.engine.timed_chat import TimedChat
from tests.fakes.chat import Link, Said, seeded_people
from tests.fakes.ecs import FakeEcs
from tests.fakes.ecs_story import START
from tests.fakes.groups import FakeGroups
from tests.fakes.hardware import FakeHardware
from tests.fakes.metrics import FakeMetrics
from tests.fakes.registry import FakeImages, FakeLogs
from tests.fakes.scaling import FakeScaling
from tests.fakes.wakes import HandClock, HandWakes
from tests.fitness import judge_answer

STAGING, PROD = Place("us-east-1", "staging"), Place("us-east-1", "prod")
REPOSITORY = "111122223333.dkr.ecr.us-east-1.amazonaws.com/shop"
ANA, BO, CY, GUEST, STRANGER = "U0ANA", "U0BO", "U0CY", "U0GUEST", "U0STRANGER"
LOGS = LogTarget("/ecs/shop", "ecs")
CHANNEL = "C0DEPLOYS"
_SECRETS = DetectedSecrets()
ASKED_IN = "C0RANDOM"


def config(**staging: Any) -> Config:
    """Stack shop with stages staging and prod; `staging` are fields of that stage."""
    first = Stage("shop", "staging", STAGING, "shop", CHANNEL, may_change=("developers",))
    second = Stage("shop", "prod", PROD, "shop-prod", "C0PROD", may_change=("release",))
    people: dict[str, tuple[str, ...]] = {"developers": ("S0DEV",), "release": ("S0REL",)}
    return Config("T0ACME", people, (Stack("shop", (replace(first, **staging), second)),))


@cache
def _migrated() -> bytes:
    """A database as the migrations leave it: to run them for each world took half of the tests' time."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        SqliteStore(path).close()
        return path.read_bytes()


class World:
    """Slack, ECS, people and time around one engine on the database at `path`."""

    def __init__(
        self,
        path: Path,
        config: Config,
        timings: Timings | None = None,
        verbs: Mapping[str, Command] | None = None,
    ) -> None:
        self.path, self.clock = path, HandClock(START)
        self.ecs, self.images = FakeEcs(self.clock.now), FakeImages()
        self.logs = FakeLogs(self.clock.now)
        self.scaling, self.groups = FakeScaling(self.ecs), FakeGroups(self.ecs, self.clock.now)
        self.metrics, self.hardware = FakeMetrics(), FakeHardware()
        self.chat, self.people = TimedChat(self.clock), seeded_people()
        self._numbers = count(1)
        if not path.exists():
            path.touch(0o600)
            path.write_bytes(_migrated())
        self.store = SqliteStore(path)
        self.wakes = HandWakes(self.store, self.clock)
        self.house = House(config, self._ports(), timings or Timings(), verbs or discover(commands))
        self.dispatch = Dispatch(self.house)
        self.last = self.request(Kind.HOME)
        self.wakes.start(step_of(self.house))
        self._seed()

    def request(self, kind: Kind, user: str = ANA, **fields: Any) -> Request:
        """A fresh request with its own trigger and response_url."""
        number = next(self._numbers)
        trigger_id, url = f"trigger-{number}", f"https://hooks.example/{number}"
        self.chat.triggers.add(trigger_id)
        self.chat.links[url] = Link(fields.get("channel_id", ASKED_IN), user)
        base = Request(f"key-{number}", kind, "T0ACME", user, user, self.clock.now(), channel_id=ASKED_IN)
        return replace(base, **{"trigger_id": trigger_id, "response_url": url, **fields})

    def types(self, text: str, user: str = ANA, **fields: Any) -> Said | None:
        """`/tinystacks TEXT`; the answer that only this person sees."""
        self.last = self.request(Kind.COMMAND, user, text=text, **fields)
        return self.does(self.last)

    def clicks(self, said: Said | None, button: str, user: str = ANA, **fields: Any) -> Said | None:
        """Presses the button with that text."""
        assert said is not None, "there is no message to click on"
        element = buttons(said)[button]
        known = {"action_id": element["action_id"], "value": element.get("value", "")}
        where = {} if said.only_for else {"channel_id": self._channel_of(said), "message_ts": said.ts}
        request = self.request(Kind.ACTION, user, **{**known, **where, **fields})
        if said.only_for:
            self.chat.links[request.response_url].answered = said
        return self.does(request)

    def submits(self, values: Mapping[str, Mapping[str, str]], user: str = ANA) -> Said | None:
        """Sends the deploy form off."""
        metadata = json.dumps({"channel_id": ASKED_IN})
        self.last = self.request(
            Kind.SUBMISSION, user, callback_id="deploy", values=values, metadata=metadata, channel_id=""
        )
        self.chat.links[self.last.response_url].channel_id = ASKED_IN
        return self.does(self.last)

    def does(self, request: Request) -> Said | None:
        """Runs one request to its end, as it comes in through the intake; the answer: a new message to that person, or
        the one it took the place of."""
        request, link = hidden(request), self.chat.links[request.response_url]
        before = len(self.chat.channels[link.channel_id])
        with self.store.transaction() as tx:
            tx.insert_request(request, ack := self.dispatch.ack(request)[0])
        judge_answer(ack.payload or {})
        self.dispatch.run(request)
        new = self.chat.channels[link.channel_id][before:]
        return new[-1] if new else link.answered

    def deploys(self, image: str = "v42", stage: str = "staging", user: str = ANA) -> None:
        """A deploy without a preview, started; AWS was called and the card stands."""
        self.types(f"deploy shop {stage} {image} --yes", user)
        self.runs()

    def runs(self) -> None:
        """Everything that is due now."""
        self.wakes.run_due()

    def wakes_for(self, key: str) -> None:
        """One more wake-up for that key, run at once."""
        with self.store.transaction() as tx:
            self.wakes.wake_at(tx, key, self.clock.now())
        self.runs()

    def advances(self, seconds: float) -> None:
        """Time passes, wake-up by wake-up."""
        end = self.clock.now() + timedelta(seconds=seconds)
        self.runs()
        while (due := self.wakes.next_due()) is not None and due <= end:
            self.clock.advance(max(due - self.clock.now(), timedelta()))
            self.runs()
        self.clock.advance(end - self.clock.now())
        self.runs()

    def runs_until_quiet(self, **within: float) -> None:
        """Time passes until nothing is left to do."""
        self.wakes.run_until_quiet(timedelta(**within) if within else timedelta(hours=2))

    def change(self, change_id: str = "") -> Change:
        """That change; by default what was last typed or sent asked for."""
        with self.store.transaction() as tx:
            found = tx.change(change_id) if change_id else next(iter(tx.changes_of_request(self.last)), None)
        assert found is not None, "there is no such change"
        return found

    def card(self, change_id: str = "") -> Said:
        """The change's card as it stands in its channel."""
        change = self.change(change_id)
        return next(one for one in self.chat.channels[change.channel_id] if one.message_id == f"card:{change.id}")

    def thread(self, change_id: str = "") -> list[str]:
        """The replies under the card, each as all of its words."""
        card, channel_id = self.card(change_id), self.change(change_id).channel_id
        return [words_of(one) for one in self.chat.channels[channel_id] if one.thread_ts == card.ts]

    def audit(self) -> list[Row]:
        """The whole log."""
        with AuditFile(self.path).open() as log:
            return list(log.rows())

    def done(self) -> list[tuple[str, str]]:
        """The log as (action, outcome)."""
        return [(row.action, row.outcome) for row in self.audit()]

    def calls(self, name: str) -> list[Mapping[str, Any]]:
        """What was asked of AWS by that name."""
        return [one.request for one in self.ecs.asked(name)]

    def postings(self) -> tuple[Posting, ...]:
        """What is still to be sent."""
        with self.store.transaction() as tx:
            return tx.unsent_postings()

    def _channel_of(self, said: Said) -> str:
        return next(name for name, messages in self.chat.channels.items() if any(one.ts == said.ts for one in messages))

    def _ports(self) -> Ports:
        return Ports(
            ecs=self.ecs,
            images=self.images,
            logs=self.logs,
            secrets=_SECRETS,
            scaling=self.scaling,
            groups=self.groups,
            metrics=self.metrics,
            hardware=self.hardware,
            charts=PillowCharts(),
            chat=self.chat,
            people=self.people,
            store=self.store,
            audit=AuditFile(self.path),
            wakes=self.wakes,
            calendar=CronCalendar(),
            now=self.clock.now,
            new_id=lambda: f"{next(self._numbers):08x}",
        )

    def _seed(self) -> None:
        for tag in ("v41", "v42", "v43", "v44"):
            self.images.has(REPOSITORY, tag)
        self.ecs.has_service(STAGING, "shop", f"{REPOSITORY}:v41")
        self.ecs.has_service(PROD, "shop-prod", f"{REPOSITORY}:v41")
        self.logs.wrote(LOGS, "app", "0")
        self.logs.wrote(LogTarget("/ecs/shop-prod", "ecs"), "app", "0")
        self.advances(3_600)


def buttons(said: Said) -> dict[str, Mapping[str, Any]]:
    """The buttons in a message, by their text."""
    rows = [block["elements"] for block in said.blocks if block["type"] == "actions"]
    rows += [[block["accessory"]] for block in said.blocks if "accessory" in block]
    return {element["text"]["text"]: element for row in rows for element in row}


def words_of(said: Said | None) -> str:
    """All the words that a reader sees in a message's blocks; its text where it has none."""
    if said is None:
        return ""
    return "\n".join(_texts(list(said.blocks))) or said.text


def _texts(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, list):
        return [text for one in node for text in _texts(one)]
    if not isinstance(node, Mapping):
        return []
    return [text for key in ("text", "elements", "fields") for text in _texts(node.get(key, []))]
