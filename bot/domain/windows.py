"""When a stage is closed: windows that come back every week, by the wall clock of their zone."""

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True)
class Window:
    """Closed from `start` on `start_day` until `end` on `end_day` (Monday is 0), `end` itself not; it may span the
    week's end. `zone`: an IANA name. `text`: as written in tinystacks.yml."""

    start_day: int
    start: time
    end_day: int
    end: time
    zone: str
    text: str
