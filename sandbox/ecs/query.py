"""The cluster query language, as memberOf constraints and ListContainerInstances' filter write it: does an instance
meet an expression? What tests use of it: attributes, a few other subjects, `in`, `exists`, not, and, or, brackets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sandbox.ecs.errors import invalid

TOKEN = re.compile(r"\s*(==|!=|=~|>=|<=|&&|\|\||!exists\b|[()\[\],><!]|[^\s()\[\],=!<>&|]+)")
WORDS = {
    "and": "&&",
    "or": "||",
    "not": "!",
    "equals": "==",
    "not_equals": "!=",
    "matches": "=~",
    "not_exists": "!exists",
}
SUBJECTS = ("agentConnected", "agentVersion", "ec2InstanceId", "registeredAt", "runningTasksCount")
Facts = Mapping[str, list[str]]


def meets(expression: str, facts: Facts) -> bool:
    """`facts`: subject → its values: `attribute:NAME` one (empty where it has no value), `task:group` any number;
    what an instance does not have is not in it. Raises InvalidParameterException."""
    reader = _Reader(expression, facts)
    found = reader.either()
    if reader.rest:
        raise invalid(f"Invalid expression: {expression}")
    return found


class _Reader:
    """Reads from left to right and decides on the way: `!` binds tighter than `&&`, that tighter than `||`."""

    def __init__(self, expression: str, facts: Facts) -> None:
        self.expression, self.facts = expression, facts
        self.rest: list[str] = [WORDS.get(one, one) for one in TOKEN.findall(expression)]
        if "".join(TOKEN.findall(expression)) != re.sub(r"\s", "", expression):
            raise self._wrong()

    def either(self) -> bool:
        found = self._both()
        while self._next_is("||"):
            found = self._both() or found
        return found

    def _both(self) -> bool:
        found = self._one()
        while self._next_is("&&"):
            found = self._one() and found
        return found

    def _one(self) -> bool:
        if self._next_is("!"):
            return not self._one()
        if self._next_is("("):
            found = self.either()
            self._expect(")")
            return found
        return self._compared(self._take(), self._take())

    def _compared(self, subject: str, operator: str) -> bool:
        if not subject.startswith(("attribute:", "task:")) and subject not in SUBJECTS:
            raise self._wrong()
        values = self.facts.get(subject, [])
        if operator in ("exists", "!exists"):
            return bool(values) == (operator == "exists")
        if operator in ("in", "not_in"):
            wanted = self._list()
            return any(one in wanted for one in values) == (operator == "in")
        return self._against(values, operator, self._take())

    def _against(self, values: list[str], operator: str, wanted: str) -> bool:
        if operator == "!=":
            return wanted not in values
        tried: dict[str, Callable[[str], bool]] = {
            "==": lambda one: one == wanted,
            "=~": lambda one: re.fullmatch(wanted, one) is not None,
            ">": lambda one: float(one) > float(wanted),
            ">=": lambda one: float(one) >= float(wanted),
            "<": lambda one: float(one) < float(wanted),
            "<=": lambda one: float(one) <= float(wanted),
        }
        if operator not in tried:
            raise self._wrong()
        return any(tried[operator](one) for one in values)

    def _list(self) -> list[str]:
        self._expect("[")
        found = [self._take()]
        while self._next_is(","):
            found.append(self._take())
        self._expect("]")
        return found

    def _next_is(self, token: str) -> bool:
        if self.rest[:1] != [token]:
            return False
        del self.rest[0]
        return True

    def _expect(self, token: str) -> None:
        if not self._next_is(token):
            raise self._wrong()

    def _take(self) -> str:
        if not self.rest:
            raise self._wrong()
        return self.rest.pop(0)

    def _wrong(self) -> Exception:
        return invalid(f"Invalid expression: {self.expression}")
