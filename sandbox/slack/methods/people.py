"""users.info, usergroups.list and usergroups.users.list."""

from sandbox.slack.errors import SlackError
from sandbox.slack.methods.arguments import flag, text
from sandbox.slack.state import State
from sandbox.slack.workspace import Json


def users_info(state: State, args: Json) -> Json:
    user = state.workspace.user(text(args, "user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": user.as_json()}


def usergroups_list(state: State, args: Json) -> Json:
    """Member ids only with `include_users`, disabled groups only with `include_disabled`."""
    groups = [one for one in state.workspace.user_groups if flag(args, "include_disabled") or not one.disabled]
    bodies = [one.as_json() for one in groups]
    if not flag(args, "include_users"):
        bodies = [{name: value for name, value in body.items() if name != "users"} for body in bodies]
    return {"usergroups": bodies}


def usergroups_users_list(state: State, args: Json) -> Json:
    group = state.workspace.user_group(text(args, "usergroup"))
    if group is None or (group.disabled and not flag(args, "include_disabled")):
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}
