"""Logs for whoever asks: pages in place, a file to them alone, two minutes of following. Each opening is an entry of
the audit log before the answer; the entry is what the buttons stand for."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime, timedelta
from io import BytesIO

from bot.domain.audit import Row
from bot.domain.errors import NotAllowed, NotPossible, Refusal, UnknownName
from bot.domain.log_lines import A_PAGE, MOST_LINES, Wanted, page_of
from bot.domain.names import find_stage
from bot.domain.people import Person
from bot.domain.policy import Moment, door
from bot.domain.requests import Request
from bot.domain.stacks import Stage
from bot.engine.audit import note
from bot.engine.commands import Answer, Ask, House
from bot.engine.log_reading import Found, read_dead, read_logs
from bot.engine.ports import Chat, Json, Ports
from bot.engine.rights import require
from bot.engine.tokens import Tokens, eyes_of
from bot.messages.kit import ANSWER, answer_view
from bot.messages.logs import Page, as_text, file_comment, followed, following, log_page, sent, unread
from bot.messages.refusals import refusal

FOLLOW = "follow"
LOOKS = (5, 15, 45, 120)
"""Seconds after the click. The click itself is answered, and a response_url takes five answers (Slack facts 1.1)."""

_LONGEST_ID = 16
_WINDOW = "window:"


def show(ask: Ask, wanted: Wanted) -> Answer:
    """The page that is wanted."""
    house = ask.house
    require(ask, "logs", _stage(house, wanted))
    found, now = _read(house, wanted), house.ports.now()
    # Older pages hang on to the newest line that was seen.
    wanted = replace(wanted, until=wanted.until or max([now, *(line.at for line in found.lines[-1:])]))
    return _told(wanted, found, _note(house.ports, ask.person, wanted))


def show_beside(ask: Ask, step: int) -> Answer:
    """The page `step` pages before the one that the clicked button stands under (after it where negative)."""
    wanted = opened(ask.house.ports, ask.request.value)
    turned = replace(wanted, page=max(0, wanted.page + step))
    return show(ask, replace(turned, lines=min(MOST_LINES, max(wanted.lines, turned.shown + A_PAGE))))


def send_file(ask: Ask) -> Answer:
    """The last MOST_LINES lines, to that person alone; the page stays. Raises NotPossible where Slack does not take
    the file."""
    ports = ask.house.ports
    wanted = replace(opened(ports, ask.request.value), lines=MOST_LINES)
    require(ask, "logs", _stage(ask.house, wanted))
    found = _read(ask.house, wanted)
    entry = _note(ports, ask.person, wanted, file=True)
    comment = file_comment(wanted.stack, wanted.stage, found.container, len(found.lines))
    name = f"logs-{wanted.stack}-{wanted.stage}-{ports.now():%Y-%m-%d-%H%M}.txt"
    file = BytesIO(as_text(found.lines, found.tasks).encode(errors="replace"))
    try:
        ports.chat.send_file(ask.person.user_id, file, name, comment)
    except NotPossible as error:
        raise NotPossible(error.fact, f"{error.remedy} Or read on here with More.") from error
    return _told(wanted, found, entry, note=sent(comment))


def follow(ask: Ask) -> Answer:
    """The newest lines now, and LOOKS more times. The address to answer to is in memory only: whoever has it may write
    there. A restart ends the following, which the message has said: until then at the latest."""
    house, now, address = ask.house, ask.house.ports.now(), _address(ask.request)
    wanted = replace(opened(house.ports, ask.request.value), page=0, until=None)
    require(ask, "logs", _stage(house, wanted))
    found = _read(house, wanted)
    entry = _note(house.ports, ask.person, wanted, follow=True)
    key = f"{FOLLOW}:{entry}"
    house.addresses.keep(key, address)
    with house.ports.store.transaction() as tx:
        house.ports.wakes.wake_at(tx, f"{key}:0", now + timedelta(seconds=LOOKS[0]))
    until = following(now + timedelta(seconds=LOOKS[-1]))
    return _told(wanted, found, entry, note=until, is_following=True)


def follow_step(house: House, rest: str) -> None:
    """Step: one more look (`ENTRY:NUMBER`). After a restart there is no address any more, and nothing happens."""
    entry, _, number = rest.partition(":")
    key, look = f"{FOLLOW}:{entry}", int(number)
    address, row = house.addresses.of(key), house.ports.audit.entry(int(entry))
    if not address or row is None:
        return
    last = look == len(LOOKS) - 1
    message, over = _looked(house, row, last)
    if over:
        message = Tokens(house.ports).sealed(message, eyes_of(house.config.workspace, row.user_id))
    try:
        _tell(house.ports.chat, address, message)
    except Refusal:
        return
    if not over:
        at = datetime.fromisoformat(row.at) + timedelta(seconds=LOOKS[look + 1])
        with house.ports.store.transaction() as tx:
            house.ports.wakes.wake_at(tx, f"{key}:{look + 1}", at)


def _address(request: Request) -> str:
    """Where what follows is shown: in place of the message, or in the window. Raises NotPossible for a Home."""
    if request.callback_id == ANSWER and request.view_id:
        return f"{_WINDOW}{request.view_id}"
    if not request.response_url:
        fact = "Lines can be followed in a channel and in a window, not in your Home."
        raise NotPossible(fact, "Type it in a channel: /tinystacks logs STACK STAGE")
    return request.response_url


def _tell(chat: Chat, address: str, message: Json) -> None:
    if address.startswith(_WINDOW):
        chat.update_view(address.removeprefix(_WINDOW), answer_view("TinyStacks", message))
    else:
        chat.respond(address, message, replace=True)


def _looked(house: House, row: Row, last: bool) -> tuple[Json, bool]:
    """What to show, and whether that is the end."""
    wanted, since = _wanted(row.detail), datetime.fromisoformat(row.at)
    try:
        _insist_on_own(house, row)
        found = _read(house, wanted)
    except Refusal as error:
        return refusal(error), True
    over = last or found.stopped
    now = house.ports.now()
    told = followed(now) if over else following(since + timedelta(seconds=LOOKS[-1]))
    return _told(wanted, found, row.id, note=told, is_following=not over), over


def _insist_on_own(house: House, row: Row) -> None:
    """Raises NotAllowed for who was let go since they began to follow."""
    person = house.ports.people.person(row.team_id, row.user_id)
    refused = door(person, Moment(house.config, {}))
    if refused:
        raise NotAllowed(refused.reason, refused.who_could)


def opened(ports: Ports, entry: str) -> Wanted:
    """What was asked for when that entry was written. Raises UnknownName where it is about no logs."""
    is_id = entry.isascii() and entry.isdigit() and len(entry) < _LONGEST_ID
    row = ports.audit.entry(int(entry)) if is_id else None
    if row is None or (row.action, row.outcome) != ("logs", "read"):
        raise UnknownName("page of logs", entry[:20], usage="Type it again: /tinystacks logs STACK STAGE")
    return _wanted(row.detail)


def _wanted(detail: str) -> Wanted:
    told: Mapping[str, object] = json.loads(detail)
    names = {field.name: told[field.name] for field in fields(Wanted) if field.name in told}
    until = names.pop("until", None)
    return Wanted(**names, until=datetime.fromisoformat(str(until)) if until else None)  # type: ignore[arg-type]


def _read(house: House, wanted: Wanted) -> Found:
    stage = _stage(house, wanted)
    if wanted.change_id:
        with house.ports.store.transaction() as tx:
            change = tx.change(wanted.change_id)
        dead = read_dead(house.ports, stage, wanted, change) if change else None
        if dead is not None:
            return dead
    return read_logs(house.ports, stage, wanted)


def _stage(house: House, wanted: Wanted) -> Stage:
    return find_stage(house.config, wanted.stack, wanted.stage)


def _note(ports: Ports, who: Person, wanted: Wanted, **more: bool) -> int:
    asked = {name: value for name, value in asdict(wanted).items() if value and name != "until"}
    asked |= {"until": wanted.until.isoformat()} if wanted.until else {}
    where = {"stack": wanted.stack, "stage": wanted.stage, "change_id": wanted.change_id}
    with ports.store.transaction() as tx:
        return note(tx, ports.now(), who, "logs", "read", detail=asked | more, **where)


def _told(wanted: Wanted, found: Found, entry: int, note: str = "", is_following: bool = False) -> Json:
    lines = page_of(found.lines, wanted.page, wanted.size)
    page = Page(
        wanted.stack,
        wanted.stage,
        found.container,
        found.others,
        lines,
        found.tasks,
        stopped=found.stopped,
        opened=entry,
        newer=wanted.page > 0,
        older=len(found.lines) > wanted.shown or (found.full and wanted.lines < MOST_LINES),
        group=found.group,
        region=found.region,
        note=note,
        following=is_following,
        elsewhere=found.elsewhere,
    )
    return log_page(page) if found.unread is None else unread(page, found.unread)
