"""`python -m sandbox`: a local Slack and a simulated ECS, with the real bot between them. `type`, `click`, `read` and
`submit` are a person at the keyboard, from another terminal."""

import json
import shutil
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

import click

from sandbox.ports import three_free_ports
from sandbox.slack.person import Person

PORT = 8765
_FOLDER = Path(".sandbox")
_PEOPLE = {"ana": "U0ANA", "bo": "U0BO", "cy": "U0CY", "guest": "U0GUEST"}
_CHANNELS = {"deploys": "C0DEPLOYS", "prod": "C0PROD", "random": "C0RANDOM", "shared": "C0SHARED"}
_NAMES = {id_: name for name, id_ in (*_PEOPLE.items(), *_CHANNELS.items())} | {"U0BOT": "tinystacks"}

_WELCOME = """
Open {url} in a browser: Slack on one side, ECS on the other, a guide through the first minute.

Or be somebody from another terminal:
  .venv/bin/python -m sandbox type {at}"/tinystacks deploy shop staging v43"     a preview
  .venv/bin/python -m sandbox click {at}Deploy                                    start it
  .venv/bin/python -m sandbox read {at}                                           the channel, with card and thread

AWS answers at {aws}, the bot's health at http://127.0.0.1:{health}/healthz, its log is {log}
Ctrl-C ends it.
"""


@click.group(invoke_without_command=True)
@click.option(
    "--port",
    type=int,
    help=f"of Slack; AWS takes the next one, the bot's health the third  [default: {PORT}, or above if that is taken]",
)
@click.option("--speed", default=1.0, type=click.FloatRange(1, 30), help="rollouts that many times faster")
@click.option("--no-bot", is_flag=True, help="without the bot: start your own against it")
@click.pass_context
def main(context: click.Context, port: int | None, speed: float, no_bot: bool) -> None:
    """A world to try the bot in: no account, no token, no network."""
    if context.invoked_subcommand is None:
        _serve(port or three_free_ports(PORT), speed, with_bot=not no_bot)


def _serve(port: int, speed: float, *, with_bot: bool) -> None:
    from sandbox.whole import Sandbox

    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with Sandbox(_fresh(_FOLDER / str(port)), port=port, speed=speed, bot_port=port + 2) as box:
        if with_bot:
            box.bot.start()
        log = box.folder / "bot.log"
        print(_welcome(box.slack.base_url, box.aws_url, port, log), flush=True)
        stopped.wait()


def _welcome(url: str, aws: str, port: int, log: Path) -> str:
    at = "" if port == PORT else f"--port {port} "
    return _WELCOME.format(url=url, aws=aws, health=port + 2, log=log, at=at)


def _fresh(folder: Path) -> Path:
    """The world starts anew each time, so what the bot remembers of the last one must go."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder.resolve()


_as = click.option("--as", "who", type=click.Choice(list(_PEOPLE)), default="ana", show_default=True)
_in = click.option("--in", "channel", type=click.Choice(list(_CHANNELS)), default="deploys", show_default=True)
_at = click.option("--port", default=PORT, show_default=True)


@main.command("type")
@click.argument("words")
@_as
@_in
@_at
def type_(words: str, who: str, channel: str, port: int) -> None:
    """Types a message or a slash command, and shows the screen a moment later."""
    person = _person(who, channel, port)
    told = person.types(words)
    if told.get("error"):
        sys.exit(f"Slack shows: {told['error']}")
    _show_soon(person)


@main.command("click")
@click.argument("label")
@_as
@_in
@_at
def click_(label: str, who: str, channel: str, port: int) -> None:
    """Clicks the newest button with that label."""
    person = _person(who, channel, port)
    try:
        person.clicks(label)
    except LookupError as error:
        sys.exit(str(error))
    _show_soon(person)


@main.command("submit")
@click.argument("values", default="{}")
@_as
@_at
def submit(values: str, who: str, port: int) -> None:
    """Submits the open form; VALUES as JSON: {"block id": {"action id": "value"}}."""
    person = _person(who, "deploys", port)
    click.echo(json.dumps(person.submits(json.loads(values))))
    _show_soon(person)


@main.command("read")
@_as
@_in
@_at
def read(who: str, channel: str, port: int) -> None:
    """Shows the channel as this person sees it."""
    click.echo(_person(who, channel, port).screen(names=_NAMES))


def _person(who: str, channel: str, port: int) -> Person:
    return Person(f"http://127.0.0.1:{port}", _PEOPLE[who], _CHANNELS[channel])


def _show_soon(person: Person) -> None:
    before = person.screen()
    with suppress(TimeoutError):
        person.waits_for(lambda _: person.screen() != before, seconds=3)
    click.echo(person.screen(names=_NAMES))


if __name__ == "__main__":
    try:
        main(prog_name="python -m sandbox")
    except ConnectionRefusedError:
        sys.exit("Nobody answers there. Start the sandbox first, in another terminal: make demo")
