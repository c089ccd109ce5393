"""What a command is: one file under `commands/` with its arguments, what it does, its buttons and its form."""

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any

import click

from bot.domain.people import Person
from bot.domain.plans import Plan
from bot.domain.requests import Request
from bot.domain.stacks import Config, Stage
from bot.engine.board import Board
from bot.engine.homes import About, Homes
from bot.engine.ports import Json, Ports
from bot.engine.replies import Addresses
from bot.engine.rows_tokens import Token
from bot.engine.shelf import Shelf
from bot.engine.timings import Timings


@dataclass(frozen=True, slots=True)
class House:
    """What every request shares: the config, the ports, the waits, and which commands and actions there are."""

    config: Config
    ports: Ports
    timings: Timings
    commands: Mapping[str, "Command"]
    addresses: Addresses = field(default_factory=Addresses)
    shelf: Shelf = field(default_factory=Shelf)
    board: Board = field(default_factory=Board)
    homes: Homes = field(default_factory=Homes)
    about: About = field(default_factory=About)

    @property
    def offers(self) -> tuple[str, ...]:
        """Every action id that some command answers."""
        return tuple(f"{verb}:{name}" for verb, command in self.commands.items() for name in command.actions)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request on its way through a command: what was done, by whom, and the house. `token`: of the button that was
    clicked in a message; `request.value` is then the id that it stands for."""

    request: Request
    person: Person
    house: House
    token: Token | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants of a stage. `asked`: the image or revision as it was typed; `emergency`: why approval and
    locks are skipped, empty: they are not."""

    stage: Stage
    asked: str
    person: Person
    change_id: str
    emergency: str = ""


class Sentence(click.Option):
    """An option whose value runs to the next option, unquoted."""


Answer = Json | None
"""A message for the person alone; None: nothing more to say."""


@dataclass(frozen=True, slots=True)
class Command:
    """`cli` declares arguments, usage and help; its callback takes the Ask (click's obj) and answers. `actions` are
    its buttons, and its other forms, by the part behind `verb:`; `submit` takes its form; `errors` names a form's wrong
    fields at once, without reading anything. A verb that needs a stack and a stage, and has no `submit`, gets a form of
    its arguments (`engine/forms.py`); `checks` look at a field of it at once, by the parameter's name, and raise
    Refusal. `plan`: of a verb that changes something, reads how things stand and plans
    the wish, with its checks; raises Refusal."""

    cli: click.Command
    actions: Mapping[str, Callable[[Ask], Answer]] = field(default_factory=dict)
    submit: Callable[[Ask], Answer] | None = None
    errors: Callable[[Request, Config], Mapping[str, str]] = lambda _request, _config: {}
    checks: Mapping[str, Callable[[str], object]] = field(default_factory=dict)
    plan: Callable[[House, Wish], Plan] | None = None

    @property
    def verb(self) -> str:
        """The word that calls it: the file's name."""
        return str(self.cli.name)

    @property
    def usage(self) -> str:
        """`/tinystacks deploy [STACK] [STAGE] [IMAGE] [--reason TEXT] [--yes]`."""
        parts = [_usage(param) for param in self.cli.params]
        return " ".join(["/tinystacks", self.verb, *parts])

    @property
    def arguments(self) -> str:
        """`STACK STAGE [REVISION]`: the usage without verb and options."""
        return " ".join(_usage(param) for param in self.cli.params if isinstance(param, click.Argument))

    @property
    def options(self) -> list[tuple[str, str]]:
        """Each as `--tasks N`, and what it means."""
        given = [param for param in self.cli.params if isinstance(param, click.Option)]
        return [(_option(one), one.help or "") for one in given]

    @property
    def examples(self) -> tuple[str, ...]:
        """Lines as they are typed."""
        return tuple((self.cli.epilog or "").splitlines())

    @property
    def sentences(self) -> frozenset[str]:
        """Names of the options that take all words up to the next option."""
        return frozenset(name for param in self.cli.params if isinstance(param, Sentence) for name in param.opts)

    def run(self, ask: Ask, words: tuple[str, ...]) -> Answer:
        """Parses and runs. Raises click.UsageError for words that do not fit, Refusal for what cannot be done."""
        answer: Answer = self.cli.main(list(words), prog_name=self.verb, standalone_mode=False, obj=ask)
        return answer


def _usage(param: click.Parameter) -> str:
    if isinstance(param, click.Option):
        flag = param.is_flag or param.count
        return f"[{param.opts[-1]}]" if flag else f"[{param.opts[-1]} {(param.metavar or 'TEXT').upper()}]"
    name = (param.name or "").upper()
    return name if param.required else f"[{name}]"


def _option(option: click.Option) -> str:
    return option.opts[-1] if option.is_flag else f"{option.opts[-1]} {option.metavar or 'TEXT'}"


def discover(package: ModuleType) -> dict[str, Command]:
    """Every command of the package, by verb: each of its modules has one, called COMMAND and named like its file."""
    found: dict[str, Command] = {}
    for module in pkgutil.iter_modules(package.__path__):
        command: Any = import_module(f"{package.__name__}.{module.name}").COMMAND
        if command.verb != module.name:
            raise ValueError(f"commands/{module.name}.py declares the verb {command.verb!r}")
        found[command.verb] = command
    return found
