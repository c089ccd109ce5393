"""What changes between two documents, field by field. Environment values never get out (rule 6 of the design)."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.domain.plans import Difference

MASK = "•••"
LONGEST = 200
"""Characters of a value that are shown; the rest is cut and said to be."""

_RENAMED = {"containerDefinitions": "containers"}
_SECRET_WORD = re.compile(r"token|passw|secret|credential|apikey|api_key|access_?key|private_?key", re.IGNORECASE)
_NAMES_ONLY = frozenset({"secrets", "secretOptions", "valueFrom", "repositoryCredentials"})

_Path = tuple[str, ...]


def diff_documents(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """The fields that differ, in the order of `before`, then what is new. Paths read `containers.app.image`; lists
    whose elements have names go by name, so that their order does not matter. Null, `[]`, `{}` and an absent field
    are the same to ECS and to this."""
    old, new = dict(_fields(before)), dict(_fields(after))
    paths = [*old, *(path for path in new if path not in old)]
    return tuple(_difference(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path))


def _fields(value: Any, path: _Path = ()) -> Iterator[tuple[_Path, str]]:
    """Every leaf with its path; a list without names is one leaf."""
    named = _by_name(value)
    if isinstance(value, Mapping) or named is not None:
        for key, inner in (named if named is not None else value).items():
            yield from _fields(inner, (*path, _RENAMED.get(key, key)))
    elif value is not None and value != []:
        yield path, value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)


def _by_name(value: Any) -> dict[str, Any] | None:
    """A list of uniquely named elements as a mapping without the names, an `environment` entry as its value."""
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        return None
    if not all(isinstance(element, Mapping) and isinstance(element.get("name"), str) for element in value):
        return None
    if len({element["name"] for element in value}) < len(value):
        return None
    return {element["name"]: _without_name(element) for element in value}


def _without_name(element: Mapping[str, Any]) -> Any:
    rest = {key: inner for key, inner in element.items() if key != "name"}
    return next(iter(rest.values())) if set(rest) in ({"value"}, {"valueFrom"}) else rest or "(present)"


def _difference(path: _Path, before: str | None, after: str | None) -> Difference:
    dotted = ".".join(path)
    if not _masked(path):
        return Difference(dotted, _shown(path, before), _shown(path, after))
    if before is None:
        return Difference(dotted, "", f"{MASK} (added)")
    return Difference(
        dotted, f"{MASK} (removed)" if after is None else MASK, "" if after is None else f"{MASK} (changed)"
    )


def _masked(path: _Path) -> bool:
    if "environment" in path:
        return True
    return not _NAMES_ONLY.intersection(path) and any(_SECRET_WORD.search(key) for key in path[-1:])


def _shown(path: _Path, value: str | None) -> str:
    if value is None:
        return ""
    if _NAMES_ONLY.intersection(path):
        value = re.sub(r"arn:[a-z-]+:[a-z0-9-]*:[a-z0-9-]*:[0-9]*:", "", value)
    return value if len(value) <= LONGEST else f"{value[:LONGEST]}… ({len(value)} characters)"
