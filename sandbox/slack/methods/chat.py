"""chat.postMessage, chat.postEphemeral, chat.update and chat.delete with their refusals (Slack facts 1.2, 3.7)."""

from sandbox.slack.blocks import BLOCKS_LENGTH, block_problems, blocks_length
from sandbox.slack.errors import SlackError, invalid
from sandbox.slack.messages import Message
from sandbox.slack.methods.arguments import channel, structure, text
from sandbox.slack.state import State
from sandbox.slack.workspace import Json

TEXT_KEPT = 40_000
UPDATE_TEXT = 4_000
EPHEMERAL_BYTES = 4_000


def post_message(state: State, args: Json) -> Json:
    """Posts as the bot; text above 40 000 characters is cut, as Slack does."""
    where = channel(state, args)
    words, blocks = _content(args)
    thread_ts = _thread(state, where.id, args)
    metadata = _metadata(args)
    rest = {"blocks": blocks or [], "thread_ts": thread_ts, "metadata": metadata}
    message = state.post_as_bot(where.id, words[:TEXT_KEPT], **rest)
    return {"channel": where.id, "ts": message.ts, "message": message.as_json(with_metadata=True)}


def post_ephemeral(state: State, args: Json) -> Json:
    """Posts for one member of the channel only; never kept for anyone else, never editable."""
    where = channel(state, args)
    user_id = text(args, "user")
    if state.workspace.user(user_id) is None:
        raise SlackError("user_not_found")
    if user_id not in where.members:
        raise SlackError("user_not_in_channel")
    words, blocks = _content(args)
    if len(words.encode()) > EPHEMERAL_BYTES:
        raise SlackError("msg_too_long")
    thread_ts = _thread(state, where.id, args)
    message = state.post_as_bot(where.id, words, blocks=blocks or [], thread_ts=thread_ts, ephemeral_to=user_id)
    return {"message_ts": message.ts}


def update(state: State, args: Json) -> Json:
    """Edits an own message. Text without blocks removes the blocks; metadata stays unless given."""
    message = _own(state, args, "cant_update_message")
    if len(text(args, "text")) > UPDATE_TEXT:
        raise SlackError("msg_too_long")
    words, blocks = _content(args)
    state.edit(message, words, blocks or [])
    metadata = _metadata(args)
    if metadata is not None:
        message.metadata = metadata or None
    return {"channel": message.channel_id, "ts": message.ts, "text": words, "message": message.as_json()}


def delete(state: State, args: Json) -> Json:
    message = _own(state, args, "cant_delete_message")
    state.delete(message)
    return {"channel": message.channel_id, "ts": message.ts}


def permalink(state: State, args: Json) -> Json:
    """The address of a message as Slack writes it, on the local host; a reply's names its thread."""
    where = channel(state, args)
    message = state.messages.find(where.id, text(args, "message_ts"))
    if message is None or message.ephemeral_to:
        raise SlackError("message_not_found")
    thread_ts = message.thread_ts if message.thread_ts != message.ts else None
    thread = f"?thread_ts={thread_ts}&cid={where.id}" if thread_ts else ""
    link = f"{state.base_url}/archives/{where.id}/p{message.ts.replace('.', '')}{thread}"
    return {"channel": where.id, "permalink": link}


def checked_blocks(blocks: object) -> list[Json]:
    """The blocks as they are, or SlackError `invalid_blocks` with a pointer to each offence."""
    problems = block_problems(blocks)
    if problems:
        raise invalid("invalid_blocks", problems)
    assert isinstance(blocks, list)
    return blocks


def _content(args: Json) -> tuple[str, list[Json] | None]:
    words, given = text(args, "text"), structure(args, "blocks", "invalid_blocks_format")
    if not words and not given:
        raise SlackError("no_text")
    blocks = None if given is None else checked_blocks(given)
    if blocks and blocks_length(blocks) > BLOCKS_LENGTH:
        raise SlackError("msg_blocks_too_long")
    return words, blocks


def _metadata(args: Json) -> Json | None:
    given = args.get("metadata")
    metadata: Json | None = {} if given in ({}, "{}") else structure(args, "metadata", "invalid_metadata_format")
    if metadata and not {"event_type", "event_payload"} <= metadata.keys():
        raise SlackError("invalid_metadata_schema")
    return metadata


def _thread(state: State, channel_id: str, args: Json) -> str | None:
    thread_ts = text(args, "thread_ts") or None
    parent = state.messages.find(channel_id, thread_ts) if thread_ts else None
    if thread_ts and (parent is None or parent.ephemeral_to):
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts if parent else None


def _own(state: State, args: Json, refusal: str) -> Message:
    message = state.messages.find(channel(state, args).id, text(args, "ts"))
    if message is None or message.ephemeral_to:
        raise SlackError("message_not_found")
    if message.bot_id != state.workspace.app.bot_id:
        raise SlackError(refusal)
    return message
