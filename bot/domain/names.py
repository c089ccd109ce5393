"""Stacks and stages by the words people type: case-insensitive, with the nearest names where there is none."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from bot.domain.errors import UnknownName
from bot.domain.stacks import Config, Stack, Stage


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_T = TypeVar("_T", bound=_Named)


def find_stack(config: Config, word: str) -> Stack:
    """The stack of that name. Raises UnknownName."""
    found = _by_name(config.stacks, word)
    if found is None:
        raise UnknownName("stack", word, tuple(s.name for s in config.stacks), _stage_hint(config, word))
    return found


def find_stage(config: Config, stack_word: str, stage_word: str) -> Stage:
    """The stage of that stack. Raises UnknownName, which says so where the two words stand the wrong way round."""
    swapped = _stage(config, stage_word, stack_word)
    if swapped is not None and _stage(config, stack_word, stage_word) is None:
        known = tuple(s.name for s in config.stacks)
        raise UnknownName("stack", stack_word, known, f"The stack comes first: {swapped.stack} {swapped.name}.")
    stack = find_stack(config, stack_word)
    found = _by_name(stack.stages, stage_word)
    if found is None:
        raise UnknownName(f"stage of {stack.name}", stage_word, tuple(s.name for s in stack.stages))
    return found


def _stage(config: Config, stack_word: str, stage_word: str) -> Stage | None:
    stack = _by_name(config.stacks, stack_word)
    return _by_name(stack.stages, stage_word) if stack else None


def _stage_hint(config: Config, word: str) -> str:
    stacks = [stack.name for stack in config.stacks if _by_name(stack.stages, word)]
    return f"That is a stage; the stack comes first: {stacks[0]} {word}." if stacks else ""


def _by_name(named: Iterable[_T], word: str) -> _T | None:
    choices = list(named)
    exact = next((c for c in choices if c.name == word), None)
    return exact or next((c for c in choices if c.name.casefold() == word.casefold()), None)
