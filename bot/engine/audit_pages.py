"""The audit log for whoever asks: pages, and an export to them alone. Each opening is an entry itself, before the
answer. Reading goes over connections of its own and keeps no writer waiting."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any

from bot.domain.audit import Row
from bot.domain.csv_text import csv_lines
from bot.domain.errors import NotPossible, UnknownName
from bot.domain.log_filter import Filter, Page
from bot.engine.audit import note
from bot.engine.card_links import card_links
from bot.engine.commands import Answer, Ask
from bot.messages.audit import Shown, audit_page, exported, nothing_fits, sent_to_you

A_PAGE = 20
MOST_BYTES = 20 * 2**20
_MOST = "20 MB"
_LONGEST_ID = 16


def first_page(ask: Ask, wanted: Filter) -> Answer:
    """The newest entries that fit."""
    rows = ask.house.ports.audit.page(wanted, Page(), A_PAGE + 1)
    return _shown(ask, wanted, rows[:A_PAGE], newer=False, older=len(rows) > A_PAGE)


def next_page(ask: Ask, opened: str, *, newer: bool) -> Answer:
    """What lies beside the page that the entry `opened` is about. Raises UnknownName where it is about none."""
    wanted, newest, oldest = _page_of(ask, opened)
    page = Page(after=newest) if newer else Page(before=oldest)
    rows = ask.house.ports.audit.page(wanted, page, A_PAGE + 1)
    if not rows or (newer and len(rows) <= A_PAGE):
        return first_page(ask, wanted)
    if newer:
        return _shown(ask, wanted, rows[1:], newer=True, older=True)
    return _shown(ask, wanted, rows[:A_PAGE], newer=True, older=len(rows) > A_PAGE)


def export(ask: Ask, wanted: Filter, most_bytes: int = MOST_BYTES) -> Answer:
    """Sends a CSV to who asks. Raises NotPossible where Slack does not take it, with the way that needs no Slack."""
    ports = ask.house.ports
    if not ports.audit.page(wanted, Page(), 1):
        return _shown(ask, wanted, (), newer=False, older=False)
    _note(ask, wanted, export=True)
    with TemporaryFile() as file:
        sent, full = _write(file, ports.audit.newest_first(wanted), most_bytes)
        text = exported(wanted, sent, ports.audit.count(wanted) if full else sent, _MOST)
        try:
            ports.chat.send_file(ask.person.user_id, file, f"audit-{ports.now():%Y-%m-%d}.csv", text)
        except NotPossible as error:
            raise NotPossible(
                error.fact, f"{error.remedy} Or run `python -m bot audit export --format csv` where I run."
            ) from error
    return sent_to_you(text)


def _write(file: IO[bytes], rows: Iterator[Row], most_bytes: int) -> tuple[int, bool]:
    """How many entries went into the file, and whether it is full before the last."""
    lines, written, count = csv_lines(rows), 0, -1
    for line in lines:
        data = line.encode(errors="replace")
        if written + len(data) > most_bytes:
            return count, True
        file.write(data)
        written, count = written + len(data), count + 1
    return count, False


def _shown(ask: Ask, wanted: Filter, rows: tuple[Row, ...], *, newer: bool, older: bool) -> Answer:
    ports, changes = ask.house.ports, tuple({row.change_id for row in rows if row.change_id})
    edges = {"newest": rows[0].id, "oldest": rows[-1].id} if rows else {}
    opened = _note(ask, wanted, **edges)
    if not rows:
        return nothing_fits(wanted, opened - 1)
    with ports.store.transaction() as tx:
        places = tx.card_places(changes)
    links = card_links(ports.chat, places)
    return audit_page(Shown(rows, wanted, links, opened, newer, older))


def _note(ask: Ask, wanted: Filter, **detail: Any) -> int:
    """Who looks for what. The stage stands in the detail only: a look is nothing that was done to it."""
    asked = {name: str(value) for name, value in asdict(wanted).items() if value}
    ports = ask.house.ports
    with ports.store.transaction() as tx:
        return note(tx, ports.now(), ask.person, "audit", "read", detail=asked | detail)


def _page_of(ask: Ask, opened: str) -> tuple[Filter, int, int]:
    is_id = opened.isascii() and opened.isdigit() and len(opened) < _LONGEST_ID
    row = ask.house.ports.audit.entry(int(opened)) if is_id else None
    if row is None or row.action != "audit" or row.outcome != "read":
        raise UnknownName("page", opened[:20], usage="Type it again: /tinystacks audit")
    detail = json.loads(row.detail)
    names = {name: str(detail.get(name, "")) for name in ("user_id", "stack", "stage")}
    since = datetime.fromisoformat(detail["since"]) if "since" in detail else None
    return Filter(**names, since=since), int(detail.get("newest", 0)), int(detail.get("oldest", 0))
