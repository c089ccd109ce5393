"""YAML text -> plain values, with the line of every key: duplicate keys, tags and runaway aliases are refused.

No key of `tinystacks.yml` takes a boolean, a fraction or a date, so a scalar is a whole number, nothing, or text as
it stands: a stage may be called `no` or `on`.
"""

import re
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

Path: TypeAlias = tuple[str | int, ...]

DEEPEST = 12
MOST_NODES = 50_000
_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value")}
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,8})")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")


@dataclass(slots=True)
class Document:
    """`value`: dicts with text keys, lists, text, whole numbers, None. `lines`: path -> line, counted from 1, of the
    key or item. `problems`: (path, what) in the order of the file."""

    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[tuple[Path, str]] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of that key, or of the nearest thing around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class BadYaml(Exception):
    """The text is no YAML that can be read; `line` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


def read(text: str) -> Document:
    """Raises BadYaml where the text cannot be read at all."""
    document = Document()
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        document.value = None if node is None else _value(node, (), document)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadYaml(mark.line + 1 if mark else 1, f"{error.problem or error.context}") from None
    except yaml.YAMLError:
        raise BadYaml(1, "it holds a character that YAML does not allow") from None
    except RecursionError:
        raise BadYaml(1, "it is nested too deeply") from None
    return document


def dotted(path: Path) -> str:
    """`stacks.shop.stages[1].cluster`; odd keys in quotes."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            word = part if _PLAIN_KEY.fullmatch(part) else ascii(part[:60])
            text += f".{word}" if text else word
    return text


def _value(node: yaml.Node, path: Path, document: Document) -> object:
    line = node.start_mark.line + 1
    document.lines.setdefault(path, line)
    if len(path) > DEEPEST or len(document.lines) > MOST_NODES:
        raise BadYaml(line, "it is nested too deeply, or its aliases repeat too much")
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, number), document) for number, item in enumerate(node.value)]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, document: Document) -> dict[str, object]:
    values: dict[str, object] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise BadYaml(key_node.start_mark.line + 1, "a key must be a word, not a list or a mapping")
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in values:
            first = document.lines[(*path, key)]
            document.problems.append(((*path, key), f"stands twice (lines {first} and {line}); keep one of them"))
            continue
        document.lines[(*path, key)] = line
        values[key] = _value(value_node, (*path, key), document)
    return values


def _scalar(node: yaml.Node) -> object:
    text = str(node.value)
    if node.tag not in _TAGS:
        raise BadYaml(node.start_mark.line + 1, "tags (!…) mean nothing here; leave them out")
    if node.tag.endswith(":null"):
        return None
    return int(text) if node.tag.endswith(":int") and _WHOLE.fullmatch(text) else text
