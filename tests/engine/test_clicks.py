"""Everybody clicks at once: one change starts, and each click is answered in a sentence. `python -m bench clicks`
tries a thousand."""

from pathlib import Path

from bot.domain.changes import State
from tests.storm import storm


def test_very_many_clicks_by_five_approvers_start_one_change_and_each_is_answered(tmp_path: Path) -> None:
    it = storm(tmp_path, 500)
    assert (it.applies, it.started, it.polite, it.silent) == (1, 1, 499, 0)
    assert it.errors == []
    assert it.change.state is State.ROLLING_OUT
    assert len(it.change.approvals) == 1


def test_where_three_have_to_say_yes_three_different_ones_did(tmp_path: Path) -> None:
    it = storm(tmp_path, 100, wanted=3)
    assert (it.applies, it.started, it.polite, it.silent) == (1, 1, 99, 0)
    assert it.errors == []
    assert len({one.person.user_id for one in it.change.approvals}) == 3
