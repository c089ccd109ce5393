"""What happens when a person types: a message, a mention of the bot, or a slash command."""

import re
from html import escape

from sandbox.slack import payloads
from sandbox.slack.blocks import block_problems
from sandbox.slack.delivery import Ack
from sandbox.slack.errors import invalid
from sandbox.slack.events import send_event
from sandbox.slack.links import LINK, link_shared, links_in
from sandbox.slack.messages import Message
from sandbox.slack.state import State
from sandbox.slack.workspace import Channel, Json, User, Workspace

MENTION = re.compile(r"(?<![\w<])([@#])([\w.-]*\w)")


async def typed(state: State, user_id: str, channel_id: str, words: str, thread_ts: str | None = None) -> Json:
    """Delivers what was typed. `error` names what the person is shown instead of an answer."""
    member = state.member(channel_id, user_id)
    if member is None:
        return Ack(error="not_in_channel").as_json()
    channel, user = member
    if words.startswith("/"):
        return (await command(state, user, channel, words, thread_ts)).as_json()
    message = state.post(channel.id, user.id, as_sent(state.workspace, words), thread_ts=thread_ts)
    ack = await _events(state, channel, message)
    return ack.as_json() | {"ts": message.ts}


async def command(state: State, user: User, channel: Channel, words: str, thread_ts: str | None) -> Ack:
    """A slash command. Slack has none in threads (Slack facts 2.6)."""
    name, _, rest = words.partition(" ")
    if name not in state.workspace.app.commands or thread_ts:
        refusal = "not_supported_in_threads" if thread_ts else "unknown_command"
        state.toast(user.id, refusal)
        return Ack(error=refusal)
    rest = as_escaped(state.workspace, rest) if state.workspace.app.should_escape else rest
    payload, key = payloads.slash_command(state, user, channel, name, rest.strip())
    ack = await state.deliver("slash_commands", payload, accepts_payload=True)
    ack = Ack(ack.ms, ack.error or _shown(state, user, channel, ack.payload, key), ack.payload)
    if ack.error:
        state.toast(user.id, ack.error)
    return ack


def _shown(state: State, user: User, channel: Channel, answer: Json, key: str) -> str | None:
    """Posts the ack's own message; the name of the error if its blocks are refused."""
    blocks, words = answer.get("blocks") or [], answer.get("text") or ""
    problems = block_problems(blocks)
    if problems:
        state.refuse("slash command", invalid("invalid_blocks", problems))
        return "invalid_blocks"
    if not blocks and not words:
        return None
    only_for = None if answer.get("response_type") == "in_channel" else user.id
    message = state.post_as_bot(channel.id, words, blocks=blocks, ephemeral_to=only_for)
    state.tickets.response_urls[key].source_ts = message.ts
    return None


async def _events(state: State, channel: Channel, message: Message) -> Ack:
    """Where the bot is: `link_shared` for links to its domains, an `app_mention` if it is mentioned; a plain message is
    no business of the app's."""
    app, ack = state.workspace.app, Ack()
    if app.bot_user_id not in channel.members:
        return ack
    links = links_in(message.text, app)
    if links and "links:read" in app.scopes:
        ack = await send_event(state, link_shared(message, links), channel)
    if f"<@{app.bot_user_id}>" in message.text:
        body = message.as_json() | {"type": "app_mention", "channel": channel.id, "event_ts": message.ts}
        ack = await send_event(state, body, channel)
    return ack


def as_sent(workspace: Workspace, words: str) -> str:
    """The words of a message as Slack stores them: `&<>` as entities, `@ana` as `<@U0ANA>`."""
    return _with_mentions(workspace, words, named=False)


def as_escaped(workspace: Workspace, words: str) -> str:
    """The words of a slash command with `should_escape`: `@ana` as `<@U0ANA|ana>`, `#x` as `<#C…|x>`, links as `<…>`.

    That `&<>` come as entities here too is unconfirmed.
    """
    return LINK.sub(lambda found: f"<{found[0]}>", _with_mentions(workspace, words, named=True))


def _with_mentions(workspace: Workspace, words: str, named: bool) -> str:
    ids = {f"@{user.name}": f"@{user.id}" for user in workspace.users}
    ids |= {f"#{channel.name}": f"#{channel.id}" for channel in workspace.channels}
    groups = {f"@{group.handle}": group.id for group in workspace.user_groups}

    def mention(found: re.Match[str]) -> str:
        typed_name = found[0]
        if typed_name in groups:
            return f"<!subteam^{groups[typed_name]}|{typed_name}>"
        if typed_name not in ids:
            return typed_name
        return f"<{ids[typed_name]}|{found[2]}>" if named else f"<{ids[typed_name]}>"

    return MENTION.sub(mention, escape(words, quote=False))
