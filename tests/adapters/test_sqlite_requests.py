"""Requests under their de-duplication keys, on a real file."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.sqlite import SqliteStore
from bot.domain.requests import Ack, Kind, Request
from tests.adapters.samples import NOON, after

REQUEST = Request("cmd:1.2", Kind.COMMAND, "T0ACME", "U0ANA", "ana", NOON, "C0DEPLOYS", "deploy shop prod v43")
FORM = replace(REQUEST, key="view:V1", kind=Kind.SUBMISSION, at=after(1), values={"image": {"tag": ["v43", None]}})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    store.close()


def test_a_request_is_stored_once_and_answers_the_ack_of_then(store: SqliteStore) -> None:
    ack = Ack(text="Reading shop / prod …")
    with store.transaction() as tx:
        assert tx.insert_request(REQUEST, ack) is None
        assert tx.insert_request(replace(REQUEST, text="other"), Ack(text="again")) == ack
        assert tx.unfinished_requests() == (REQUEST,)


def test_an_ack_of_a_form_comes_back_whole(store: SqliteStore) -> None:
    ack = Ack(payload={"response_action": "errors", "errors": {"image": "There is no v99."}})
    with store.transaction() as tx:
        tx.insert_request(FORM, ack)
        assert tx.insert_request(FORM, Ack()) == ack


def test_unfinished_requests_are_told_oldest_first_and_keep_their_values(store: SqliteStore) -> None:
    with store.transaction() as tx:
        tx.insert_request(FORM, Ack())
        tx.insert_request(REQUEST, Ack())
        assert tx.unfinished_requests() == (REQUEST, FORM)
        tx.finish_request(REQUEST.key)
        assert tx.unfinished_requests() == (FORM,)


def test_trigger_id_and_response_url_never_reach_the_file(store: SqliteStore, path: Path) -> None:
    secret = replace(REQUEST, trigger_id="the-trigger", response_url="https://hooks.example/the-url")
    with store.transaction() as tx:
        tx.insert_request(secret, Ack())
        assert tx.unfinished_requests() == (REQUEST,)
    written = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"deploy shop prod v43" in written
    assert b"the-trigger" not in written
    assert b"the-url" not in written


def test_pruning_forgets_requests_from_before_then_only(store: SqliteStore) -> None:
    with store.transaction() as tx:
        tx.insert_request(REQUEST, Ack())
        tx.insert_request(FORM, Ack())
        assert tx.prune(FORM.at) == 1
        assert tx.unfinished_requests() == (FORM,)
