"""The audit log in Slack: a page of entries, newest first, and the daily message with its head."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.audit import Row
from bot.domain.chain import Head
from bot.domain.log_filter import Filter
from bot.domain.words import quoted
from bot.messages.kit import Message, actions, button, code, context, escape, link, message, moment, section, units

_NAME, _TEXT, _A_SECTION = 40, 100, 5
_A_LINE = 470
"""Twenty such lines are what Slack takes in one message (Slack facts 1.2), whatever stands in them."""
_CALLED: Mapping[str, str] = {"intent": "set out to call", "found": "found carried out:", "refused": "was refused"}
_DONE: Mapping[str, str] = {
    "deploy": "asked to deploy",
    "rollback": "asked to roll back",
    "promote": "asked to promote",
    "restart": "asked to restart",
    "scale": "asked to scale",
    "stop": "asked to stop a task",
    "confirm": "confirmed",
    "request": "asked for approval",
    "approve": "approved",
    "deny": "denied",
    "withdraw": "withdrew",
    "cancel": "cancelled",
    "expire": "let it expire",
    "wait": "queued behind another change",
    "outdated": "found it outdated",
    "fire": "set going what was scheduled",
    "start": "began to apply it",
    "roll out": "saw it begin",
    "finish": "saw the end",
    "abort": "aborted the rollout",
    "resume": "was to let autoscaling go on",
    "lock": "locked",
    "unlock": "unlocked",
    "freeze": "froze everything",
    "unfreeze": "ended the freeze",
    "audit": "opened this log",
    "exec": "opened a command to exec",
    "logs": "opened the logs",
}
_SCHEDULED: Mapping[str, str] = {"proposed": "asked to schedule", "removed": "took a schedule away"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: entries newest first, what they were asked by, whether there are `newer` and `older` ones. `links`:
    change id → the address of its card. `opened`: the id of the entry that says who opened this page."""

    rows: tuple[Row, ...]
    wanted: Filter
    links: Mapping[str, str]
    opened: int
    newer: bool
    older: bool


def audit_page(shown: Shown) -> Message:
    """The page with its buttons; they carry the id of the entry that opened it."""
    title = f"Audit log{_asked(shown.wanted, shown.rows[0].user_name)}"
    lines = ["• " + entry_line(row, shown.links.get(row.change_id, "")) for row in shown.rows]
    blocks = [section(f"*{title}*")]
    blocks += [section("\n".join(lines[at : at + _A_SECTION])) for at in range(0, len(lines), _A_SECTION)]
    ids = f"Entries {shown.rows[0].id:,} to {shown.rows[-1].id:,}, newest first."
    blocks += [context(f"{ids} Less: `/tinystacks audit @ana shop prod --since 7d` · as a file: `--export`")]
    value = str(shown.opened)
    wanted = [button("Newer", "audit:newer", value)] if shown.newer else []
    wanted += [button("Older", "audit:older", value)] if shown.older else []
    blocks += [actions(*wanted)] if wanted else []
    return message(f"{title}: {len(lines)} entries", *blocks)


def nothing_fits(wanted: Filter, entries: int) -> Message:
    """What to type instead."""
    text = f"The audit log has nothing{_asked(wanted)}. Entries in all: {entries:,}."
    hint = (
        "Leave something out: `/tinystacks audit` shows the newest. Somebody who has left is found by their id or name."
    )
    return message(text, section(f"{text}\n{hint}"))


def exported(wanted: Filter, sent: int, found: int, most: str) -> str:
    """The text beside the file, and the answer to who asked for it. `found`: how many fit."""
    what = f"the audit log{_asked(wanted)}: {sent:,} entries as CSV, newest first"
    if sent == found:
        return f"Here is {what}."
    return (
        f"Here is {what}. That is not all: {found:,} fit, and I send at most {most}. Ask for less with --since, or "
        "let whoever runs me type `python -m bot audit export --format csv`."
    )


def sent_to_you(text: str) -> Message:
    """The answer where it was typed."""
    return message(text, section(f"📎 I sent it to you in a direct message.\n{text}"))


def head_message(head: Head, at: datetime) -> Message:
    """The daily message. Whoever reads it later can check the log against it."""
    text = f"Audit log: {head.entries:,} entries on {at:%d %b %Y}, head {head.hash[:8]}…"
    proof = "Nobody with the file alone can rewrite what came before this message without being found out:"
    check = f"python -m bot audit verify --entry {head.entries} --head {head.hash}"
    blocks = [section(f"🔏 *Audit log*: {head.entries:,} entries, head {code(head.hash)}")]
    return message(text, *blocks, context(f"{proof}\n{code(check)}"))


def entry_line(row: Row, card: str = "") -> str:
    """`today 14:02 · *ana* approved · shop / prod · approved · hotfix · card`."""
    detail = _detail(row)
    who = escape(row.user_name or row.user_id or "tinystacks", _NAME)
    place = f"{escape(row.stack, _NAME)} / {escape(row.stage, _NAME)}" if row.stack else ""
    siren = "🚨 emergency" if detail.get("emergency") else ""
    short = f"{_when(row)} · *{who}* {_did(row, detail)}"
    parts = [short, place, siren, _outcome(row), _why(row, detail), link(card, "card")]
    whole = " · ".join(part for part in parts if part)
    shorter = (whole, f"{short} · …", f"entry {row.id:,} · …")
    return next(line for line in shorter if units(line) <= _A_LINE)


def _when(row: Row) -> str:
    try:
        return moment(datetime.fromisoformat(row.at))
    except (TypeError, ValueError):
        return escape(str(row.at), _NAME)


def _did(row: Row, detail: Mapping[str, Any]) -> str:
    if row.action.startswith("aws:"):
        return f"{_CALLED.get(row.outcome, 'called')} {code(row.action.removeprefix('aws:'), _NAME)} on AWS"
    if row.outcome == "refused":
        return f"tried {code(row.action.replace(':', ' '), _NAME)}"
    if row.action == "audit":
        return "exported this log" if detail.get("export") else "opened this log"
    if row.action == "schedule":
        return _SCHEDULED.get(str(row.outcome), "did not run what was scheduled")
    return _DONE.get(row.action) or code(row.action, _NAME)


def _outcome(row: Row) -> str:
    word = str(row.outcome).replace("_", " ")
    told_already = word == "read" or (row.action.startswith("aws:") and word in _CALLED)
    return "" if told_already else escape(word, _NAME)


def _why(row: Row, detail: Mapping[str, Any]) -> str:
    """People's words in quotes: in a log of who approved what they must not read like an entry."""
    given = row.reason or detail.get("why")
    if given:
        return escape(quoted(str(given), _TEXT))
    return escape(str(detail.get("sentence") or detail.get("problem") or ""), _TEXT)


def _detail(row: Row) -> Mapping[str, Any]:
    try:
        detail = json.loads(row.detail)
    except (TypeError, ValueError):
        return {}
    return detail if isinstance(detail, dict) else {}


def _asked(wanted: Filter, name: str = "") -> str:
    """` of ana on shop / prod since …`, as mrkdwn."""
    parts = [f"of {escape(name or wanted.user_id, _NAME)}"] if wanted.user_id else []
    place = " / ".join(escape(name, _NAME) for name in (wanted.stack, wanted.stage) if name)
    parts += [f"on {place}"] if place else []
    parts += [f"since {moment(wanted.since)}"] if wanted.since else []
    return "".join(f" {part}" for part in parts)
