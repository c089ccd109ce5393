"""Very many clicks on one card at the same time, through the real way in: bolt, intake, dispatch and store, with fakes
for Slack and AWS behind them."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

from bot.adapters.slack.client import Identity
from bot.adapters.slack.inbound import Inbound, Reply
from bot.domain.changes import Change
from bot.domain.people import Person
from bot.domain.stacks import ApprovalRule
from bot.engine.intake import Intake
from tests.engine.house import CHANNEL, World, buttons, config, words_of
from tests.fakes.chat import Link

APPROVERS = tuple(f"U0YES{number}" for number in range(5))
_AT_ONCE = 50
_PATIENCE = 60.0


@dataclass(frozen=True)
class Storm:
    """What came of it. `started`: clicks that were told that it starts; `polite`: those that were told anything else,
    in a sentence, `turned_away` of them that there is too much to do; `silent`: those that were told nothing; `errors`:
    answers that were none, and logged tracebacks."""

    change: Change
    applies: int
    started: int
    polite: int
    turned_away: int
    silent: int
    errors: list[str]
    seconds: float


class _Tracebacks(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.found.append(logging.Formatter().format(record))


def storm(folder: Path, clicks: int, wanted: int = 1) -> Storm:
    """So many clicks on Approve by five people in turn, `wanted` of whom have to say yes."""
    world = _asked(folder, wanted)
    intake, log = Intake(world.store, world.dispatch), _Tracebacks()
    home = Identity("T0ACME", bot_id="B0", bot_user_id="U0BOT")
    inbound = Inbound(intake.receive, lambda: home, world.clock.now)
    payloads = [_payload(world, number) for number in range(clicks)]
    logging.getLogger().addHandler(log)
    try:
        began = time.perf_counter()
        replies = _clicked(inbound, world, intake, payloads)
        seconds = time.perf_counter() - began
        world.advances(60)
        return _outcome(world, payloads, [*_refused(replies), *log.found, *map(repr, world.wakes.errors)], seconds)
    finally:
        logging.getLogger().removeHandler(log)
        intake.stop(_PATIENCE)
        world.store.close()


def _asked(folder: Path, wanted: int) -> World:
    """ana's deploy waits for so many of five."""
    rule = ApprovalRule(("deploy",), ("release",), wanted, timedelta(minutes=30))
    world = World(folder / "bot.db", config(approval=rule))
    world.people.persons.update({one: Person("T0ACME", one, one.lower()) for one in APPROVERS})
    world.people.groups["S0REL"] = frozenset(APPROVERS)
    world.types("deploy shop staging v42 --yes")
    world.runs()
    return world


def _clicked(inbound: Inbound, world: World, intake: Intake, payloads: list[dict[str, Any]]) -> list[Reply]:
    """All of them, as many at once as there are hands; meanwhile the steps run, as the scheduler runs them."""
    start = Barrier(_AT_ONCE)

    def clicks(share: list[dict[str, Any]]) -> list[Reply]:
        start.wait(_PATIENCE)
        return [inbound.receive(one, world.clock.now(), {}) for one in share]

    with ThreadPoolExecutor(_AT_ONCE) as hands:
        shares = [hands.submit(clicks, payloads[number::_AT_ONCE]) for number in range(_AT_ONCE)]
        while not all(share.done() for share in shares):
            world.runs()
    while running := set(intake._running):
        assert not wait(running, _PATIENCE).not_done
    return [reply for share in shares for reply in share.result()]


def _payload(world: World, number: int) -> dict[str, Any]:
    card = world.card()
    user, url = APPROVERS[number % len(APPROVERS)], f"https://hooks.example/click-{number}"
    world.chat.links[url] = Link(CHANNEL, user)
    approve = {"type": "button", "block_id": "b", "action_ts": f"{number}.2", **_pressed(buttons(card)["Approve"])}
    return {
        "type": "block_actions",
        "team": {"id": "T0ACME", "domain": "acme"},
        "user": {"id": user, "username": user.lower(), "team_id": "T0ACME"},
        "container": {"type": "message", "message_ts": card.ts, "channel_id": CHANNEL},
        "channel": {"id": CHANNEL},
        "message": {"ts": card.ts},
        "actions": [approve],
        "trigger_id": f"{number}.1",
        "response_url": url,
    }


def _pressed(element: Any) -> dict[str, Any]:
    return {name: element[name] for name in ("action_id", "value")}


def _outcome(world: World, payloads: list[dict[str, Any]], errors: list[str], seconds: float) -> Storm:
    links = [world.chat.links[str(one["response_url"])] for one in payloads]
    told = [words_of(link.answered) if link.answered else "" for link in links]
    errors += [text for text in told if "went wrong" in text]
    started = sum("It starts now" in text for text in told)
    silent = sum(not text for text in told)
    away = sum("more to do than I can take" in text for text in told)
    applies = len(world.calls("UpdateService"))
    return Storm(world.change(), applies, started, len(told) - started - silent, away, silent, errors, seconds)


def _refused(replies: list[Reply]) -> list[str]:
    return [str(reply) for reply in replies if reply.status != 200]
