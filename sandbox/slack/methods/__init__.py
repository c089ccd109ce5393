"""The Web API methods the bot may call: name -> what it does and which scopes allow it (any one suffices)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.slack.methods import auth, blocks, chat, conversations, files, people, unfurl, views
from sandbox.slack.state import State
from sandbox.slack.workspace import Json


@dataclass(frozen=True)
class Method:
    """`run` answers with the body beside `ok`, or raises SlackError. `is_public`: no token is asked for."""

    run: Callable[[State, Json], Json]
    scopes: tuple[str, ...] = ()
    takes_app_token: bool = False
    is_public: bool = False


_READ = ("channels:read", "groups:read")
_HISTORY = ("channels:history", "groups:history")

METHODS: Mapping[str, Method] = {
    "auth.test": Method(auth.test),
    "apps.connections.open": Method(auth.connections_open, takes_app_token=True),
    "blocks.validate": Method(blocks.validate, is_public=True),
    "chat.postMessage": Method(chat.post_message, ("chat:write",)),
    "chat.postEphemeral": Method(chat.post_ephemeral, ("chat:write",)),
    "chat.update": Method(chat.update, ("chat:write",)),
    "chat.delete": Method(chat.delete, ("chat:write",)),
    "chat.unfurl": Method(unfurl.unfurl, ("links:write",)),
    "chat.getPermalink": Method(chat.permalink),
    "conversations.open": Method(conversations.open_direct, ("im:write",)),
    "conversations.info": Method(conversations.info, _READ),
    "conversations.members": Method(conversations.members, _READ),
    "conversations.history": Method(conversations.history, _HISTORY),
    "conversations.replies": Method(conversations.replies, _HISTORY),
    "files.getUploadURLExternal": Method(files.upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(files.complete_upload, ("files:write",)),
    "usergroups.list": Method(people.usergroups_list, ("usergroups:read",)),
    "usergroups.users.list": Method(people.usergroups_users_list, ("usergroups:read",)),
    "users.info": Method(people.users_info, ("users:read",)),
    "views.open": Method(views.open_view),
    "views.push": Method(views.push),
    "views.update": Method(views.update),
    "views.publish": Method(views.publish),
}
