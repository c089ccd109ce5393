"""One decision for what is typed, what is clicked and what goes on by itself; who cannot be read may not."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.changes import State
from bot.domain.errors import NotAllowed, NotPossible, Refusal, Throttled, Unavailable
from bot.domain.people import Person
from bot.domain.requests import Kind
from bot.domain.stacks import ApprovalRule, Config, Stage
from bot.engine.commands import Ask
from bot.engine.rights import recheck, require
from tests.engine.house import ANA, CY, GUEST, World, config, words_of
from tests.fakes.chat import FakePeople

Worlds = Callable[[Config], World]
THROTTLED = Throttled("Slack", "usergroups.users.list")
BY_RELEASE = ApprovalRule(("deploy",), ("release",), 1, timedelta(minutes=30))


@pytest.fixture
def worlds(tmp_path: Path) -> Worlds:
    return lambda told: World(tmp_path / "bot.db", told)


@pytest.fixture
def world(worlds: Worlds) -> World:
    return worlds(config(approval=BY_RELEASE))


def staging(world: World) -> Stage:
    return world.house.config.stacks[0].stages[0]


def asking(world: World, user: str, kind: Kind = Kind.COMMAND, channel_id: str = "C0RANDOM") -> Ask:
    return Ask(world.request(kind, user, channel_id=channel_id), world.people.persons[user], world.house)


@pytest.mark.parametrize("kind", [Kind.COMMAND, Kind.MENTION, Kind.ACTION, Kind.SUBMISSION])
@pytest.mark.parametrize("fresh", [True, False])
def test_who_asked_is_refused_to_approve_by_word_click_and_step_alike(world: World, kind: Kind, fresh: bool) -> None:
    """A peer's second decision path granted at the click what the first had refused (lesson 6 of peers)."""
    cy = world.people.persons[CY]
    with pytest.raises(NotAllowed) as clicked:
        require(asking(world, CY, kind), "approve", staging(world), fresh=fresh, requester=cy)
    with pytest.raises(NotAllowed) as stepped:
        recheck(world.house, cy, "approve", staging(world), cy)
    said = [str(clicked.value), str(stepped.value)]
    assert said[0] == said[1]
    assert "You asked for this change, so you cannot approve it." in said[0]
    assert (
        require(asking(world, CY, kind), "approve", staging(world), requester=world.people.persons[ANA])
        == "release (S0REL)"
    )


def test_the_rule_is_the_same_for_word_click_and_step(world: World) -> None:
    rules = {require(asking(world, ANA, kind), "deploy", staging(world)) for kind in Kind}
    assert rules | {recheck(world.house, world.people.persons[ANA], "deploy", staging(world))} == {"developers (S0DEV)"}


def test_a_stage_with_channels_is_not_changed_from_a_form_that_was_opened_in_none(worlds: Worlds) -> None:
    world = worlds(config(channels=("C0RANDOM",)))
    assert require(asking(world, ANA), "deploy", staging(world))
    assert recheck(world.house, world.people.persons[ANA], "deploy", staging(world))
    for channel_id in ("", "C0PROD", "D0ANA"):
        with pytest.raises(NotAllowed, match=r"some channels only.*Nothing was changed.*C0RANDOM or C0DEPLOYS"):
            require(asking(world, ANA, Kind.SUBMISSION, channel_id), "deploy", staging(world))


@pytest.mark.parametrize("failure", [THROTTLED, NotPossible("Slack refused.", "Look.")])
def test_a_group_that_slack_does_not_tell_refuses_who_asks(world: World, failure: Refusal) -> None:
    world.people.failures.add("members", failure)
    with pytest.raises(NotAllowed, match="I cannot read the user group S0DEV"):
        require(asking(world, ANA), "deploy", staging(world))


