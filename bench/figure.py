"""One measured figure, and how a list of them is written down."""

import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

OUT = Path(__file__).with_name("out")


@dataclass(frozen=True)
class Figure:
    """`value` in `unit`; `most`: the bar it must stay under (0: must be 0), None where there is none to meet."""

    what: str
    value: float
    unit: str
    most: float | None = None
    samples: list[Any] = field(default_factory=list)

    @property
    def met(self) -> bool:
        if self.most is None:
            return True
        return self.value < self.most or self.value == self.most == 0

    def row(self, name: str) -> tuple[str, str, str, str, str]:
        """What, measured, bar, mark, command."""
        bar = "" if self.most is None else f"{'<' if self.most else '='} {self.most:g} {self.unit}"
        mark = " " if self.most is None else "✓" if self.met else "✗"
        return self.what, f"{self.value:.4g} {self.unit}", bar, mark, f"python -m bench {name}"


def write(name: str, figures: Sequence[Figure], load_before: float) -> None:
    """bench/out/NAME.json: the figures, when, on what, and how busy the machine was before and after (1 min load)."""
    OUT.mkdir(exist_ok=True)
    where = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
    load = {"load_before": load_before, "load_after": os.getloadavg()[0]}
    body = {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **where, **load}
    text = json.dumps(body | {"figures": [asdict(one) | {"met": one.met} for one in figures]}, indent=1)
    (OUT / f"{name}.json").write_text(text + "\n")


def read(name: str) -> tuple[list[Figure], float]:
    """What `write` wrote, and the load before. FileNotFoundError if that run came to nothing."""
    body = json.loads((OUT / f"{name}.json").read_text())
    figures = [Figure(**{key: one[key] for key in Figure.__annotations__}) for one in body["figures"]]
    return figures, body["load_before"]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]
