"""blocks.validate: what would be refused, without posting it. Public: it takes no token (Slack facts 1.2)."""

import re

from sandbox.slack.blocks import block_problems
from sandbox.slack.errors import SlackError
from sandbox.slack.methods.arguments import structure
from sandbox.slack.state import State
from sandbox.slack.views import checked_view
from sandbox.slack.workspace import Json

PROBLEM = re.compile(r"\[ERROR\] (?P<message>.*) \[json-pointer:(?P<pointer>.*)\]")


def validate(_state: State, args: Json) -> Json:
    """`errors` of [{code, message, field, pointer}] for `blocks`, `view` or `message`; `ok` is false if there are any.

    That every code is `invalid_blocks` is this sandbox's choice; Slack's own codes are not published.
    """
    errors = [_error(problem) for problem in _problems(args)]
    return {"ok": not errors, "errors": errors} | ({"error": "invalid_blocks"} if errors else {})


def _problems(args: Json) -> list[str]:
    given = {name: structure(args, name, "invalid_arguments") for name in ("blocks", "view", "message")}
    match [name for name, value in given.items() if value is not None]:
        case ["blocks"]:
            return block_problems(given["blocks"])
        case ["message"] if isinstance(given["message"], dict):
            return block_problems(given["message"].get("blocks", []), pointer="/message/blocks")
        case ["view"] if isinstance(given["view"], dict):
            return _view_problems(given["view"])
    raise SlackError("invalid_arguments")


def _view_problems(view: Json) -> list[str]:
    try:
        checked_view(view, "modal", "home")
    except SlackError as refused:
        found = refused.extra.get("errors")
        return list(found) if isinstance(found, list) else [f"[ERROR] {refused.code} [json-pointer:/view]"]
    return []


def _error(problem: str) -> Json:
    found = PROBLEM.fullmatch(problem)
    message, pointer = found.group("message", "pointer") if found else (problem, "")
    return {"code": "invalid_blocks", "message": message, "field": pointer.rpartition("/")[2], "pointer": pointer}
