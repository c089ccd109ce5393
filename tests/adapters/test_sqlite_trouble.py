"""A database that is locked, full, read-only or broken: nothing is half-written, what can be read is read."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest

from bot.adapters.sqlite import SqliteStore
from bot.adapters.sqlite.trouble import trouble_of
from bot.domain.errors import Refusal, Unrecorded
from tests.adapters.samples import ENTRY, sample_change

Trouble = Callable[[SqliteStore, Path], AbstractContextManager[None]]


@contextmanager
def locked(_store: SqliteStore, path: Path) -> Iterator[None]:
    """As by `BEGIN IMMEDIATE` in a sqlite3 shell that somebody left open."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full(store: SqliteStore, _path: Path) -> Iterator[None]:
    """No page more than there are, and none of them free."""
    store._db.execute("VACUUM")
    (pages,) = store._db.execute("PRAGMA max_page_count = 1").fetchone()
    yield
    store._db.execute(f"PRAGMA max_page_count = {pages + 1_000_000}")


TROUBLES: dict[Trouble, str] = {
    locked: "another program holds it locked",
    full: "there is no room left for it",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path, patience=timedelta(milliseconds=300))
    with store.transaction() as tx:
        tx.insert_change(sample_change())
    yield store
    store.close()


def writes(store: SqliteStore, numbers: range = range(1, 40)) -> None:
    """Some changes and their entries in one transaction."""
    with store.transaction() as tx:
        for number in numbers:
            tx.insert_change(sample_change(f"x{number}"))
            tx.append_audit(ENTRY)


def written(store: SqliteStore) -> int:
    """How many rows stand."""
    with store.transaction() as tx:
        (changes,) = tx._db.execute("SELECT count(*) FROM changes WHERE id LIKE 'x%'").fetchone()
        (entries,) = tx._db.execute("SELECT count(*) FROM audit").fetchone()
    assert changes == entries
    return int(changes)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_nothing_is_half_written_and_all_goes_on_afterwards(store: SqliteStore, path: Path, trouble: Trouble) -> None:
    with trouble(store, path):
        with pytest.raises(Unrecorded, match=TROUBLES[trouble]):
            writes(store)
        assert written(store) == 0
    writes(store)
    assert written(store) == 39


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_is_there_can_be_read_all_the_while(store: SqliteStore, path: Path, trouble: Trouble) -> None:
    with trouble(store, path), store.transaction() as tx:
        assert tx.change("c1") == sample_change()


@pytest.mark.parametrize("trouble", TROUBLES)
def test_it_tells_what_is_wrong_as_long_as_it_lasts(store: SqliteStore, path: Path, trouble: Trouble) -> None:
    assert store.problem() is None
    with trouble(store, path):
        told = [str(store.problem()) for _ in range(3)]
    assert all(TROUBLES[trouble] in one and "I go on by myself" in one for one in told)
    assert store.problem() is None


def test_the_log_says_it_once_and_once_that_it_is_over(
    store: SqliteStore, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with locked(store, path):
        for _ in range(5):
            store.problem()
    store.problem()
    store.problem()
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "The database takes no rows",
        "The database takes rows again",
    ]


def test_only_the_first_waits_for_a_file_that_is_locked(store: SqliteStore, path: Path) -> None:
    """Slack waits for three seconds, and behind one store there may be a queue."""

    def try_to_write(_number: int) -> float:
        start = perf_counter()
        with pytest.raises(Unrecorded):
            writes(store)
        return perf_counter() - start

    with locked(store, path), ThreadPoolExecutor(16) as people:
        took = list(people.map(try_to_write, range(64)))
    assert sorted(took)[-1] < 1.5


def test_a_file_that_is_free_again_in_time_is_waited_for(store: SqliteStore, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(1) as person:
            writing = person.submit(writes, store)
            assert not writing.done()
            other.execute("ROLLBACK")
            writing.result()
    assert written(store) == 39


def test_a_file_that_may_only_be_read_is_named_as_one(store: SqliteStore, path: Path) -> None:
    with store.transaction() as tx:
        tx.append_audit(ENTRY)
    reader = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    with closing(reader), pytest.raises(sqlite3.OperationalError) as raised:
        reader.execute("DELETE FROM requests")
    assert "may not be written" in str(trouble_of(raised.value))


def test_a_damaged_file_is_named_as_one(path: Path) -> None:
    SqliteStore(path).close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.DatabaseError) as raised:
        connection.execute("SELECT * FROM audit").fetchall()
    assert "damaged" in str(trouble_of(raised.value))


def test_a_mistake_of_ours_is_no_trouble_of_the_file(store: SqliteStore) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"), store.transaction() as tx:
        tx._db.execute("SELECT * FROM nowhere")
    with pytest.raises(sqlite3.IntegrityError), store.transaction() as tx:
        tx.insert_change(sample_change())


def test_the_sentence_says_what_is_true_and_what_to_do() -> None:
    told = str(Unrecorded("there is no room left for it", "free some space on its disk"))
    assert told.startswith("I cannot write to my database: there is no room left for it. Nothing was changed")
    assert told.endswith("looking still works. Tell whoever runs me to free some space on its disk.")


def test_a_lost_record_never_passes_for_a_refusal_of_aws() -> None:
    assert not issubclass(Unrecorded, Refusal)


CRAMPED = """
import resource, sys
from pathlib import Path
from bot.adapters.sqlite import SqliteStore
from bot.domain.errors import Unrecorded
from tests.adapters.samples import ENTRY
store = SqliteStore(Path(sys.argv[1]))
def write():
    with store.transaction() as tx:
        for _ in range(50):
            tx.append_audit(ENTRY)
write()
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
refused = 0
for _ in range(20):
    try:
        write()
    except Unrecorded as trouble:
        refused += 1
        reason = trouble.reason
print(refused, reason)
with store.transaction() as tx:
    print(tx._db.execute("SELECT count(*) FROM audit").fetchone()[0])
print(store.problem())
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
write()
print(store.problem())
with store.transaction() as tx:
    print(tx._db.execute("SELECT count(*) FROM audit").fetchone()[0])
"""


def test_a_disk_that_takes_no_byte_more_loses_nothing_and_heals_by_itself(path: Path) -> None:
    """The kernel refuses to let the files grow, as a quota or a full volume does."""
    run = subprocess.run([sys.executable, "-c", CRAMPED, str(path)], capture_output=True, text=True, check=True)
    refused, during, told, after, afterwards = run.stdout.splitlines()
    assert refused == "20 its disk does not take what I write"
    assert (during, afterwards) == ("50", "100")
    assert told.startswith("its disk does not take what I write")
    assert after == "None"
