"""A file that a spreadsheet may open."""

import csv
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit import COLUMNS, Row
from bot.domain.csv_text import csv_lines

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def row(**fields: Any) -> Row:
    return Row(**(dict.fromkeys(COLUMNS, "x") | {"id": 1} | fields))


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t=", "\r=", " =", "\n@", "＝", "＋", "－", "＠"])
def test_nothing_that_somebody_wrote_runs_as_a_formula(begins: str) -> None:
    told = next(iter(csv.DictReader(csv_lines([row(reason=f"{begins}HYPERLINK(1)")]))))
    assert told["reason"].startswith("'")


@given(TEXT)
def test_every_text_is_one_cell_of_one_line(text: str) -> None:
    (told,) = csv.DictReader(StringIO("".join(csv_lines([row(reason=text)])), newline=""))
    assert told["reason"] in (text, f"'{text}")
    assert told["detail"] == "x"
