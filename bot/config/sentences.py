"""pydantic's errors as our own (path, what): nothing of pydantic's wording, and no link of theirs, reaches a person."""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.config.document import Path
from bot.config.model import Approval, Defaults, File, Keys, Limits, StackKeys, StageKeys
from bot.config.rules import Problem
from bot.domain.errors import nearest

_SENTENCES = {
    "missing": "missing",
    "list_type": "must be a list: [one, two]",
    "too_short": "must hold at least one entry",
    "dict_type": "must be a mapping of keys",
    "model_type": "must be a mapping of keys",
}


def problems(error: ValidationError) -> list[Problem]:
    """Every error of the validation, in the order of the models."""
    return [_problem(detail) for detail in error.errors(include_url=False)]


def guessed(found: list[Problem]) -> set[Path]:
    """The keys that unknown keys were surely meant to be: nobody need be told that these are missing too."""
    guesses = ((path, _near(path)) for path, what in found if what.startswith("unknown key"))
    return {(*path[:-1], near[0]) for path, near in guesses if near}


def _problem(detail: ErrorDetails) -> Problem:
    path = tuple(part for part in detail["loc"] if part != "[key]")
    if detail["type"] == "extra_forbidden":
        return path, _unknown(path)
    if detail["type"] == "value_error":
        return path, str(detail["ctx"]["error"])
    return path, _SENTENCES.get(detail["type"], "cannot stand here; see docs/configuration.md")


def _unknown(path: Path) -> str:
    near = _near(path)
    if near:
        return f"unknown key, did you mean “{near[0]}”?"
    return f"unknown key; known here: {', '.join(_known(path[:-1]))}"


def _near(path: Path) -> tuple[str, ...]:
    return nearest(str(path[-1]), _known(path[:-1]), 1)


def _known(path: Path) -> list[str]:
    return [field.alias or name for name, field in _model_at(path).model_fields.items()]


def _model_at(path: Path) -> type[Keys]:
    match path:
        case ():
            return File
        case ("stacks", _):
            return StackKeys
        case (*_, "approval"):
            return Approval
        case (*_, "limits"):
            return Limits
        case ("defaults",):
            return Defaults
    return StageKeys
