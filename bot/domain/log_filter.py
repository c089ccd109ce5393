"""Which entries of the audit log somebody asks for."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Filter:
    """Empty fields ask for all. `since`: from then on."""

    user_id: str = ""
    stack: str = ""
    stage: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Where to go on: with what comes `before` that id (older), or `after` it (newer); neither: with the newest."""

    before: int | None = None
    after: int | None = None
