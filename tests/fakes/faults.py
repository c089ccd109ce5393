"""Failures that a test asks for by name, and the record of what was called."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.domain.errors import Unanswered
from bot.domain.people import OnBehalf
from bot.domain.stacks import Place


@dataclass(frozen=True)
class Recorded:
    """One call as it came in; `call` is the API's name."""

    call: str
    place: Place
    request: Mapping[str, Any]
    who: OnBehalf | None


@dataclass
class Faults:
    """Told by the test, asked by a fake. Calls are named as the API names them: "UpdateService". `carried_out`: the
    calls that had their effect, answered or not; `passing` is called right before and right after it."""

    calls: list[Recorded] = field(default_factory=list)
    carried_out: list[Recorded] = field(default_factory=list)
    passing: Callable[[], object] = lambda: None
    _failures: dict[str, list[Exception]] = field(default_factory=dict)
    _unanswered: dict[str, int] = field(default_factory=dict)
    _meanwhile: dict[str, Callable[[], object]] = field(default_factory=dict)

    def fails(self, call: str, error: Exception, times: int = 1) -> None:
        """The next `times` calls raise `error` and do nothing."""
        self._failures.setdefault(call, []).extend([error] * times)

    def applies_but_does_not_answer(self, call: str, times: int = 1) -> None:
        """The next `times` calls are carried out, then raise Unanswered."""
        self._unanswered[call] = times

    def heals(self) -> None:
        """Every call is carried out and answered again."""
        self._failures.clear()
        self._unanswered.clear()

    def meanwhile(self, call: str, action: Callable[[], object]) -> None:
        """Right before the next such call is carried out, `action` happens, once."""
        self._meanwhile[call] = action

    def asked(self, call: str) -> list[Recorded]:
        """The calls of that name so far, oldest first."""
        return [one for one in self.calls if one.call == call]

    @contextmanager
    def calling(self, one: Recorded) -> Iterator[None]:
        """Records the call, lets it fail or go unanswered as told."""
        self.passing()
        self.calls.append(one)
        self._meanwhile.pop(one.call, lambda: None)()
        if self._failures.get(one.call):
            raise self._failures[one.call].pop(0)
        yield
        self.carried_out.append(one)
        self.passing()
        if self._unanswered.get(one.call, 0) > 0:
            self._unanswered[one.call] -= 1
            raise Unanswered("AWS", one.call)
