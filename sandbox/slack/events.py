"""Events to the app, delivered again while un-acked."""

import asyncio

from sandbox.slack.delivery import Ack
from sandbox.slack.payloads import event
from sandbox.slack.state import State
from sandbox.slack.workspace import Channel, Json


async def send_event(state: State, body: Json, channel: Channel | None = None) -> Ack:
    """The first attempt's ack. The retries (Slack facts 2.3) go on behind the caller's back, same `event_id`."""
    payload = event(state, body, channel)
    ack = await state.deliver("events_api", payload)
    if ack.error:
        task = asyncio.create_task(_retry(state, payload))
        state.background.add(task)
        task.add_done_callback(state.background.discard)
    return ack


async def _retry(state: State, payload: Json) -> None:
    for attempt, pause in enumerate(state.pace.event_retries, start=1):
        await asyncio.sleep(pause)
        ack = await state.deliver("events_api", payload, retry=attempt)
        if ack.error is None:
            return
