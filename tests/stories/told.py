"""What the stories share: a sandbox with stacks of their own, the bot in it, and how to read what people see."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import httpx

from sandbox.ecs.calls import Call
from sandbox.ecs.model import Service
from sandbox.ports import free_port
from sandbox.slack.person import Person, button_of, flat
from sandbox.slack.transcript import transcript
from sandbox.slack.workspace import Json
from sandbox.whole import Sandbox
from tests import nearby
from tests.nursery import QuickSandbox
from tests.stories.services import CLUSTER, REGION, add_services, configured

PATIENCE = 30.0


class Story:
    """A sandbox whose bot is up. `ana` and `bo` may deploy, each stack of the story is one service of that name."""

    def __init__(self, box: Sandbox, port: int) -> None:
        self.box, self.world, self.slack, self.port = box, box.world, box.slack, port
        self.ana, self.bo = box.person("U0ANA"), box.person("U0BO")

    def starts(self) -> None:
        """The bot; returns when it says that it is well."""
        self.box.bot.start()
        waits_until(lambda: self.health() == 200 or self.box.bot.pid is None, 20)
        assert self.box.bot.pid is not None, self.log

    def health(self) -> int:
        """The status of /healthz; 0 where nobody answers."""
        try:
            return nearby.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).status_code
        except httpx.TransportError:
            return 0

    @property
    def log(self) -> str:
        return (self.box.folder / "bot.log").read_text()

    def service(self, stack: str) -> Service:
        return self.world.state.service(REGION, CLUSTER, stack)

    def runs(self, stack: str) -> str:
        """The image that PRIMARY of that stack runs."""
        return str(self.service(stack).primary.definition.containers[0]["image"])

    def called(self, operation: str, stack: str) -> list[Call]:
        """The bot's calls of `operation` for that stack's service or family."""
        named = (stack, self.service(stack).arn)
        calls = list(self.world.calls.of(operation))
        return [one for one in calls if one.params.get("service", one.params.get("family")) in named]

    def asks(self, stack: str, image: str = "v43", more: str = "", who: Person | None = None) -> Json:
        """Types the deploy and waits for its preview."""
        who = who or self.ana
        who.types(f"/tinystacks deploy {stack} staging {image} {more}")
        return self.preview(stack, who)

    def preview(self, stack: str, who: Person | None = None) -> Json:
        title = f"Deploy {stack} → staging?"
        return (who or self.ana).waits_for(lambda one: one["ephemeral"] and title in text_of(one), seconds=PATIENCE)

    def deploys(self, stack: str, image: str = "v43", more: str = "") -> None:
        """Types the deploy with --yes."""
        self.ana.types(f"/tinystacks deploy {stack} staging {image} --yes {more}")

    def card(self, stack: str, *wanted: str, seconds: float = PATIENCE) -> Json:
        """The newest card of that stack, once it shows all the words."""

        def shows(message: Json) -> bool:
            first, text = text_of(message).partition("\n")[2].partition("\n")[0], text_of(message)
            title = f"*Deploy {stack} → staging*" in first and not message["ephemeral"]
            return title and all(word in text for word in wanted)

        return self.ana.waits_for(shows, seconds=seconds)

    def thread(self, stack: str, *wanted: str) -> list[str]:
        """The replies under that card, oldest first, once one of them shows all the words."""
        card = self.card(stack)

        def shows(message: Json) -> bool:
            mine = message.get("thread_ts") == card["ts"] and message["ts"] != card["ts"]
            return mine and all(word in text_of(message) for word in wanted)

        self.ana.waits_for(shows, seconds=PATIENCE)
        replies = next(one for one in self.ana.sees() if one["ts"] == card["ts"])["replies"]
        return [text_of(one) for one in replies]

    def told(self, *wanted: str, who: Person | None = None, channel: str = "", seconds: float = PATIENCE) -> str:
        """The newest message for that person alone that shows all the words."""

        def shows(message: Json) -> bool:
            return message["ephemeral"] and all(word in text_of(message) for word in wanted)

        return text_of((who or self.ana).waits_for(shows, channel, seconds))

    def answers(self, words: str, *wanted: str, who: Person | None = None, channel: str = "") -> str:
        """Types a command; what takes the place of its first answer, once it shows all the words."""
        who = who or self.ana
        before = {one["ts"] for one in who.sees(channel)}
        who.types(f"/tinystacks {words}", channel)

        def answer(message: Json) -> bool:
            new = message["ephemeral"] and message["ts"] not in before
            return new and all(word in text_of(message) for word in wanted) and not _is_receipt(text_of(message))

        return text_of(who.waits_for(answer, channel, PATIENCE))

    def written(self, stack: str) -> list[str]:
        """What the audit log says was asked and refused about that stack, oldest first."""
        rows = [json.loads(line) for line in self.runs_cli("audit", "export").stdout.splitlines()]
        mine = [row for row in rows if stack in (row["stack"], *str(row["detail"]).split())]
        return [row["action"] for row in mine if row["action"] in ("deploy", "confirm") or row["outcome"] == "refused"]

    def runs_cli(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """`python -m bot …` with the bot's environment."""
        return cli(self.box.bot.environ, *arguments)


def _is_receipt(text: str) -> bool:
    return text.endswith("…") and text.count("\n") == 1


def cli(environ: Mapping[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """`python -m bot …`, as in a terminal."""
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, env=dict(environ), capture_output=True, text=True, timeout=30, check=False)


def text_of(message: Json) -> str:
    """A message as its reader sees it, without its replies."""
    return transcript([message | {"replies": []}])


def has_button(message: Json, label: str) -> bool:
    return button_of(message, label) is not None


def shown_once(person: Person, words: str, channel: str = "") -> bool:
    return sum(words in text_of(one) for one in flat(person.sees(channel))) == 1


def waits_until(true: Callable[[], object], seconds: float = PATIENCE) -> None:
    """For what no feed tells: asks twenty times a second. AssertionError after `seconds`."""
    never = Event()
    for _ in range(int(seconds * 20)):
        if true():
            return
        never.wait(0.05)
    raise AssertionError(f"not within {seconds} s")


@contextmanager
def story(
    folder: Path,
    stacks: Sequence[str],
    *,
    deadline: str = "10m",
    breaker: Sequence[str] = (),
    more: Mapping[str, Any] | None = None,
    named: Sequence[str] = (),
    boxes: type[Sandbox] = QuickSandbox,
    **rest: Any,
) -> Iterator[Story]:
    """`breaker`: the stacks whose service has a circuit breaker; `more`: keys by stack for their stage; `named`: more
    stacks, whose services are not there; `rest`: for the sandbox."""
    config, port = folder / "tinystacks.yml", free_port()
    config.write_text(configured((*stacks, *named), deadline, more or {}))
    box = boxes(folder, speed=30, bot_port=port, config=config, limits=False, **rest)
    add_services(box.world, stacks, breaker)
    with box:
        told = Story(box, port)
        told.starts()
        yield told


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
