"""Every button, every state of what it is about, everybody who may not: one sentence to them alone, and nothing else.

Who may and comes too late is told how it stands. A button that changes something and is not in this table fails the
last test."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.changes import State
from bot.domain.policy import READING_VERBS
from tests.engine.house import (
    ANA,
    BO,
    CY,
    GUEST,
    STRANGER,
    World,
    buttons,
    words_of,
)
from tests.engine.scaling import ANYWAY, HELD, SUSPEND, undoes
from tests.engine.scenes import (
    DI,
    behind,
    expired,
    freeze,
    history,
    in_the_queue,
    lock,
    log,
    older_history,
    older_log,
    preview,
    request,
    rolling,
    scaled,
    scaling,
    scheduled,
    succeeded,
    ways,
    world_of,
)
from tests.fakes.chat import Said

NOBODYS = {GUEST: "guest", STRANGER: "another workspace", "U0GONE": "deactivated", "U0BOT": "a bot"}
Scene = Callable[[World], Said]


@dataclass(frozen=True)
class Row:
    """`fresh`: shows the button; `spent`: makes it too late. `without`: who may not press it while it is fresh, beside
    those who may do nothing at all; `late`: who could, and is told how it stands."""

    button: str
    action_id: str
    fresh: Scene
    without: tuple[str, ...]
    late: str = ""
    spent: Callable[[World, Said], object] = lambda _world, _said: None


def _clicks(button: str, user: str = ANA) -> Callable[[World, Said], object]:
    return lambda world, said: world.clicks(said, button, user)


def _eight_days(world: World, _: Said) -> None:
    world.clock.advance(timedelta(days=7, seconds=61))


def _takes_back(world: World, said: Said) -> None:
    undoes(world, world.change(said.message_id.removeprefix("card:")))


TABLE = (
    Row("Deploy", "confirm", preview, (BO, DI, CY), ANA, _clicks("Cancel")),
    Row("Cancel", "cancel", preview, (BO, DI, CY), ANA, _clicks("Deploy")),
    Row("Wait for it", "wait", behind, (BO, DI, CY), ANA, _clicks("Cancel")),
    Row("Cancel", "cancel", in_the_queue, (BO, DI, CY), ANA, _clicks("Cancel")),
    Row("Approve", "approve", request, (BO, ANA, DI), CY, _clicks("Withdraw")),
    Row("Deny", "deny", request, (BO, ANA, DI), CY, _clicks("Withdraw")),
    Row("Withdraw", "withdraw", request, (BO, DI, CY), ANA, _clicks("Approve", CY)),
    Row("Ask again", "again", expired, (BO, CY)),
    Row("Abort", "abort", rolling, (BO, CY), ANA, _clicks("Abort", DI)),
    Row("Roll back", "offer", succeeded, (BO, CY), ANA, _eight_days),
    Row("Unlock", "now", lock, (BO, DI), ANA, _clicks("Unlock", CY)),
    Row("Unfreeze", "now", freeze, (BO, ANA), CY, _clicks("Unfreeze", CY)),
    Row("Remove", "remove", scheduled, (BO, CY), ANA, _clicks("Remove", DI)),
    Row(HELD, "bounds", ways, (BO, DI, CY)),
    Row(SUSPEND, "suspend", ways, (BO, DI, CY)),
    Row(ANYWAY, "anyway", ways, (BO, DI, CY)),
    Row("Undo", "undo", scaled, (BO, CY), ANA, _takes_back),
    Row("Undo", "undo", scaling, (BO, CY), ANA, _takes_back),
    Row("Older", "older", log, (BO, CY)),
    Row("Newer", "newer", older_log, (BO, CY)),
    Row("Older", "older", history, (BO, CY)),
    Row("Newer", "newer", older_history, (BO, CY)),
)


def _named(row: Row) -> str:
    return f"{row.fresh.__name__}-{row.button}"


CASES = pytest.mark.parametrize("row", TABLE, ids=_named)
LATE = pytest.mark.parametrize("row", [row for row in TABLE if row.late], ids=_named)


@CASES
def test_whoever_may_not_press_it_is_told_so_alone_and_nothing_happens(tmp_path: Path, row: Row) -> None:
    world = world_of(tmp_path)
    said = row.fresh(world)
    assert buttons(said)[row.button]["action_id"].endswith(f":{row.action_id}")
    for user, word in (*NOBODYS.items(), *((user, "") for user in row.without)):
        answer = _one_sentence(world, said, row.button, user)
        assert word in answer, (user, answer)
        assert "Nothing was changed." in answer, (user, answer)
        assert world.audit()[-1].outcome == "refused", user
    world.store.close()


@pytest.mark.parametrize(
    "row", [row for row in TABLE if row.late], ids=lambda row: f"{row.fresh.__name__}-{row.button}"
)
def test_who_comes_too_late_is_told_how_it_stands_alone(tmp_path: Path, row: Row) -> None:
    world = world_of(tmp_path)
    said = row.fresh(world)
    old = replace(said)
    row.spent(world, said)
    world.runs()
    assert len(_one_sentence(world, old, row.button, row.late)) > 20
    for user, word in (*NOBODYS.items(), (BO, "")):
        assert word in _one_sentence(world, old, row.button, user)
    world.store.close()


@pytest.mark.parametrize("state", [one for one in State if one is not State.AWAITING_APPROVAL])
def test_in_no_other_state_does_a_requests_button_do_anything(tmp_path: Path, state: State) -> None:
    world = world_of(tmp_path)
    card = replace(request(world))
    asked = world.change()
    with world.store.transaction() as tx:
        tx.save_change(replace(asked, state=state, finished_at=world.clock.now()))
    for button, user in (("Approve", CY), ("Deny", CY), ("Withdraw", ANA)):
        answer = _one_sentence(world, card, button, user)
        assert "already" in answer or "waits for its turn" in answer
    world.store.close()


def test_every_button_that_changes_something_is_in_this_table(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    of_a_form, of_a_home = {"denied", "stage"}, {"home"}
    changing = (one.partition(":") for one in world.house.offers)
    offered = {name for verb, _, name in changing if verb not in READING_VERBS}
    assert offered <= {row.action_id for row in TABLE} | of_a_form | of_a_home
    world.store.close()


def _one_sentence(world: World, said: Said, button: str, user: str) -> str:
    before, rows = _everything(world), _rows(world)
    world.clicks(replace(said), button, user, **({"team_id": "T0OTHER"} if user == STRANGER else {}))
    new = [one for one in _everything(world) if one not in before]
    assert [one[2] for one in new] == [user], (user, new)
    assert _rows(world) == rows, user
    return new[0][3]


def _everything(world: World) -> list[tuple[str, int, str, str]]:
    channels = world.chat.channels.values()
    return [(one.ts, one.edits, one.only_for, words_of(one)) for channel in channels for one in channel]


def _rows(world: World) -> list[tuple[str, str]]:
    with world.store.transaction() as tx:
        found = tx._all("SELECT id, state || version || body AS at FROM changes")
        locks = tx._all("SELECT id, owner || body AS at FROM locks")
        calls = tx._all("SELECT change_id AS id, claim AS at FROM calls")
        schedules = tx._all("SELECT id, body AS at FROM schedules")
    return [(row["id"], row["at"]) for row in (*found, *locks, *calls, *schedules)]
