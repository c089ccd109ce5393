"""Hostile payloads through the real way in: bolt, intake, dispatch, commands and store, with fakes for Slack and AWS
behind them; and what must hold after each."""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.adapters.slack.client import Identity
from bot.adapters.slack.inbound import Inbound, Reply
from bot.domain.changes import Change, State
from bot.domain.stacks import ApprovalRule, Config, Stack, Stage
from bot.engine.intake import Intake
from tests.engine.house import ANA, BO, CY, PROD, STAGING, World
from tests.fakes.chat import Link, Said
from tests.messages.hostile import LIVE, texts

CHANGES = {ANA: {"staging", "prod"}, BO: {"staging", "prod"}, CY: {"prod"}}
"""Whose requests may change rows of which stages: CY decides on prod, and only there."""
_OWN = re.compile(
    r"<@U0(?:ANA|BO|CY|GUEST|GONE|BOT|STRANGER)>|<#C0(?:DEPLOYS|PROD|RANDOM|SHARED)>|<!subteam\^S0(?:DEV|REL)>|"
    r"<!date\^\d+\^[^<>|]*\|[^<>]*>|<https://acme\.slack\.com/archives/C0[A-Z]+/p\d+[^<>|]*\|card>"
)
_RUNNING = (State.APPROVED, State.APPLYING, State.ROLLING_OUT, State.SUCCEEDED)
_PATIENCE = 20.0


def config() -> Config:
    """Developers may change both stages; what they ask for on prod waits for somebody of release."""
    first = Stage("shop", "staging", STAGING, "shop", "C0DEPLOYS", may_change=("developers",))
    rule = ApprovalRule(by=("release",), count=1, expires=timedelta(hours=1), verbs=("deploy", "rollback"))
    second = Stage("shop", "prod", PROD, "shop-prod", "C0PROD", may_change=("developers",), approval=rule)
    people: dict[str, tuple[str, ...]] = {"developers": ("S0DEV",), "release": ("S0REL",)}
    return Config("T0ACME", people, (Stack("shop", (first, second)),))


@dataclass(frozen=True)
class Problem:
    """What must not be. `kind`: "traceback", "alive" (a mention or link of somebody else's) or "without right"."""

    kind: str
    what: str


