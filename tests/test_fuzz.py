"""Hostile payloads: no traceback, nothing comes alive, nobody changes what they may not. `python -m bench fuzz` tries
ten thousand."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzzing import Door
from tests.hostile_payloads import DRAWS, Drawn, payload_of


@pytest.mark.timeout(120)
@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(st.lists(DRAWS, min_size=20, max_size=30))
def test_whatever_is_sent_nothing_breaks_comes_alive_or_changes_without_right(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[Drawn]
) -> None:
    with Door(Path(tmp_path_factory.mktemp("fuzz"))).open() as door:
        for number, one in enumerate(drawn):
            door.tries(payload_of(door, one))
            if number % 10 == 9:
                door.passes()
        assert door.problems == []
