"""Small words to describe what JSON Slack accepts; each check yields problems that end in a JSON pointer.

The wording of the problems follows Slack's `response_metadata.messages`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Problems = Iterator[str]
Check = Callable[[Any, str], Problems]


def problem(what: str, pointer: str) -> str:
    return f"[ERROR] {what} [json-pointer:{pointer}]"


def length(value: str) -> int:
    """Characters as Slack counts them: UTF-16 units (Slack facts 3.8)."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2


def anything(_value: Any, _pointer: str) -> Problems:
    return iter(())


def boolean(value: Any, pointer: str) -> Problems:
    if not isinstance(value, bool):
        yield problem("must be a boolean", pointer)


def string(most: int, least: int = 1) -> Check:
    def check(value: Any, pointer: str) -> Problems:
        if not isinstance(value, str):
            yield problem("must be a string", pointer)
        elif length(value) > most:
            yield problem(f"must be less than {most + 1} characters", pointer)
        elif length(value) < least:
            yield problem(f"must be more than {least - 1} characters", pointer)

    return check


def integer(least: int, most: int) -> Check:
    def check(value: Any, pointer: str) -> Problems:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield problem(f"must be an integer from {least} to {most}", pointer)

    return check


def word(*allowed: str) -> Check:
    def check(value: Any, pointer: str) -> Problems:
        if value not in allowed:
            yield problem(f"must be one of: {', '.join(allowed)}", pointer)

    return check


def each(item: Check, most: int, least: int = 1) -> Check:
    def check(value: Any, pointer: str) -> Problems:
        if not isinstance(value, list):
            yield problem("must be an array", pointer)
            return
        if len(value) > most:
            yield problem(f"no more than {most} items allowed", pointer)
        if len(value) < least:
            yield problem(f"no fewer than {least} items allowed", pointer)
        for index, one in enumerate(value):
            yield from item(one, f"{pointer}/{index}")

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these properties and no other; `type` is looked at by `by_type`, never here."""
    known = {**required, **(optional or {})}

    def check(value: Any, pointer: str) -> Problems:
        if not isinstance(value, dict):
            yield problem("must be an object", pointer)
            return
        for name in required.keys() - value.keys():
            yield problem(f"missing required field: {name}", pointer)
        for name in value.keys() - known.keys() - {"type"}:
            yield problem(f"invalid additional property: {name}", pointer)
        for name in [name for name in known if name in value]:
            yield from known[name](value[name], f"{pointer}/{name}")

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    def check(value: Any, pointer: str) -> Problems:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in kinds:
            yield problem(f"unsupported type: {kind}", f"{pointer}/type")
        else:
            yield from kinds[kind](value, pointer)

    return check


def both(first: Check, second: Check) -> Check:
    def check(value: Any, pointer: str) -> Problems:
        yield from first(value, pointer)
        yield from second(value, pointer)

    return check


def one_of(*names: str) -> Check:
    """At least one of these properties must be there."""

    def check(value: Any, pointer: str) -> Problems:
        if isinstance(value, dict) and not any(name in value for name in names):
            yield problem(f"must have one of: {', '.join(names)}", pointer)

    return check
