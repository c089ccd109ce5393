"""The leaves of `tinystacks.yml`: each checks one value, says what to write instead, and gives its JSON Schema.

Every leaf takes any value and answers its domain value or raises ValueError with a sentence that follows the path.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from bot.domain import durations
from bot.domain.errors import nearest
from bot.problems import shown


class Leaf:
    """What pydantic asks of an annotation; `checked` and `described` are the leaf's own."""

    def checked(self, value: Any) -> Any:
        """The domain value. Raises ValueError."""
        raise NotImplementedError

    def described(self) -> dict[str, Any]:
        """Its JSON Schema."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.checked)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return self.described()


@dataclass(frozen=True)
class Text(Leaf):
    """Text that matches `pattern` as a whole; `say` describes it ("an AWS region, such as eu-west-1")."""

    pattern: str
    say: str
    lower: bool = False

    def checked(self, value: Any) -> str:
        if isinstance(value, int):
            raise ValueError(f"{value} must be text; put it in quotes: '{value}'")
        if not isinstance(value, str):
            raise ValueError(f"must be {self.say}")
        if not re.fullmatch(self.pattern, value):
            raise ValueError(f"{shown(value)} is not {self.say}")
        return value.lower() if self.lower else value

    def described(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"}


@dataclass(frozen=True)
class Printable(Leaf):
    """Free text of 1 to `most` characters; white space is folded where `fold`, else only letters that print pass."""

    most: int
    fold: bool = False

    def checked(self, value: Any) -> str:
        text = " ".join(str(value).split()) if self.fold else str(value)
        if not isinstance(value, str | int):
            raise ValueError("must be text")
        if not 1 <= len(text) <= self.most or not text.isprintable() or text.isspace():
            raise ValueError(f"must be text of 1 to {self.most} characters, without control characters")
        return text

    def described(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": self.most}


@dataclass(frozen=True)
class Word(Leaf):
    """One of a few words; `make` turns it into its domain value."""

    known: tuple[str, ...]
    make: Callable[[str], Any] = str

    def checked(self, value: Any) -> Any:
        word = value.lower() if isinstance(value, str) else None
        if word in self.known:
            return self.make(word)
        near = nearest(word, self.known, 1) if word else ()
        hint = f"did you mean “{near[0]}”?" if near else f"write one of {', '.join(self.known)}"
        raise ValueError(f"{shown('nothing' if value is None else value)} is not known here; {hint}")

    def described(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.known)}


@dataclass(frozen=True)
class Duration(Leaf):
    """`90s`, `20m`, `2h`, `1d`: up to 30 days."""

    def checked(self, value: Any) -> timedelta:
        return durations.duration_of(value if isinstance(value, str) else "")

    def described(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{durations.WRITTEN}$"}


@dataclass(frozen=True)
class Bounds(Leaf):
    """`[least, most]`, both allowed themselves."""

    def checked(self, value: Any) -> tuple[int, int]:
        if not isinstance(value, list) or len(value) != 2 or not all(isinstance(item, int) for item in value):
            raise ValueError("must be two whole numbers, the least and the most: [1, 20]")
        least, most = value
        if not 0 <= least <= most:
            raise ValueError(f"[{least}, {most}] must start with the smaller number, 0 or more: [1, 20]")
        return least, most

    def described(self) -> dict[str, Any]:
        number = {"type": "integer", "minimum": 0}
        return {"type": "array", "items": number, "minItems": 2, "maxItems": 2}


@dataclass(frozen=True)
class Count(Leaf):
    """A whole number from `least` to `most`."""

    least: int
    most: int

    def checked(self, value: Any) -> int:
        if not isinstance(value, int) or not self.least <= value <= self.most:
            raise ValueError(f"must be a whole number from {self.least} to {self.most}")
        return value

    def described(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class YesNo(Leaf):
    """`yes` or `no`; editors that read them as `true` and `false` are right too."""

    def checked(self, value: Any) -> bool:
        word = value.lower() if isinstance(value, str) else ""
        if word not in ("yes", "true", "no", "false"):
            raise ValueError("must be yes or no")
        return word in ("yes", "true")

    def described(self) -> dict[str, Any]:
        return {"enum": ["yes", "no", True, False]}
