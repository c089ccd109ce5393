"""Modals and App Homes: what Slack accepts as a view, each person's stack of open ones, and their state."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.slack.blocks import block_problems
from sandbox.slack.elements import ID_LENGTH, plain
from sandbox.slack.errors import SlackError, invalid
from sandbox.slack.shapes import anything, boolean, problem, shape, string
from sandbox.slack.values import Values, merged
from sandbox.slack.workspace import Json, Workspace

STACK = 3
VIEW_BYTES = 250_000
TITLE = 24
PRIVATE_METADATA = 3_000

_COMMON = {
    "private_metadata": string(PRIVATE_METADATA, 0),
    "callback_id": string(ID_LENGTH, 0),
    "external_id": string(ID_LENGTH, 0),
    "clear_on_close": boolean,
    "notify_on_close": boolean,
    "submit_disabled": boolean,
}
_SHAPES = {
    "modal": shape(
        {"title": plain(TITLE), "blocks": anything}, _COMMON | {"submit": plain(TITLE), "close": plain(TITLE)}
    ),
    "home": shape({"blocks": anything}, _COMMON),
}


@dataclass
class View:
    """One open modal or published Home. `given`: what the person filled in; `offered`: options of external selects."""

    id: str
    user_id: str
    definition: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    given: Values = field(default_factory=dict)
    offered: dict[str, list[Json]] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        return list(self.definition["blocks"])

    def state(self) -> Values:
        return merged(self.blocks, self.given)

    def as_json(self, workspace: Workspace) -> Json:
        """The view as payloads and answers of the Web API carry it."""
        empty: Json = {"private_metadata": "", "callback_id": "", "external_id": "", "clear_on_close": False}
        empty |= {"notify_on_close": False, "title": None, "close": None, "submit": None}
        app = workspace.app
        ids: Json = {"id": self.id, "team_id": workspace.team_id, "app_id": app.id, "bot_id": app.bot_id}
        ids |= {"hash": self.hash, "root_view_id": self.root_view_id, "previous_view_id": self.previous_view_id}
        state = {"state": {"values": self.state()}, "app_installed_team_id": workspace.team_id}
        return empty | self.definition | ids | state


@dataclass
class Views:
    """Every person's stack of open modals (last = on top) and Home."""

    stacks: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    _count: int = 0

    def new(self, user_id: str, definition: Json, under: View | None = None) -> View:
        view_id = f"V{self._next():06d}"
        root = under.root_view_id if under else view_id
        return View(view_id, user_id, definition, self._hash(), root, under.id if under else None)

    def open(self, user_id: str, definition: Json) -> View:
        view = self.new(user_id, definition)
        self.stacks[user_id] = [view]
        return view

    def push(self, user_id: str, definition: Json) -> View:
        """SlackError `push_limit_reached` above three views."""
        stack = self.stacks.setdefault(user_id, [])
        if len(stack) >= STACK:
            raise SlackError("push_limit_reached")
        stack.append(self.new(user_id, definition, stack[-1] if stack else None))
        return stack[-1]

    def change(self, view: View, definition: Json) -> View:
        """Replaces what the view shows. What was filled in stays where block_id and action_id stay."""
        view.definition, view.hash = definition, self._hash()
        return view

    def publish(self, user_id: str, definition: Json) -> View:
        home = self.homes.get(user_id)
        self.homes[user_id] = self.change(home, definition) if home else self.new(user_id, definition)
        return self.homes[user_id]

    def find(self, view_id: str = "", external_id: str = "") -> View | None:
        for view in self._all():
            if view_id == view.id or (external_id and external_id == view.definition.get("external_id")):
                return view
        return None

    def top(self, user_id: str) -> View | None:
        stack = self.stacks.get(user_id)
        return stack[-1] if stack else None

    def _all(self) -> Iterator[View]:
        yield from (view for stack in self.stacks.values() for view in stack)
        yield from self.homes.values()

    def _hash(self) -> str:
        return f"{self._next()}.sandbox"

    def _next(self) -> int:
        self._count += 1
        return self._count


def checked_view(view: Json, *kinds: str) -> Json:
    """The view as it is, or SlackError: `invalid_arguments` with pointers, or `view_too_large` above 250 kB."""
    kind = view.get("type")
    if kind not in kinds:
        raise invalid("invalid_arguments", [problem(f"must be one of: {', '.join(kinds)}", "/view/type")])
    found = [*_SHAPES[kind](view, "/view"), *block_problems(view.get("blocks"), kind, "/view/blocks")]
    if not found and kind == "modal" and "submit" not in view and any(b["type"] == "input" for b in view["blocks"]):
        found = [problem("missing required field: submit (the view has input blocks)", "/view")]
    if found:
        raise invalid("invalid_arguments", found)
    if len(json.dumps(view)) > VIEW_BYTES:
        raise SlackError("view_too_large")
    return view
