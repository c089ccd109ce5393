"""chat.unfurl: what the app shows under a link in somebody's message (Slack facts 2.6)."""

from sandbox.slack.errors import SlackError
from sandbox.slack.links import links_in
from sandbox.slack.methods.arguments import channel, structure, text
from sandbox.slack.methods.chat import checked_blocks
from sandbox.slack.state import State
from sandbox.slack.workspace import Json


def unfurl(state: State, args: Json) -> Json:
    """`unfurls`: by address, as the message has it, `blocks`; those of before stay. SlackError `cannot_unfurl_url` for
    an address that is not in the message or not of a domain of the app's."""
    where, unfurls = channel(state, args), structure(args, "unfurls", "invalid_unfurls_format")
    if not isinstance(unfurls, dict):
        raise SlackError("missing_unfurls")
    message = state.messages.find(where.id, text(args, "ts"))
    if message is None or message.ephemeral_to:
        raise SlackError("cannot_unfurl_message")
    if not unfurls.keys() <= set(links_in(message.text, state.workspace.app)):
        raise SlackError("cannot_unfurl_url")
    shown = {one["from_url"]: one for one in message.attachments}
    state.attach(message, list((shown | {url: _attachment(url, one) for url, one in unfurls.items()}).values()))
    return {}


def _attachment(url: str, given: Json) -> Json:
    if not given.keys() <= {"blocks", "fallback", "color"}:
        raise SlackError("cannot_parse_attachment")
    return given | {"from_url": url, "blocks": checked_blocks(given.get("blocks"))}
