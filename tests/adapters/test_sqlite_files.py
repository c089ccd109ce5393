"""Where the database is, who may read it, and what is told about a file that is none."""

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.adapters.sqlite import NoDatabase, SqliteStore, database_path, readable_by_others
from tests.adapters.samples import sample_change


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@pytest.fixture
def generous() -> Iterator[None]:
    """A umask that takes nothing away."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("generous")
def test_nobody_but_its_owner_may_read_the_database_nor_what_lies_beside_it(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        with store.transaction() as tx:
            tx.insert_change(sample_change())
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
        assert modes == dict.fromkeys(("bot.db", "bot.db-wal", "bot.db-shm", "bot.db.lock"), 0o600)
        assert readable_by_others(path) == ()


def test_a_database_that_others_may_read_stays_as_its_owner_made_it_and_is_named(path: Path) -> None:
    path.touch()
    path.chmod(0o640)
    SqliteStore(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert readable_by_others(path) == (path,)


def test_a_database_that_is_not_there_yet_is_read_by_nobody(path: Path) -> None:
    assert readable_by_others(path) == ()


@pytest.mark.parametrize("url", ["", "tinystacks.db", "sqlite://", "sqlite:///", "postgresql://db/bot"])
def test_a_url_that_names_no_file_is_told_what_to_write(url: str) -> None:
    with pytest.raises(NoDatabase, match=r"Write sqlite:///tinystacks\.db"):
        database_path(url)


def test_a_url_is_relative_with_three_slashes_and_absolute_with_four() -> None:
    assert database_path("sqlite:///data/bot.db") == Path("data/bot.db")
    assert database_path("sqlite:////data/bot.db") == Path("/data/bot.db")


def test_a_file_that_is_no_database_is_refused_with_a_sentence_and_left_alone(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 99)
    with pytest.raises(NoDatabase, match="Nothing was changed"):
        SqliteStore(path)
    assert path.read_bytes() == b"not a database at all" * 99
    path.unlink()
    SqliteStore(path).close()


def test_a_directory_that_cannot_be_made_is_refused_with_a_sentence(path: Path) -> None:
    path.write_text("a file")
    with pytest.raises(NoDatabase, match="its directory may be written"):
        SqliteStore(path / "bot.db")
