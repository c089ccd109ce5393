"""The line under a link to the AWS console: how that stage stands. Everybody in the channel reads it."""

from datetime import datetime

from bot.domain.board import Tile, condition_of
from bot.domain.ecs import Task
from bot.messages.kit import Block, clock, code, escape, section
from bot.messages.status import line

_NAME = 30


def unfurled(tile: Tile, task: Task | None, now: datetime) -> Block:
    """`shop 🟢 prod `v43` :12 · 4/4 · ana 2h ago · as of 09:00`, and how the task is where the link is about one."""
    stage = tile.stage
    one = [f"task {code(task.id[:8])} {escape(task.last_status.lower(), _NAME)}"] if task else []
    parts = [f"*{escape(stage.stack, _NAME)}* {line(tile, now)}", *one, f"as of {clock(now)}"]
    told = f"{escape(stage.stack, _NAME)} {escape(stage.name, _NAME)}: {escape(condition_of(tile).value)}"
    return {"blocks": [section(" · ".join(parts))], "fallback": told}