@dataclass
class Noting(FakePeople):
    """Notes what was asked for past every cache."""

    asked: list[tuple[str, bool]] = field(default_factory=list)

    def person(self, team_id: str, user_id: str, *, fresh: bool = False) -> Person:
        self.asked.append((user_id, fresh))
        return super().person(team_id, user_id, fresh=fresh)

    def members(self, group_id: str, *, fresh: bool) -> frozenset[str]:
        self.asked.append((group_id, fresh))
        return super().members(group_id, fresh=fresh)


def test_a_step_and_a_click_that_changes_something_look_past_every_cache(world: World) -> None:
    people = Noting(world.people.persons, world.people.groups)
    house = replace(world.house, ports=replace(world.house.ports, people=people))
    recheck(house, world.people.persons[ANA], "deploy", staging(world))
    require(replace(asking(world, ANA), house=house), "deploy", staging(world), fresh=True)
    require(replace(asking(world, ANA), house=house), "deploy", staging(world))
    assert people.asked == [(ANA, True), ("S0DEV", True), ("S0DEV", True), ("S0DEV", False)]


def test_a_step_that_cannot_read_slack_is_told_that_it_may_try_again(world: World) -> None:
    ana = world.people.persons[ANA]
    for method in ("members", "person"):
        world.people.failures.add(method, THROTTLED)
        with pytest.raises(Unavailable):
            recheck(world.house, ana, "deploy", staging(world))
    assert recheck(world.house, ana, "deploy", staging(world)) == "developers (S0DEV)"


def test_a_step_does_not_wait_for_a_group_that_would_not_help(world: World) -> None:
    cy = world.people.persons[CY]
    world.people.failures.add("members", THROTTLED)
    with pytest.raises(NotAllowed, match="You asked for this change"):
        recheck(world.house, cy, "approve", staging(world), cy)


def test_a_group_that_cannot_be_read_keeps_nobody_whom_another_rule_names(worlds: Worlds) -> None:
    told = replace(config(), people={"developers": ("S0DEV", ANA)})
    world = worlds(told)
    for _ in range(2):
        world.people.failures.add("members", THROTTLED)
    assert require(asking(world, ANA), "deploy", staging(world)) == f"developers ({ANA})"
    assert recheck(world.house, world.people.persons[ANA], "deploy", staging(world)) == f"developers ({ANA})"


def test_a_group_that_is_no_more_is_a_no_and_nothing_to_wait_for(world: World) -> None:
    del world.people.groups["S0DEV"]
    with pytest.raises(NotAllowed, match="cannot read the user group S0DEV"):
        recheck(world.house, world.people.persons[ANA], "deploy", staging(world))


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (Person("T0ACME", ANA, "ana", "deactivated"), "You are deactivated"),
        (Person("T0ACME", ANA, "ana", "a guest in this workspace"), "You are a guest"),
        (None, "user_not_found"),
    ],
)
def test_a_step_asks_slack_who_somebody_is_by_now(world: World, now: Person | None, why: str) -> None:
    then = world.people.persons.pop(ANA)
    world.people.persons |= {ANA: now} if now else {}
    with pytest.raises(NotAllowed, match=why):
        recheck(world.house, then, "deploy", staging(world))


def test_who_left_the_group_meanwhile_is_refused_by_a_step(world: World) -> None:
    world.people.groups["S0DEV"] = frozenset()
    with pytest.raises(NotAllowed, match="No rule lets you deploy shop staging"):
        recheck(world.house, world.people.persons[ANA], "deploy", staging(world))


def test_a_shared_channel_takes_commands_for_the_stages_that_say_so_and_for_no_other(worlds: Worlds) -> None:
    world = worlds(config(shared_channels=True))
    shared = {"channel_id": "C0SHARED"}
    assert world.types("deploy shop staging v42", ANA, **shared)
    assert world.change().state is State.PROPOSED
    for words, user in (("deploy shop prod v42", CY), ("help", ANA), ("whoami", ANA)):
        assert "shared with another workspace" in words_of(world.types(words, user, **shared))
    assert "You are a guest" in words_of(world.types("deploy shop staging v42", GUEST, **shared))
