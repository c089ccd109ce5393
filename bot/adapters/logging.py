"""Logs as text or JSON lines, on standard error, without secrets."""

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from typing import Any, TextIO

from bot.adapters.redaction import redacted

LEVELS = ("debug", "info", "warning", "error")
FORMATS = ("text", "json")
# These write whole requests at INFO and DEBUG (Slack facts 3.12).
VENDORS = (
    "aiohttp",
    "apscheduler",
    "asyncio",
    "boto3",
    "botocore",
    "slack_bolt",
    "slack_sdk",
    "urllib3",
    "uvicorn",
    "websockets",
)


class Redaction(logging.Filter):
    """Takes secrets out of the message, its arguments, the traceback and the stack of every record."""

    def __init__(self, known: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._known = tuple(secret for secret in known if secret)
        self._tracebacks = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True: it changes records, it drops none."""
        record.msg, record.args = self._clean(_said(record)), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = self._tracebacks.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self._clean(record.exc_text)
        if record.stack_info:
            record.stack_info = self._clean(record.stack_info)
        return True

    def _clean(self, text: str) -> str:
        return redacted(text, self._known)


def _said(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


class Text(logging.Formatter):
    """`2026-11-23T09:00:00.000Z INFO bot.engine.watch: message`, one line each but for tracebacks."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002
        """UTC, ISO 8601."""
        return _at(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        """People's words must not start a line that looks like one of ours."""
        return "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in super().formatMessage(record))


class Json(logging.Formatter):
    """One object a line: `at`, `level`, `logger`, `message`, and `error` with a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, Any] = {
            "at": _at(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_text or record.exc_info:
            told["error"] = record.exc_text or self.formatException(record.exc_info or (None, None, None))
        return json.dumps(told, ensure_ascii=False)


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def configure_logging(
    level: str = "info", format: str = "text", known: tuple[str, ...] = (), stream: TextIO | None = None
) -> None:
    """Sends every log to `stream` (standard error) and nowhere else. `known`: secrets to take out wherever they stand.

    Raises ValueError for a level or format that is not one of LEVELS, FORMATS."""
    if level not in LEVELS or format not in FORMATS:
        raise ValueError(f"LOG_LEVEL is one of {', '.join(LEVELS)}, LOG_FORMAT one of {', '.join(FORMATS)}")
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Json() if format == "json" else Text())
    handler.addFilter(Redaction(known))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in VENDORS:
        vendor = logging.getLogger(name)
        vendor.setLevel(max(root.level, logging.WARNING))


def take_over_tracebacks() -> None:
    """For the whole process: Python would print warnings, and the tracebacks of threads and of the door itself, as they
    are, past every filter."""
    logging.captureWarnings(True)
    log = logging.getLogger("bot")
    sys.excepthook = lambda kind, error, at: log.critical("Ended by an error", exc_info=(kind, error, at))

    def of_thread(told: threading.ExceptHookArgs) -> None:
        name = told.thread.name if told.thread else "unknown"
        log.error("The thread %s ended by an error", name, exc_info=told.exc_value)

    threading.excepthook = of_thread
