"""Messages on their way, wake-up rows and the end of the audit chain, on a real file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.adapters.sqlite import AuditFile, SqliteStore
from bot.adapters.sqlite.migrations import migrate
from bot.adapters.sqlite.store import SqliteTx
from bot.domain.audit import GENESIS, first_break
from bot.engine.ports import Posting, Wake
from tests.adapters.samples import ENTRY, NOON, OBJECTS, after

CARD = Posting("card:c1", "C0PROD", {"text": "rolling out", "blocks": []}, urgency=2, order=1)
NEWS = Posting("news:c1:started", "C0PROD", {"text": "started", "blocks": []}, urgency=1, thread_of="card:c1", order=2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    store.close()


@pytest.fixture
def tx(store: SqliteStore) -> Iterator[SqliteTx]:
    with store.transaction() as tx:
        yield tx


def in_memory() -> SqliteTx:
    """Tables of their own for each example of a property."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    db = Database(connection)
    migrate(db)
    return SqliteTx(db)


def test_a_posting_comes_back_as_it_went_in(tx: SqliteTx) -> None:
    for posting in (CARD, NEWS):
        tx.put_posting(posting)
        assert tx.posting(posting.id) == posting
    assert tx.posting("card:c2") is None


def test_delivery_fields_are_written_back_and_the_body_is_not(tx: SqliteTx) -> None:
    tx.put_posting(CARD)
    delivered = replace(
        CARD, ts="1.2", sent_version=1, intent_at=NOON, attempts=2, not_before=after(1), sent_at=after(2), problem="x"
    )
    tx.save_posting(replace(delivered, body={"text": "stale"}, urgency=0, version=9))
    assert tx.posting(CARD.id) == delivered


def test_a_card_put_again_has_the_latest_body_and_keeps_its_delivery(tx: SqliteTx) -> None:
    tx.put_posting(CARD)
    sent = replace(CARD, ts="1.2", sent_version=1, attempts=1, sent_at=NOON)
    tx.save_posting(sent)
    tx.put_posting(replace(CARD, body={"text": "done"}, urgency=0))
    assert tx.posting(CARD.id) == replace(sent, body={"text": "done"}, version=2, urgency=0)


def test_a_card_put_again_as_it_is_sends_nothing(tx: SqliteTx) -> None:
    tx.put_posting(CARD)
    sent = replace(CARD, ts="1.2", sent_version=1)
    tx.save_posting(sent)
    tx.put_posting(replace(CARD, body={"blocks": [], "text": "rolling out"}, urgency=0))
    assert tx.posting(CARD.id) == sent
    assert tx.unsent_postings() == ()


def test_news_put_again_changes_nothing(tx: SqliteTx) -> None:
    tx.put_posting(CARD)
    tx.put_posting(NEWS)
    tx.put_posting(replace(NEWS, body={"text": "told otherwise"}, urgency=0))
    assert tx.posting(NEWS.id) == NEWS


@given(st.lists(st.tuples(OBJECTS, st.integers(0, 2), st.booleans()), max_size=8))
def test_a_card_is_the_latest_body_as_urgent_as_the_most_urgent_unsent(
    puts: list[tuple[dict[str, object], int, bool]],
) -> None:
    tx = in_memory()
    body, urgency, version, sent_version = dict(CARD.body), CARD.urgency, 1, 0
    tx.put_posting(CARD)
    for new_body, new_urgency, send in puts:
        tx.put_posting(replace(CARD, body=new_body, urgency=new_urgency))
        if sent_version < version:
            urgency = min(urgency, new_urgency)
        elif new_body != body:
            urgency = new_urgency
        version += new_body != body
        body = new_body
        found = tx.posting(CARD.id)
        assert found == replace(CARD, body=body, urgency=urgency, version=version, sent_version=sent_version)
        if send and found:
            sent_version = version
            tx.save_posting(replace(found, sent_version=version))
    assert [posting.id for posting in tx.unsent_postings()] == ([CARD.id] if sent_version < version else [])


def test_unsent_postings_are_told_most_urgent_first_then_oldest_first(tx: SqliteTx) -> None:
    for name, urgency in (("a", 2), ("b", 1), ("c", 0), ("d", 1), ("e", 2)):
        tx.put_posting(replace(NEWS, id=name, urgency=urgency))
    tx.save_posting(replace(NEWS, id="d", sent_version=1))
    assert [posting.id for posting in tx.unsent_postings()] == ["c", "b", "a", "e"]


WAKE_MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("ab"), st.integers(0, 9)),
        st.tuples(st.just("take"), st.sampled_from("ab"), st.just(0)),
        st.tuples(st.just("finish"), st.sampled_from("ab"), st.just(0)),
    ),
    max_size=20,
)


@given(WAKE_MOVES)
def test_a_wake_up_put_after_its_step_began_is_never_dropped_with_it(moves: list[tuple[str, str, int]]) -> None:
    tx = in_memory()
    taken: dict[str, Wake] = {}
    wanted: dict[str, int] = {}  # what is still to come, in minutes
    for move, key, minutes in moves:
        if move == "put":
            wanted[key] = min(wanted.get(key, minutes), minutes)
            due = tx.put_wake(key, after(minutes), taken[key].version if key in taken else None)
            assert due == after(wanted[key])
        elif move == "take" and key not in taken and (wake := tx.wake(key)):
            taken[key] = wake
            del wanted[key]
        elif move == "finish" and key in taken:
            assert tx.drop_wake(taken.pop(key)) == (key not in wanted)
    left = {wake.key: wake.at for wake in tx.wakes() if wake.key not in taken or wake.key in wanted}
    assert left == {key: after(minutes) for key, minutes in wanted.items()}


def test_entries_continue_the_chain_from_one_start_to_the_next(path: Path) -> None:
    for _ in range(3):
        with closing(SqliteStore(path)) as store, store.transaction() as tx:
            tx.append_audit(ENTRY)
            tx.append_audit(replace(ENTRY, outcome="approved", detail={}))
    with AuditFile(path).open() as log:
        rows = list(log.rows())
        assert log.last_id() == 6
    assert first_break(rows, last_id=6) is None
    assert (rows[0].prev_hash, rows[0].detail, rows[5].id) == (GENESIS, '{"image":"v43"}', 6)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET reason = 'other' WHERE id = 1",
        "DELETE FROM audit WHERE id = 2",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE id = 1",
        "REPLACE INTO audit SELECT 1, at, team_id, user_id, user_name, action, stack, stage, change_id, outcome, "
        "'other', detail, prev_hash, hash FROM audit WHERE id = 2",
        "INSERT INTO audit SELECT 3, at, team_id, user_id, user_name, action, stack, stage, change_id, outcome, "
        "reason, detail, prev_hash, hash FROM audit WHERE id = 2",
        "INSERT INTO audit SELECT 9, at, team_id, user_id, user_name, action, stack, stage, change_id, outcome, "
        "reason, detail, hash, hash FROM audit WHERE id = 2",
    ],
)
def test_the_file_itself_refuses_whoever_rewrites_the_log(store: SqliteStore, path: Path, tampering: str) -> None:
    with store.transaction() as tx:
        tx.append_audit(ENTRY)
        tx.append_audit(ENTRY)
    with closing(sqlite3.connect(path)) as other, pytest.raises(sqlite3.IntegrityError, match="audit"):
        other.execute(tampering)
    with AuditFile(path).open() as log:
        assert first_break(log.rows(), log.last_id()) is None
