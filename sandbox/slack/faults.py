"""Faults asked for by a test or a person: what goes wrong with the next calls, and how often."""

from dataclasses import dataclass, field

from sandbox.slack.workspace import Json

CALL_KINDS = ("ratelimited", "error", "unavailable", "slow", "late", "drop_after")
ENVELOPE_KINDS = ("redeliver",)
SOCKET_KINDS = ("cut_socket", "warning", "refresh_requested", "link_disabled")
KINDS = CALL_KINDS + ENVELOPE_KINDS + SOCKET_KINDS


@dataclass
class Fault:
    """A fault that strikes `times` times.

    `ratelimited`: 429 with `retry_after` seconds; `error`: the code `error`; `unavailable`: 503
    and nothing done; `slow`: done now, answered after
    `seconds`; `late`: done only after `seconds`, even if the caller has gone; `drop_after`: done, then the
    connection is cut instead of an answer; `redeliver`: the next envelope comes twice; the rest act on the open
    Socket Mode connections at once.
    """

    kind: str
    method: str = "*"
    times: int = 1
    retry_after: int = 1
    seconds: float = 1.0
    error: str = "internal_error"


@dataclass
class Faults:
    """The faults still to strike, oldest first."""

    pending: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        self.pending.append(fault)

    def take(self, kinds: tuple[str, ...], method: str = "*") -> Fault | None:
        """The next fault of one of these kinds for this method, used up once."""
        for fault in self.pending:
            if fault.kind in kinds and fault.method in ("*", method):
                fault.times -= 1
                self.pending = [one for one in self.pending if one.times > 0]
                return fault
        return None


def fault_from(body: Json) -> Fault:
    """A fault from the control API's JSON. ValueError names what is wrong and what is allowed."""
    if body.get("kind") not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    unknown = set(body) - set(Fault.__dataclass_fields__)
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; use {', '.join(Fault.__dataclass_fields__)}")
    return Fault(**body)
