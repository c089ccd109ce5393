"""The head of the audit log, posted once a day."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.house import World, config, words_of


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[World]:
    """A world that posts the head of its log."""
    world = World(tmp_path / "telling.db", replace(config(), audit_channel="C0PROD"))
    yield world
    world.store.close()


def test_the_head_is_posted_once_a_day_whatever_restarts(telling: World) -> None:
    world = telling
    for _ in range(3):
        world.types("deploy nowhere staging v42")
    for _ in range(3):
        world.wakes_for("head")
    first = [said for said in world.chat.channels["C0PROD"] if "Audit log" in said.text]
    assert len(first) == 1
    head = world.audit()[2].hash
    assert f"3 entries, head `{head}`" in words_of(first[0])
    assert f"--entry 3 --head {head}" in words_of(first[0])
    world.advances(86_400 * 2)
    assert len([said for said in world.chat.channels["C0PROD"] if "Audit log" in said.text]) == 3


def test_without_an_audit_channel_no_head_is_posted_and_nothing_wakes(world: World) -> None:
    world.wakes_for("head")
    assert world.postings() == ()
    with world.store.transaction() as tx:
        assert "head" not in {wake.key for wake in tx.wakes()}
