"""`tinystacks.yml` and the environment -> domain values, or every problem at once (contract sections 2 and 3).

`document` reads YAML and remembers lines, `model` and `leaves` are the shape, `rules` what one key cannot show,
`sentences` how it is said, `resolve` applies the defaults. pydantic stays in here.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.config import document, resolve, rules, sentences
from bot.config.document import dotted
from bot.config.model import REGION_PATTERN, File
from bot.domain.stacks import Config
from bot.problems import BadConfig, shown
from bot.settings import Settings, config_path, read_settings

__all__ = ["BadConfig", "load", "parse", "read_config", "schema"]

SEE = "docs/configuration.md tells how to write it; tinystacks.example.yml is one to copy"


def load(environ: Mapping[str, str]) -> tuple[Settings, Config]:
    """Both, or BadConfig with the problems of both: the environment's first, then the file's in the order of lines."""
    problems: list[str] = []
    try:
        settings = read_settings(environ)
    except BadConfig as bad:
        problems.extend(bad.problems)
    try:
        config = read_config(config_path(environ), environ)
    except BadConfig as bad:
        problems.extend(bad.problems)
    if problems:
        raise BadConfig(problems)
    return settings, config


def read_config(path: Path, environ: Mapping[str, str]) -> Config:
    """The file, resolved. `environ` gives the region (AWS_REGION, AWS_DEFAULT_REGION) where the file names none.

    Raises BadConfig: one line for each problem, `tinystacks.yml:LINE: key: what to do`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadConfig([f"{path}: there is no such file. {SEE}; TINYSTACKS_CONFIG names another path"]) from None
    except UnicodeDecodeError:
        raise BadConfig([f"{path}: is not UTF-8 text; save it as UTF-8"]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that is no path"
        raise BadConfig([f"{shown(str(path))}: cannot be read ({reason}); check TINYSTACKS_CONFIG"]) from None
    return parse(text, str(path), environ)


def parse(text: str, name: str, environ: Mapping[str, str]) -> Config:
    """The same for a file's text; `name` stands in front of each problem. Raises BadConfig."""
    region, region_problems = _region(environ)
    try:
        found = document.read(text)
    except document.BadYaml as bad:
        raise BadConfig([*region_problems, f"{name}:{bad.line}: {bad}; this is no readable YAML. {SEE}"]) from None
    if not isinstance(found.value, dict):
        what = "is empty" if found.value is None else "must start with a key, such as `version: 1`"
        raise BadConfig([*region_problems, f"{name}: {what}. {SEE}"])
    file, problems = _checked(found, region)
    if problems or region_problems or file is None:
        ordered = sorted(problems, key=lambda problem: found.line(problem[0]))
        lines = [f"{name}:{found.line(path)}: {dotted(path)}: {what}" for path, what in ordered]
        raise BadConfig([*region_problems, *lines])
    return resolve.resolved(file, region)


def schema() -> dict[str, Any]:
    """The JSON Schema of `tinystacks.yml`, for editors."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "tinystacks.yml"}
    return {**File.model_json_schema(mode="validation"), **head}


def _checked(found: document.Document, region: str | None) -> tuple[File | None, list[rules.Problem]]:
    problems = list(found.problems)
    file, meant = None, set[document.Path]()
    try:
        file = File.model_validate(found.value)
    except ValidationError as error:
        broken, meant = sentences.problems(error)
        problems.extend(broken)
    told = {path for path, _ in problems} | meant
    later = rules.problems(rules.keys(found.value), region)
    problems.extend((path, what) for path, what in later if not _told(path, told))
    return file, problems


def _told(path: document.Path, told: set[document.Path]) -> bool:
    return any(path[:length] in told for length in range(1, len(path) + 1))


def _region(environ: Mapping[str, str]) -> tuple[str | None, list[str]]:
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        region = environ.get(variable, "").strip()
        if region and re.fullmatch(REGION_PATTERN, region):
            return region, []
        if region:
            return region, [f"{variable}: {shown(region)} is not an AWS region; write one such as eu-west-1"]
    return None, []
