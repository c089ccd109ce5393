"""pydantic's errors as our own (path, what): nothing of pydantic's wording, and no link of theirs, reaches a person."""

from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.config.document import Path
from bot.config.model import Approval, Defaults, File, Keys, Limits, StackKeys, StageKeys
from bot.config.rules import Problem

_SENTENCES = {
    "missing": "missing",
    "list_type": "must be a list: [one, two]",
    "too_short": "must hold at least one entry",
    "dict_type": "must be a mapping of keys",
    "model_type": "must be a mapping of keys",
}


def problems(error: ValidationError) -> tuple[list[Problem], set[Path]]:
    """Every error of the validation, and the keys that unknown ones were surely meant to be: nobody need be told that
    these are missing too."""
    details = error.errors(include_url=False)
    unknown = [_path(detail) for detail in details if detail["type"] == "extra_forbidden"]
    meant = {(*path[:-1], near[0]) for path in unknown if (near := _near(path))}
    found = [_problem(detail) for detail in details]
    return [problem for problem in found if problem[0] not in meant or problem[1] != _SENTENCES["missing"]], meant


def _problem(detail: ErrorDetails) -> Problem:
    path = _path(detail)
    if detail["type"] == "extra_forbidden":
        return path, _unknown(path)
    if detail["type"] == "value_error":
        return path, str(detail["ctx"]["error"])
    return path, _SENTENCES.get(detail["type"], "cannot stand here; see docs/configuration.md")


def _path(detail: ErrorDetails) -> Path:
    path = detail["loc"]
    about_a_key = path[-1:] == ("[key]",) and detail["type"] == "value_error"
    return path[:-1] if about_a_key else path


def _unknown(path: Path) -> str:
    near = _near(path)
    if near:
        return f"unknown key, did you mean “{near[0]}”?"
    return f"unknown key; known here: {', '.join(_known(path[:-1]))}"


def _near(path: Path) -> list[str]:
    word, known = str(path[-1]).lower(), _known(path[:-1])
    return get_close_matches(word, known, 1) or [key for key in known if len(word) > 2 and key.startswith(word)]


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
