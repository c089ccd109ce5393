"""The door: `python -m bot [run | check | audit verify | audit export]`."""

import logging
import os
import re
import signal
import sys
import threading

import click

from bot.config import load
from bot.domain.errors import NotPossible
from bot.engine.timings import Timings
from bot.problems import BadConfig
from bot.settings import Settings


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """TinyStacks Bot: Amazon ECS changes, planned, approved and followed in Slack."""
    if context.invoked_subcommand is None:
        sys.exit(run())


@main.command("run")
def _run() -> None:
    """The bot itself (the default): Socket Mode when SLACK_APP_TOKEN is set, else HTTP on PORT."""
    sys.exit(run())


@main.command("check")
def _check() -> None:
    """Looks at config, Slack and AWS without changing anything; says what to do about each problem."""
    sys.exit(check())


@main.group("audit")
def _audit() -> None:
    """The audit log."""


@_audit.command("verify")
@click.option("--head", metavar="HASH", help="a head noted earlier, all 64 digits: is it in the log?")
@click.option("--entry", type=click.IntRange(min=1), default=None, help="the entry that had that head")
def _verify(head: str | None, entry: int | None) -> None:
    """Checks the hash chain: exit 0 intact, 1 broken."""
    from bot.audit_command import verify
    from bot.audit_words import Noted

    if entry and not head:
        raise click.UsageError("--entry belongs to a --head.")
    if head and not re.fullmatch("[0-9a-f]{64}", head.lower()):
        raise click.BadParameter("a head is 64 hexadecimal digits", param_hint="--head")
    noted = Noted(head.lower(), entry or 0) if head else None
    sys.exit(verify(_database(), sys.stdout, noted, sys.stderr if sys.stderr.isatty() else None))


@_audit.command("export")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl")
def _export(form: str) -> None:
    """Prints the whole log, oldest first."""
    from bot.audit_command import export

    sys.exit(export(_database(), form, sys.stdout))


def run(timings: Timings | None = None) -> int:
    """The bot, until SIGTERM or SIGINT. 2: it cannot work with these settings."""
    from bot.adapters.sqlite import AuditUnprotected, InUse, NoDatabase

    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        settings, config = load(os.environ)
        _configure_logging(settings)
        from bot.assembly import Assembly

        assembly = Assembly(settings, config, timings or Timings())
        assembly.start()
    except BadConfig as error:
        return _refused("\n".join(error.problems))
    except (NotPossible, AuditUnprotected, InUse, NoDatabase) as error:
        return _refused(str(error))
    stopped.wait()
    if not assembly.stop():
        # Python would wait for the threads that still wait for AWS.
        logging.shutdown()
        os._exit(0)
    return 0


def check() -> int:
    """0 only if nothing is ✗."""
    try:
        settings, config = load(os.environ)
    except BadConfig as error:
        return _refused("\n".join(error.problems))
    _configure_logging(settings)
    from bot.doctor import check as examine
    from bot.probes import probes

    return examine(config, probes(settings), sys.stdout)


def _configure_logging(settings: Settings) -> None:
    from bot.adapters.logging import configure_logging, take_over_tracebacks
    from bot.adapters.redaction import secrets_of

    known = tuple(secret for secret in (settings.bot_token, settings.app_token, settings.signing_secret) if secret)
    configure_logging(settings.log_level, settings.log_format, known + secrets_of(os.environ))
    take_over_tracebacks()


def _database() -> str:
    return os.environ.get("TINYSTACKS_DATABASE", "").strip() or "sqlite:///tinystacks.db"


def _refused(text: str) -> int:
    print(text, file=sys.stderr)
    return 2


if __name__ == "__main__":
    main(prog_name="tinystacks-bot")
