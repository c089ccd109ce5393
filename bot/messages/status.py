"""How stages stand: all of them on one screen, or those of one stack."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.board import QUIET, Condition, Drift, Tile, condition_of, drifts
from bot.domain.images import short
from bot.domain.locks import Lock, Why
from bot.domain.plans import Side
from bot.messages import room
from bot.messages.kit import (
    Block,
    Message,
    actions,
    button,
    clock,
    code,
    context,
    escape,
    message,
    moment,
    section,
    units,
)
from bot.messages.locks import lock_line

EVERYTHING = "*"
"""What the Refresh button of the whole board is about; of others `stack` or `stack/stage`."""

SIGNS: Mapping[Condition, str] = {
    Condition.SETTLED: "🟢",
    Condition.ROLLING: "🔵",
    Condition.FAILING: "🔴",
    Condition.ROLLING_BACK: "↩️",
    Condition.ROLLED_BACK: "↩️",
    Condition.SHORT: "🟠",
    Condition.EMPTY: "⚪",
    Condition.FOREIGN: "⚪",
    Condition.GONE: "⚫",
    Condition.UNREAD: "❔",
}
_MOST_SECTIONS, _MOST_CHARACTERS, _A_SECTION = 44, 9_500, 2_800
"""What one message takes (Slack facts 1.2), with room for its head and its buttons."""
_NAME, _TAG = 30, 40
_MOST_DRIFTS = 10


def overview(tiles: Sequence[Tile], now: datetime) -> Message:
    """Every stack, a line a stage; what does not fit is told by number, quiet stacks first."""
    if not tiles:
        return message("No stacks yet.", section("No stacks yet: add one to `tinystacks.yml`, then restart me."))
    by_stack: dict[str, list[Tile]] = {}
    for tile in tiles:
        by_stack.setdefault(tile.stage.stack, []).append(tile)
    texts = {name: (stack_lines(some, now), _quiet(some)) for name, some in by_stack.items()}
    shown, left = fitting(list(texts.values()))
    counted = summary(tiles)
    blocks = [section(f"*All stages* · {counted}"), *freeze_line(tiles, now), *map(section, packed(shown))]
    more = f"{left} more stacks did not fit: `/tinystacks status STACK` · " if left else ""
    blocks += [context(f"{more}as of {clock(now)} · {code('/tinystacks status STACK')} tells more")]
    return message(f"All stages: {counted}", *blocks, actions(refresh(EVERYTHING)))


def stack_status(tiles: Sequence[Tile], now: datetime) -> Message:
    """The stages of one stack, each with the way to its details."""
    name = tiles[0].stage.stack
    blocks = [section(f"*{escape(name)}* · {summary(tiles)}"), *freeze_line(tiles, now)]
    told = [f"↕️ {drift_line(drift)}" for drift in drifts(tiles)[:_MOST_DRIFTS]]
    apart = [section("\n".join(told))] if told else []
    shown, left = room.fitting(
        ([section("\n".join(stage_lines(tile, now)), _details(tile))] for tile in tiles),
        room.ROOM_AROUND + room.size(apart),
    )
    blocks += [*shown, *apart]
    blocks += [context(f"… and {left} more stages: {code(f'/tinystacks status {name} STAGE')}")] if left else []
    blocks += [context(f"as of {clock(now)}"), actions(refresh(name), _all())]
    return message(f"{escape(name)}: {summary(tiles)}", *blocks)


def stack_lines(tiles: Sequence[Tile], now: datetime) -> str:
    """A stack in short: its name, a line a stage, how far they are apart; what one section does not hold is told by
    number."""
    lines = [line(tile, now) for tile in tiles]
    apart = [f"↕️ {drift_line(drift)}" for drift in drifts(tiles)]
    return room.whole_lines(f"*{escape(tiles[0].stage.stack, _NAME)}*", [*lines, *apart])


def line(tile: Tile, now: datetime) -> str:
    """`🟢 staging `v43` :12 · 4/4 · ana 2h ago · 🔒 bo`: one line on a phone."""
    condition = condition_of(tile)
    start = f"{SIGNS[condition]} {escape(tile.stage.name, _NAME)}"
    held = _marks(tile)
    if tile.service is None and not tile.running:
        parts = [start, escape(tile.problem, 90) or "no answer from AWS yet", held]
        return " · ".join(part for part in parts if part)
    word = "" if condition in QUIET else escape(condition.value)
    parts = [f"{start} {image(tile)}{_number(tile)}", counts(tile), word, _who(tile, now), held]
    return " · ".join(part for part in parts if part)


def stage_lines(tile: Tile, now: datetime, name: str = "") -> list[str]:
    """A stage in some lines: how it stands, what runs, what is under way, who was there last, what holds it. `name`:
    what it is called there, else its own."""
    condition = condition_of(tile)
    lines = [f"{SIGNS[condition]} *{escape(name or tile.stage.name)}* · {escape(condition.value)}"]
    lines += [escape(tile.problem, 300)] if tile.problem else []
    runs = " · ".join(part for part in (image(tile), _revision(tile), counts(tile, " running")) if part)
    lines += [runs] if runs else []
    if tile.running:
        change = tile.running
        what = f"{escape(change.verb)} by {escape(change.requester.name, _NAME)} since {moment(change.created_at)}"
        lines += [f"⏳ {what}"]
    last = tile.last
    if last:
        became = escape(last.state.value.replace("_", " "))
        lines += [f"last: {escape(last.verb)} by {escape(last.by.name, _NAME)}, {moment(last.at)}: {became}"]
    if tile.lock and tile.lock.stack:
        lines += [lock_line(tile.lock, now)]
    return lines + ([f"🚪 closed: {escape(tile.closed.text, 100)}"] if tile.closed else [])


def image(tile: Tile) -> str:
    """Tag, else short digest, else the revision, as code; empty where nothing was read."""
    side = _side(tile)
    return code(side.tag or short(side.digest) or side.revision, _TAG) if side else ""


def counts(tile: Tile, word: str = "") -> str:
    """`4/4`: running and desired; a DAEMON service has no desired count of its own."""
    service = tile.service
    if service is None:
        return ""
    daemon = service.scheduling_strategy == "DAEMON" and not service.desired
    return f"{service.running}{'' if daemon else f'/{service.desired}'}{word}"


def summary(tiles: Sequence[Tile]) -> str:
    """`60 stages: 57 settled · 2 rolling · 1 failing`."""
    found = Counter(condition_of(tile) for tile in tiles)
    stages = f"{len(tiles)} stage{'s' if len(tiles) != 1 else ''}"
    told = [f"{SIGNS[one]} {found[one]} {one.value}" for one in Condition if found[one]]
    return f"{stages}: {' · '.join(told)}"


def drift_line(drift: Drift) -> str:
    """`staging is 3 changes ahead of prod`."""
    ahead, behind = escape(drift.ahead, _NAME), escape(drift.behind, _NAME)
    if drift.changes is None:
        return f"{ahead} and {behind} run different images"
    return f"{ahead} is {drift.changes} change{'s' if drift.changes != 1 else ''} ahead of {behind}"


def freeze_line(tiles: Sequence[Tile], now: datetime) -> list[Block]:
    """That everything is frozen, once."""
    freeze = next((tile.lock for tile in tiles if tile.lock and not tile.lock.stack), None)
    return [section(lock_line(freeze, now))] if freeze else []


def refresh(what: str) -> Block:
    """The button that reads it again, in place."""
    return button("Refresh", "status:refresh", what)


def fitting(texts: Sequence[tuple[str, bool]]) -> tuple[list[str], int]:
    """The texts that fit into one message, in order, and how many were left out: quiet ones (True) first, from the
    end."""
    kept = list(range(len(texts)))
    size = sum(units(text) + 1 for text, _ in texts)
    for quiet in (True, False):
        for at in reversed(range(len(texts))):
            if size > _MOST_CHARACTERS and texts[at][1] == quiet:
                kept.remove(at)
                size -= units(texts[at][0]) + 1
    return [texts[at][0] for at in kept], len(texts) - len(kept)


def packed(texts: Sequence[str]) -> list[str]:
    """One section a text; several in one where they would be too many."""
    if len(texts) <= _MOST_SECTIONS:
        return list(texts)
    sections = [""]
    for text in texts:
        together = f"{sections[-1]}\n{text}".strip()
        sections = [*sections[:-1], together] if units(together) <= _A_SECTION else [*sections, text]
    return sections


def age(since: timedelta) -> str:
    """Coarse, so that a board looks the same for a while: `now`, `5m ago`, `2h ago`, `3d ago`."""
    minutes = int(since.total_seconds()) // 60
    steps: tuple[tuple[int, Callable[[int], str]], ...] = (
        (1, lambda _: "now"),
        (60, lambda m: f"{m}m ago"),
        (48 * 60, lambda m: f"{m // 60}h ago"),
    )
    return next((word(minutes) for most, word in steps if minutes < most), f"{minutes // 1_440}d ago")


def _side(tile: Tile) -> Side | None:
    """What runs; where AWS did not say, what is on its way."""
    return tile.image or (tile.running.plan.after if tile.running else None)


def _number(tile: Tile) -> str:
    """` :12`, the revision's number, behind an image's name."""
    side = _side(tile)
    number = side.revision.rpartition(":")[2] if side and (side.tag or side.digest) else ""
    return f" :{number}" if number.isdigit() else ""


def _who(tile: Tile, now: datetime) -> str:
    if tile.running:
        return f"{escape(tile.running.requester.name, _NAME)} {age(now - tile.running.created_at)}"
    return f"{escape(tile.last.by.name, _NAME)} {age(now - tile.last.at)}" if tile.last else ""


def _marks(tile: Tile) -> str:
    lock = tile.lock
    if lock and lock.stack:
        by = "" if not isinstance(lock, Lock) or lock.why is Why.AFTER_ROLLBACK else f" {escape(lock.holder.name, 20)}"
        return f"🔒{by}"
    return "🚪 closed" if tile.closed else ""


def _revision(tile: Tile) -> str:
    return f"revision {code(tile.image.revision, 80)}" if tile.image and tile.image.revision else ""


def _quiet(tiles: Sequence[Tile]) -> bool:
    return all(condition_of(tile) in QUIET for tile in tiles)


def _details(tile: Tile) -> Block:
    stage = tile.stage
    return button(
        "Details",
        "status:stage",
        f"{stage.stack}/{stage.name}",
        spoken_as=f"Details of {stage.stack} {stage.name}",
    )


def _all() -> Block:
    return button("All stacks", "status:all", EVERYTHING)
