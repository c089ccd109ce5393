"""What one key alone cannot show: names that must exist, keys that must be somewhere, stages in each other's way.

All of it reads the plain values, whole or broken, so that these problems are told together with the others.
"""

from collections.abc import Iterator
from typing import TypeAlias

from bot.config.document import Path, dotted
from bot.domain.errors import nearest
from bot.problems import shown

Problem: TypeAlias = tuple[Path, str]
Keys: TypeAlias = dict[str, object]


def problems(value: Keys, region: str | None) -> Iterator[Problem]:
    """(path, what) of every rule that is broken. `region`: what stands in for a region that no key names."""
    yield from _unknown_groups(value)
    yield from _same_names(_stacks(value))
    yield from _missing(value, region)
    yield from _same_service(value, region)
    yield from _too_many_approvers(value)


def keys(value: object) -> Keys:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def _stacks(value: Keys) -> list[tuple[Path, str]]:
    return [(("stacks", name), name) for name in keys(value.get("stacks"))]


def _stages(value: Keys) -> Iterator[tuple[Path, Keys]]:
    for name, stack in keys(value.get("stacks")).items():
        for number, stage in enumerate(items(keys(stack).get("stages"))):
            if isinstance(stage, dict):
                yield ("stacks", name, "stages", number), stage


def _unknown_groups(value: Keys) -> Iterator[Problem]:
    people = [name.lower() for name in keys(value.get("people"))]
    for path, stage in [(("defaults",), keys(value.get("defaults"))), *_stages(value)]:
        lists: dict[Path, object] = {(key,): stage.get(key) for key in ("may_change", "emergency", "admins")}
        lists["approval", "by"] = keys(stage.get("approval")).get("by")
        for where, groups in lists.items():
            for number, group in enumerate(items(groups)):
                if isinstance(group, str) and group.lower() not in people:
                    yield (*path, *where, number), f"{shown(group)} is no group of `people`; {_instead(group, people)}"


def _instead(group: str, people: list[str]) -> str:
    near = nearest(group, people, 1)
    if near:
        return f"did you mean “{dotted(near)}”?"
    known = ", ".join(dotted((name,)) for name in people)
    return f"write one of {known}" if people else "name your groups there, such as developers: [U…]"


def _same_names(named: list[tuple[Path, str]]) -> Iterator[Problem]:
    seen: dict[str, Path] = {}
    for path, name in named:
        first = seen.setdefault(name.lower(), path)
        if first != path:
            yield path, f"the same name as {dotted(first)}; capitals make no difference, so rename one"


def _missing(value: Keys, region: str | None) -> Iterator[Problem]:
    defaults = keys(value.get("defaults"))
    for path, stage in _stages(value):
        both = {**defaults, **stage}
        wanted = ["cluster", "service", "channel"] + ([] if region else ["region"])
        for key in (key for key in wanted if both.get(key) is None):
            also = ", or in AWS_REGION" if key == "region" else ""
            yield (*path, key), f"missing; write it here or under `defaults`{also}"


def _same_service(value: Keys, region: str | None) -> Iterator[Problem]:
    defaults = keys(value.get("defaults"))
    seen: dict[tuple[object, ...], Path] = {}
    names: dict[str, list[tuple[Path, str]]] = {}
    for path, stage in _stages(value):
        if isinstance(name := stage.get("name"), str):
            names.setdefault(str(path[1]), []).append(((*path, "name"), name))
        both = {"region": region, **defaults, **stage}
        target = tuple(both.get(key) for key in ("region", "role_arn", "cluster", "service"))
        if not all(isinstance(part, str) for part in (target[0], *target[2:])):
            continue
        first = seen.setdefault(tuple(map(str, target)), path)
        if first != path:
            yield (*path, "service"), f"is the service of {dotted(first)} too; a service belongs to one stage only"
    for named in names.values():
        yield from _same_names(named)


def _too_many_approvers(value: Keys) -> Iterator[Problem]:
    people = {name.lower(): items(ids) for name, ids in keys(value.get("people")).items()}
    for path, stage in [(("defaults",), keys(value.get("defaults"))), *_stages(value)]:
        approval = keys(stage.get("approval"))
        count, by = approval.get("count", 1), items(approval.get("by"))
        ids = [member for group in by for member in people.get(str(group).lower(), ["?"])]
        if isinstance(count, int) and by and all(_is_person(member) for member in ids) and len(set(ids)) < count:
            found = f"only {len(set(ids))} can approve" if ids else "nobody can approve"
            yield (*path, "approval", "count"), f"{count} approvers are asked for, but {found}; add people to `by`"


def _is_person(member: object) -> bool:
    return isinstance(member, str) and member.startswith(("U", "W"))
