"""Payloads that nobody should send, as strategies: hostile words and values, forged and stale buttons, people without
rights, shapes that Slack does not have."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from hypothesis import strategies as st

from tests.fuzzing import Door, as_metadata
from tests.messages.hostile import TEXTS

PEOPLE = (
    *(
        ("T0ACME", user)
        for user in (
            "U0ANA",
            "U0ANA",
            "U0ANA",
            "U0ANA",
            "U0BO",
            "U0BO",
            "U0CY",
            "U0GUEST",
            "U0GONE",
            "U0BOT",
            "U0NOBODY",
            "",
        )
    ),
    ("T0OTHER", "U0STRANGER"),
    ("T0OTHER", "U0ANA"),
    ("", "U0ANA"),
)
_VERBS = (
    "deploy",
    "rollback",
    "lock",
    "unlock",
    "freeze",
    "unfreeze",
    "audit",
    "history",
    "approvals",
    "whoami",
    "help",
)
_WORDS = (
    *("shop", "staging", "prod", "v42", "v43", "v44", "nowhere", "all", "1", "-1", "--yes", "--reason", "--emergency"),
    *(
        "--help",
        "--for",
        "2h",
        "--",
        "-",
        '"',
        "“x”",
        "sha256:" + "a" * 64,
        "<@U0EVIL>",
        "<!channel>",
        "@here",
        "\u202e",
    ),
)
_JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, [], {}, "", 0, -1, 10**40, True, [[]], [None], {"id": None}, {"": ""}, "\x00", "x" * 5_000, float("1e308")]
)
_CHANNELS = st.sampled_from(["C0DEPLOYS", "C0PROD", "C0RANDOM", "C0SHARED", "C0NOWHERE", "", "D1"])
_NUMBERS = count(1)

_words = st.sampled_from(_WORDS) | TEXTS
_sensible = st.tuples(
    st.sampled_from(["deploy", "rollback", "lock", "unlock"]),
    st.just("shop"),
    st.sampled_from(["staging", "prod"]),
    st.sampled_from(["v42", "v43", "v44", ""]),
    st.sampled_from(["", "--yes", "--reason"]),
    TEXTS | st.just(""),
).map(" ".join)
_lines = st.tuples(st.sampled_from(_VERBS) | TEXTS, st.lists(_words, max_size=6).map(" ".join)).map(" ".join)
_metadata = st.sampled_from(
    [as_metadata("C0RANDOM"), as_metadata("C0SHARED"), "", "[]", "null", "{", '{"channel_id": 5}']
)
_fields = st.dictionaries(
    st.sampled_from(["stage", "image:shop/staging", "image:shop/prod", "other", "reason", "why", "end"]) | TEXTS,
    st.dictionaries(
        st.sampled_from(["value", "x"]),
        st.fixed_dictionaries({"value": _words | st.sampled_from(["shop/staging", "shop/prod", "shop/", "/"])})
        | st.fixed_dictionaries({"selected_option": st.none() | st.fixed_dictionaries({"value": _words})}),
        min_size=1,
        max_size=2,
    ),
    max_size=5,
)
_TWISTS = ("own", "own", "own", "own", "decider", "decider", "", "action", "message", "channel", "raw", "hash", "junk")
_clicks = st.tuples(st.integers(0, 999), st.sampled_from(_TWISTS), _CHANNELS, TEXTS)

_KINDS = st.one_of(
    st.tuples(st.just("command"), _sensible | _lines),
    st.tuples(st.just("click"), _clicks),
    st.tuples(st.just("click"), _clicks),
    st.tuples(st.just("command"), _sensible),
    st.tuples(st.just("form"), st.tuples(st.sampled_from(_VERBS) | TEXTS | st.just("deploy:deny"), _metadata, _fields)),
    st.tuples(st.just("mention"), _lines),
    st.tuples(st.just("home"), TEXTS),
    st.tuples(st.just("shortcut"), TEXTS),
)
_broken = st.none() | st.tuples(st.lists(st.integers(0, 30), min_size=1, max_size=4), _JUNK)
DRAWS = st.tuples(_KINDS, st.sampled_from(PEOPLE), _CHANNELS, st.sampled_from([None, None, None]) | _broken)
"""Kind and what is in it, who, where, and which part of the payload is replaced by junk."""

Drawn = tuple[tuple[str, Any], tuple[str, str], str, tuple[list[int], Any] | None]


def payload_of(door: Door, drawn: Drawn) -> dict[str, Any]:
    """The payload, with buttons and ids that are really there."""
    (kind, inside), (team, user), channel, broken = drawn
    number = next(_NUMBERS)
    common = {"trigger_id": f"{number}.1.fuzz", "response_url": f"https://hooks.example/{number}"}
    build = {"command": _command, "click": _click, "form": _form}.get(kind, _other)
    made = build(door, kind, inside, common, {"team": team, "user": user, "channel": channel})
    made = made | ({"event_id": f"Ev{number}"} if "event" in made else {})
    return _with_junk(made, *broken) if broken else made


def _command(_door: Door, _kind: str, text: str, common: dict[str, Any], who: Mapping[str, str]) -> dict[str, Any]:
    named = {"team_id": who["team"], "user_id": who["user"], "user_name": text[:20], "channel_id": who["channel"]}
    return {"command": "/tinystacks", "text": text, **named, **common}


def _click(door: Door, _kind: str, inside: Any, common: dict[str, Any], who: Mapping[str, str]) -> dict[str, Any]:
    index, twist, elsewhere, junk = inside
    shown = door.buttons()
    if not shown:
        return _command(door, "command", "deploy shop staging v42", common, who)
    said, element, channel = shown[index % len(shown)]
    other = shown[(index * 7 + 1) % len(shown)][1]
    raw = door.ids()[index % len(door.ids())]
    value = {"raw": raw, "hash": f"th-{'0' * 64}", "junk": junk}.get(twist, element["value"])
    action_id = other["action_id"] if twist == "action" else element["action_id"]
    reader = {"own": said.only_for or who["user"], "decider": "U0CY"}.get(twist)
    who = {**who, "user": reader, "team": "T0ACME"} if reader else who
    ts = "1.1" if twist == "message" else said.ts
    where = elsewhere if twist == "channel" else channel
    return {
        "type": "block_actions",
        **_person(who),
        "container": {"type": "message", "message_ts": ts, "channel_id": where},
        "channel": {"id": where},
        "message": {"ts": ts},
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value, "action_ts": "1.2"}],
        **common,
    }


def _form(_door: Door, _kind: str, inside: Any, common: dict[str, Any], who: Mapping[str, str]) -> dict[str, Any]:
    callback_id, metadata, values = inside
    view = {
        "type": "modal",
        "id": f"V{common['trigger_id']}",
        "hash": "1",
        "callback_id": callback_id,
        "private_metadata": metadata,
    }
    return {"type": "view_submission", **_person(who), "view": view | {"state": {"values": values}}, **common}


def _other(_door: Door, kind: str, text: str, common: dict[str, Any], who: Mapping[str, str]) -> dict[str, Any]:
    if kind == "shortcut":
        return {"type": "shortcut", **_person(who), "callback_id": text, **common}
    name = "app_mention" if kind == "mention" else "app_home_opened"
    event = {
        "type": name,
        "user": who["user"],
        "team": who["team"],
        "channel": who["channel"],
        "ts": "1.1",
        "text": text,
    }
    return {"type": "event_callback", "team_id": who["team"], "event": event, "authorizations": []}


def _person(who: Mapping[str, str]) -> dict[str, Any]:
    user = {"id": who["user"], "username": "x", "team_id": who["team"]}
    return {"user": user, "team": {"id": who["team"]}}


def _with_junk(node: Any, path: list[int], junk: Any) -> Any:
    """The payload with one of its parts replaced."""
    if not path or not node or not isinstance(node, dict | list):
        return junk
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    key = keys[path[0] % len(keys)]
    copied: Any = dict(node) if isinstance(node, dict) else list(node)
    copied[key] = _with_junk(node[key], path[1:], junk)
    return copied