class _Tracebacks(logging.Handler):
    """Every record that shows one."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info or "Traceback" in str(record.msg):
            self.found.append(record)


class Door:
    """`tries` one payload after another; `problems`: what came of them that must not."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder / "bot.db", config())
        self.intake = Intake(self.world.store, self.world.dispatch)
        home = Identity("T0ACME", bot_id="B0", bot_user_id="U0BOT")
        self._inbound = Inbound(self.intake.receive, lambda: home, self.world.clock.now)
        self._tracebacks = _Tracebacks()
        self._seen: dict[str, int] = {}
        self.world.types("deploy shop prod v42 --yes", ANA, channel_id="C0PROD")
        self.world.types("deploy shop staging v42 --yes", BO)
        self.world.advances(20)
        self.tried = 0
        self.problems: list[Problem] = []

    @contextmanager
    def open(self) -> Iterator["Door"]:
        """Watches the log meanwhile."""
        logging.getLogger().addHandler(self._tracebacks)
        try:
            yield self
        finally:
            logging.getLogger().removeHandler(self._tracebacks)
            self.intake.stop(_PATIENCE)
            self.world.store.close()

    def tries(self, payload: Mapping[str, Any]) -> None:
        """Receives it, waits for the work that follows, and looks at what came of it."""
        self.tried += 1
        url = payload.get("response_url")
        if isinstance(url, str) and url:
            self.world.chat.links[url] = Link("C0RANDOM", str(payload.get("user_id") or "U0ANA"))
        before = self._rows()
        reply = self._inbound.receive(dict(payload), self.world.clock.now(), {})
        assert not wait(set(self.intake._running), _PATIENCE).not_done
        self._nothing_without_right(before, _actor(payload))
        self._nothing_comes_alive(reply)
        self._no_traceback()

    def passes(self) -> None:
        """Time: what was let in goes its way, and is finished by ECS."""
        self.world.advances(20)
        for place, name in ((STAGING, "shop"), (PROD, "shop-prod")):
            with suppress(Exception):
                self.world.ecs.completes(place, name)
        self.world.advances(20)
        self._approved_by_others()
        self._nothing_comes_alive(Reply(200))
        self.problems += [Problem("traceback", repr(error)) for error in self.world.wakes.errors]
        self.world.wakes.errors.clear()
        self._no_traceback()

    def buttons(self) -> list[tuple[Said, Mapping[str, Any], str]]:
        """Every button that was ever shown: its message, itself, its channel."""
        return [
            (said, element, channel)
            for channel, messages in self.world.chat.channels.items()
            for said in messages[-40:]
            for block in said.blocks
            for element in block.get("elements", ())
            if element.get("type") == "button" and element.get("value")
        ]

    def ids(self) -> list[str]:
        """Of changes and locks."""
        return [name for name, _, _ in self._rows()] or ["none"]

    def _rows(self) -> set[tuple[str, str, str]]:
        with self.world.store.transaction() as tx:
            changes = tx._all("SELECT id, stage, version || state AS at FROM changes")
            locks = tx._all("SELECT id, stage, owner || body AS at FROM locks")
        return {(row["id"], row["stage"], row["at"]) for row in (*changes, *locks)}

    def _nothing_without_right(self, before: set[tuple[str, str, str]], actor: tuple[str, str]) -> None:
        touched = {stage for _, stage, _ in before ^ self._rows()}
        team, user = actor
        allowed = CHANGES.get(user, set()) if team == "T0ACME" else set()
        if not touched <= allowed:
            self.problems.append(Problem("without right", f"{actor} changed {touched}"))

    def _approved_by_others(self) -> None:
        for change in self._changes():
            if change.stage == "prod" and change.state in _RUNNING and change.verb in ("deploy", "rollback"):
                by = {one.person.user_id for one in change.approvals}
                if by != {CY} or change.requester.user_id == CY:
                    told = f"{change.id} of {change.requester.user_id} is {change.state}, approved by {by}"
                    self.problems.append(Problem("without right", told))

    def _changes(self) -> list[Change]:
        with self.world.store.transaction() as tx:
            found = (tx.change(row["id"]) for row in tx._all("SELECT id FROM changes WHERE stage = 'prod'"))
            return [change for change in found if change]

    def _nothing_comes_alive(self, reply: Reply) -> None:
        said = reply.payload.get("text", "") if isinstance(reply.payload, dict) else reply.payload or ""
        self._harmless(str(said))
        for messages in self.world.chat.channels.values():
            for one in messages[-60:]:
                if self._seen.get(one.ts) != one.edits:
                    self._seen[one.ts] = one.edits
                    self._harmless(one.text, *(text for kind, text in texts(list(one.blocks)) if kind == "mrkdwn"))
        for view in self.world.chat.views.values():
            self._harmless(*(text for kind, text in texts(view.get("blocks", [])) if kind == "mrkdwn"))
        self.world.chat.views.clear()

    def _no_traceback(self) -> None:
        found = [logging.Formatter().format(record) for record in self._tracebacks.found]
        self._tracebacks.found.clear()
        self.problems += [Problem("traceback", text) for text in found]

    def _harmless(self, *said: str) -> None:
        for text in said:
            if LIVE.search(_OWN.sub("", text)):
                self.problems.append(Problem("alive", text))
            if "Traceback" in text or "went wrong" in text:
                self.problems.append(Problem("traceback", text))


def _actor(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Who Slack says it was, as far as the payload still has a shape."""
    holder = payload.get("user") if isinstance(payload.get("user"), Mapping) else payload
    event = payload.get("event")
    if isinstance(event, Mapping):
        return str(event.get("user_team") or event.get("team") or payload.get("team_id")), str(event.get("user"))
    assert isinstance(holder, Mapping)
    team = payload.get("team")
    team_id = holder.get("team_id") or (team.get("id") if isinstance(team, Mapping) else "")
    return str(team_id), str(holder.get("user_id") or holder.get("id"))


def as_metadata(channel_id: str) -> str:
    """What a form of ours remembers."""
    return json.dumps({"channel_id": channel_id})
