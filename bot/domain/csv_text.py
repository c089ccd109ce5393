"""The audit log as CSV that a spreadsheet may open."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from bot.domain.audit import COLUMNS, Row

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")

_END = "\r\n"
"""The writer quotes only what ends a line here: a bare carriage return ends one for whoever reads the file."""


class _Line:
    """What csv.writer writes to: keeps the last line, with a line feed at its end."""

    text = ""

    def write(self, text: str) -> int:
        self.text = text.removesuffix(_END) + "\n"
        return len(text)


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """A header, then a line for each entry, each with its line feed."""
    line = _Line()
    writer = csv.writer(line, lineterminator=_END)
    writer.writerow(COLUMNS)
    yield line.text
    for row in rows:
        writer.writerow([_cell(getattr(row, name)) for name in COLUMNS])
        yield line.text


def _cell(value: Any) -> Any:
    """Untrusted text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.lstrip().startswith(_FORMULA) else value
