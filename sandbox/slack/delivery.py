"""What goes from Slack to the app, whichever way it travels."""

from dataclasses import dataclass, field
from typing import Protocol

from sandbox.slack.workspace import Json

TIMEOUT = "operation_timeout"
FAILED = "dispatch_failed"


@dataclass(frozen=True)
class Envelope:
    """One request to the app. `kind`: `slash_commands`, `interactive` or `events_api`; `at`: epoch seconds."""

    kind: str
    payload: Json
    at: float
    accepts_response_payload: bool = False
    retry_attempt: int = 0
    copies: int = 1


@dataclass(frozen=True)
class Ack:
    """How the app answered: milliseconds and payload, or the error a person sees."""

    ms: float | None = None
    error: str | None = None
    payload: Json = field(default_factory=dict)

    def as_json(self) -> Json:
        return {"delivered": self.error is None, "acked_ms": self.ms, "error": self.error}


class Delivery(Protocol):
    """A way to the app."""

    async def deliver(self, envelope: Envelope, seconds: float) -> Ack:
        """Sends and waits at most `seconds` for the ack; never raises for what the app does."""

    async def close(self) -> None: ...
