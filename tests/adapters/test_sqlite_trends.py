"""What a trend is read from goes straight to the stage's rows."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from bot.adapters.sqlite import SqliteStore
from bot.adapters.sqlite.files import open_for_reading
from bot.adapters.sqlite.history import _DURATIONS, _OUTCOMES


@pytest.mark.parametrize(("sql", "index"), [(_OUTCOMES, "changes_finished"), (_DURATIONS, "changes_succeeded")])
def test_an_index_leads_to_the_rows_in_their_order(tmp_path: Path, sql: str, index: str) -> None:
    path = tmp_path / "bot.db"
    values: Mapping[str, object] = {"stack": "shop", "stage": "prod", "since": "2026-10-05", "most": 20}
    with closing(SqliteStore(path)), closing(open_for_reading(path)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert len(plan) == 1, "no sorting"
    assert f"USING INDEX {index} (stack=? AND stage=?" in plan[0]
