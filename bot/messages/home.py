"""The App Home: what waits for this person, what runs, the board, what they did, how the bot is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.board import Tile
from bot.domain.changes import Change, State
from bot.domain.schedules import Schedule
from bot.messages import kit
from bot.messages.brief import became, from_to_line, to_line
from bot.messages.card import bar, progress_line, title_of
from bot.messages.help import first_run
from bot.messages.kit import (
    Block,
    Message,
    actions,
    button,
    clock,
    context,
    divider,
    escape,
    moment,
    option,
    section,
    select,
)
from bot.messages.room import whole_lines
from bot.messages.schedules import coming_line
from bot.messages.status import freeze_line, stack_lines, summary
from bot.messages.waiting import FOR_YOU, decision, waiting_line

A_PAGE = 25
"""Stacks on one page of the board."""

ALL = "*"
"""The option that shows every stack."""

COMING = 5
"""So many of the next schedules are shown."""

_MOST, _MINE, _NOTE = 6, 5, 25
_SIGNS: Mapping[State, str] = {
    State.SUCCEEDED: "✅",
    State.FAILED: "❌",
    State.ROLLED_BACK: "↩️",
    State.SUPERSEDED: "⏭️",
    State.AWAITING_APPROVAL: "🟡",
    State.APPROVED: "⏳",
    State.APPLYING: "⏳",
    State.ROLLING_OUT: "🔵",
}


@dataclass(frozen=True, slots=True)
class Health:
    """How the bot is. `parts`: name → what is wrong with it, None: nothing."""

    version: str
    since: datetime | None
    parts: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class HomePage:
    """What one person's home shows. `tiles`: every stage; `chosen`: the stack that is shown alone, empty: a page of
    them. `note`: the answer to what was clicked here last; `user_id`: whose it is. `mine`, `own`: changes that wait for
    their decision, and that they asked for; `done`: their last changes. `coming`: what is
    scheduled next."""

    tiles: Sequence[Tile]
    health: Health
    chosen: str = ""
    page: int = 0
    note: Message | None = None
    user_id: str = ""
    mine: Sequence[Change] = ()
    own: Sequence[Change] = ()
    running: Sequence[Change] = ()
    done: Sequence[Change] = ()
    coming: Sequence[Schedule] = ()


def home_view(home: HomePage, now: datetime, offers: Sequence[str]) -> Message:
    """`offers`: the action ids that exist in this bot. Where tinystacks.yml names no stack: how it comes to one."""
    if not home.tiles:
        return kit.home([*first_run(home.user_id, "")["blocks"], context(_how_it_is(home.health))])
    blocks = [actions(*_ways(offers)), *_note(home.note)]
    blocks += [divider()] if home.note and (home.mine or home.own or home.running) else []
    blocks += [section(FOR_YOU)] if home.mine else []
    blocks += [block for change in home.mine[:_MOST] for block in decision(change)]
    blocks += _lines("You asked for", [waiting_line(one) for one in home.own], _MOST)
    blocks += _lines("Running now", [_live(one) for one in home.running], _MOST)
    blocks += _lines("Coming up", _coming(home.coming), COMING + 1)
    blocks += [divider(), *_board(home, now), divider()]
    blocks += _lines("Your last changes", [_past(one) for one in home.done], _MINE)
    return kit.home([*blocks, context(_how_it_is(home.health))])


def closed_home(why: str) -> Message:
    """For whom I do not work: one sentence."""
    return kit.home([section(f"🚫 {escape(why, 500)}")])


def pages_of(stacks: int) -> int:
    """How many pages the board has."""
    return max(1, -(-stacks // A_PAGE))


def _ways(offers: Sequence[str]) -> list[Block]:
    scale = [button("Scale", "scale:home", "home")] if "scale:home" in offers else []
    deploy = button("Deploy", "home:deploy", "home", style="primary")
    return [deploy, *scale, button("Status", "home:status", "home")]


def _note(note: Message | None) -> list[Block]:
    if note is None:
        return []
    return [divider(), *note["blocks"][:_NOTE], actions(button("Dismiss", "home:dismiss", "home"))]


def _lines(title: str, lines: Sequence[str], most: int) -> list[Block]:
    left = len(lines) - most
    shown = [*lines[:most], *([f"… and {left} more"] if left > 0 else [])]
    return [section(whole_lines(f"*{title}*", shown))] if lines else []


def _live(change: Change) -> str:
    """Two lines at the most: what, and how far it is."""
    sign = "🔴" if change.failing else "🔵"
    who = f"{escape(change.requester.name, 40)} since {clock(change.started_at or change.created_at)}"
    how = f"\n{bar(change.progress)}  {progress_line(change.progress)}" if change.progress else ""
    return f"{sign} *{escape(title_of(change))}* {from_to_line(change)} · {who}{how}"


def _coming(schedules: Sequence[Schedule]) -> list[str]:
    all_of_them = ["All of them: `/tinystacks schedule list`"] if len(schedules) > COMING else []
    return [*map(coming_line, schedules[:COMING]), *all_of_them]


def _board(home: HomePage, now: datetime) -> list[Block]:
    by_stack: dict[str, list[Tile]] = {}
    for tile in home.tiles:
        by_stack.setdefault(tile.stage.stack, []).append(tile)
    names = [home.chosen] if home.chosen in by_stack else list(by_stack)
    pages = pages_of(len(names))
    page = min(max(home.page, 0), pages - 1)
    shown = names[page * A_PAGE : (page + 1) * A_PAGE]
    blocks = [section(f"*Stacks* · {summary(home.tiles)}"), *freeze_line(home.tiles, now)]
    blocks += [actions(*_turning(list(by_stack), home.chosen, page, pages))] if len(by_stack) > 1 else []
    return blocks + [section(stack_lines(by_stack[name], now), _details(name)) for name in shown]


def _turning(names: Sequence[str], chosen: str, page: int, pages: int) -> list[Block]:
    options = [option("All stacks", ALL), *(option(name, name) for name in names[: kit.OPTIONS - 1])]
    filtered = select("home:stack", "All stacks", options, chosen or ALL)
    back = [button("Previous", "home:previous", str(page - 1))] if page > 0 else []
    on = [button(f"Next ({page + 1} of {pages})", "home:next", str(page + 1))] if page + 1 < pages else []
    return [filtered, *back, *on]


def _details(stack: str) -> Block:
    return button("Details", "home:details", stack, spoken_as=f"Details of {stack}")


def _past(change: Change) -> str:
    state = escape(became(change))
    what = f"{_SIGNS.get(change.state, '⚪')} {escape(title_of(change))} {to_line(change)}"
    return f"{what} · {state} · {moment(change.created_at)}"


def _how_it_is(health: Health) -> str:
    parts = [f"{'✓' if wrong is None else '⚠️'} {escape(name)}" for name, wrong in health.parts.items()]
    wrong = [escape(f"{name}: {said}", 200) for name, said in health.parts.items() if said]
    since = [f"up since {moment(health.since)}"] if health.since else []
    return " · ".join([f"TinyStacks {escape(health.version)}".strip(), *since, *parts, *wrong])
