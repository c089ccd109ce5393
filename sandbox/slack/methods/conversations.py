"""conversations.info, .members, .history and .replies."""

from sandbox.slack.errors import SlackError
from sandbox.slack.messages import Message
from sandbox.slack.methods.arguments import channel, flag, number, text
from sandbox.slack.state import State
from sandbox.slack.workspace import Json


def info(state: State, args: Json) -> Json:
    """SlackError `channel_not_found` also for private channels the bot is not in."""
    found = state.workspace.channel(text(args, "channel"))
    bot = state.workspace.app.bot_user_id
    if found is None or (found.is_private and bot not in found.members):
        raise SlackError("channel_not_found")
    return {"channel": found.as_json() | {"is_member": bot in found.members}}


def open_direct(state: State, args: Json) -> Json:
    """The direct message between the bot and one person; opening it again is fine."""
    user_id = text(args, "users")
    if not user_id:
        raise SlackError("users_list_not_supplied")
    user = state.workspace.user(user_id)
    if user is None:
        raise SlackError("user_not_found")
    if user.deleted:
        raise SlackError("user_disabled")
    found = state.workspace.channel(f"D{user.id[1:]}")
    if found is None:
        raise SlackError("cannot_dm_bot")
    return {"channel": found.as_json() if flag(args, "return_im") else {"id": found.id}}


def members(state: State, args: Json) -> Json:
    return {"members": sorted(channel(state, args).members), "response_metadata": {"next_cursor": ""}}


def history(state: State, args: Json) -> Json:
    """Messages outside threads, newest first."""
    shown = [one for one in state.messages.public(channel(state, args).id) if one.thread_ts in (None, one.ts)]
    return _page(list(reversed(_between(shown, args))), args)


def replies(state: State, args: Json) -> Json:
    """A thread, oldest first, its parent always the first. SlackError `thread_not_found`."""
    where, ts = channel(state, args), text(args, "ts")
    parent = state.messages.find(where.id, ts)
    if parent is None or parent.ephemeral_to:
        raise SlackError("thread_not_found")
    thread = [one for one in state.messages.public(where.id) if one.thread_ts == ts]
    return _page([parent, *_between(thread, args)], args)


def _between(messages: list[Message], args: Json) -> list[Message]:
    oldest, latest = float(text(args, "oldest") or 0), float(text(args, "latest") or "inf")
    if flag(args, "inclusive"):
        return [one for one in messages if oldest <= float(one.ts) <= latest]
    return [one for one in messages if oldest < float(one.ts) < latest]


def _page(messages: list[Message], args: Json) -> Json:
    limit, start = number(args, "limit", 100), number(args, "cursor", 0)
    page = messages[start : start + limit]
    has_more = start + limit < len(messages)
    bodies = [one.as_json(flag(args, "include_all_metadata")) for one in page]
    cursor = str(start + limit) if has_more else ""
    return {"messages": bodies, "has_more": has_more, "response_metadata": {"next_cursor": cursor}}
