"""A picture of numbers, before anybody draws it."""

from dataclasses import dataclass
from enum import StrEnum


class Look(StrEnum):
    """How a series is told from the others, also where no colour is seen."""

    SOLID = "solid"
    HATCHED = "hatched"
    HOLLOW = "hollow"
    LINE = "line"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Series:
    """`values`: 0 or more, one for each place from left to right; None: not known, a gap. A LINE or an AREA connects
    them; the others are bars that stand on one another."""

    name: str
    values: tuple[float | None, ...]
    look: Look


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that the others are held against: a dashed line across the panel, with its name in the legend."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes. `ticks`: values at the left, the greatest is the top, each with its words. `first`, `last`:
    what stands below the ends. `mark`: no greater than the top."""

    title: str
    series: tuple[Series, ...]
    ticks: tuple[tuple[float, str], ...]
    first: str = ""
    last: str = ""
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Panels side by side. `words`: what it shows, for whoever does not see it."""

    title: str
    panels: tuple[Panel, ...]
    words: str
