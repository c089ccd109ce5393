"""Messages put into the outbox by hand."""

from bot.engine.outbox import put
from bot.engine.ports import Posting
from tests.engine.house import CHANNEL, World


def _said(text: str) -> dict[str, object]:
    return {"text": text, "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]}


def says(world: World, text: str, name: str = "card:1", **fields: object) -> None:
    """Queues a message, or the next state of one."""
    made = Posting(name, CHANNEL, _said(text), **{"urgency": 2, **fields})  # type: ignore[arg-type]
    with world.store.transaction() as tx:
        put(world.house.ports, tx, made, world.clock.now())


def channel(world: World) -> list[str]:
    """What stands in the channel."""
    return world.chat.transcript(CHANNEL)
