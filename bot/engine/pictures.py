"""The picture in the thread of a request to scale: how busy the service was. Nobody waits for it, and a change goes on
without it."""

import logging
from datetime import datetime, timedelta
from io import BytesIO

from bot.domain.changes import Change, State
from bot.domain.charts import Chart
from bot.domain.errors import Refusal
from bot.engine.commands import House
from bot.engine.ports import Ports, Posting, Tx
from bot.messages.usage import picture_text, usage_chart

_log = logging.getLogger(__name__)

PICTURE = "picture"
_SOON, _LONGEST = timedelta(seconds=2), timedelta(minutes=5)


def wake_for_picture(ports: Ports, tx: Tx, change: Change, now: datetime) -> None:
    """In the transaction that asks for approval: its picture is to follow, if there is something to draw."""
    if _chart(change).panels:
        ports.wakes.wake_at(tx, f"{PICTURE}:{change.id}", now)


def picture_step(house: House, change_id: str) -> None:
    """Step: once the card stands, uploads the picture under it. A crash may lose it, never post it twice; where Slack
    does not take it, nothing follows."""
    ports = house.ports
    with ports.store.transaction() as tx:
        change = tx.change(change_id)
        thread_ts = _claimed(ports, tx, change) if change else ""
    if change and thread_ts:
        _upload(ports, change, _chart(change), thread_ts)


def _claimed(ports: Ports, tx: Tx, change: Change) -> str:
    """The ts of the card, for the one that may upload now; empty: nobody may, or not yet."""
    marker = Posting(
        id=f"{PICTURE}:{change.id}",
        channel_id=change.channel_id,
        body={"text": picture_text(change.stack, change.stage)},
        urgency=2,
        thread_of=f"card:{change.id}",
        sent_version=1,
        sent_at=ports.now(),
    )
    if change.state is not State.AWAITING_APPROVAL or tx.posting(marker.id):
        return ""
    card = tx.posting(marker.thread_of)
    if card and card.ts:
        # A row that is sent already: the outbox leaves it alone.
        tx.put_posting(marker)
        return card.ts
    now = ports.now()
    ports.wakes.wake_at(tx, f"{PICTURE}:{change.id}", now + min(max(_SOON, (now - change.updated_at) / 2), _LONGEST))
    return ""


def _upload(ports: Ports, change: Change, chart: Chart, thread_ts: str) -> None:
    name = f"usage-{change.stack}-{change.stage}-{ports.now():%Y-%m-%d}.png"
    comment = picture_text(change.stack, change.stage)
    try:
        png = BytesIO(ports.charts.png(chart))
        ports.chat.reply_file(change.channel_id, png, name, thread_ts=thread_ts, comment=comment, alt=chart.words)
    except Refusal as error:
        _log.info("picture_not_sent change=%s: %s", change.id, error)


def _chart(change: Change) -> Chart:
    """Without panels where there is nothing to draw."""
    look, scale = change.plan.look, change.plan.scale
    if look is None or look.usage is None:
        return Chart("", (), "")
    targets = (scale.before.cpu_target, scale.before.memory_target) if scale else (None, None)
    return usage_chart(change.stack, change.stage, look.usage, *targets)
