"""Once a day the head of the audit log goes to Slack, out of reach of whoever has the file."""

from datetime import timedelta

from bot.engine.commands import House
from bot.engine.outbox import put
from bot.engine.ports import Posting
from bot.messages.audit import head_message

HEAD = "head"


def post_head(house: House) -> None:
    """Step, at the start of each day (UTC) and at every start of the bot: today's head, unless it is queued or posted
    already. Nothing where tinystacks.yml names no `audit_channel`; the wake-up then ends too."""
    ports, channel_id = house.ports, house.config.audit_channel
    if not channel_id:
        return
    now = ports.now()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    with ports.store.transaction() as tx:
        ports.wakes.wake_at(tx, HEAD, today + timedelta(days=1))
        head = tx.audit_head()
        if head is not None:
            posting = Posting(f"head:{today:%Y-%m-%d}", channel_id, head_message(head, now), urgency=1)
            put(ports, tx, posting, now)
