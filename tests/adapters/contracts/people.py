"""What every People keeps, in the sandbox's workspace T0ACME."""

from abc import ABC, abstractmethod
from datetime import timedelta

import pytest

from bot.domain.errors import NotPossible, Throttled
from bot.engine.ports import People

HOME = "T0ACME"


class World(ABC):
    """A People, and hands to change what it tells."""

    people: People

    @abstractmethod
    def set_members(self, group_id: str, user_ids: frozenset[str]) -> None:
        """Changes a user group."""

    @abstractmethod
    def deactivate(self, user_id: str) -> None:
        """Somebody leaves."""

    @abstractmethod
    def let(self, by: timedelta) -> None:
        """Lets time pass."""

    @abstractmethod
    def throttle(self, method: str) -> None:
        """The next call of the People's `method` comes too often."""


class PeopleContract:
    """Run with a fixture `world`."""

    @pytest.mark.parametrize(("user_id", "name"), [("U0ANA", "ana"), ("U0CY", "cy")])
    def test_an_own_member_is_not_refused(self, world: World, user_id: str, name: str) -> None:
        person = world.people.person(HOME, user_id)
        assert (person.team_id, person.user_id, person.name, person.refused) == (HOME, user_id, name, None)

    @pytest.mark.parametrize(
        ("user_id", "refused"),
        [
            ("U0GUEST", "a guest in this workspace"),
            ("U0GONE", "deactivated"),
            ("U0BOT", "a bot"),
            ("U0STRANGER", "a member of another workspace (T0OTHER)"),
        ],
    )
    def test_whoever_may_do_nothing_is_told_why(self, world: World, user_id: str, refused: str) -> None:
        assert world.people.person(HOME, user_id).refused == refused

    def test_an_own_id_signed_by_another_workspace_is_somebody_else(self, world: World) -> None:
        assert world.people.person("T0OTHER", "U0ANA").refused == "a member of another workspace (T0OTHER)"
        assert world.people.person(HOME, "U0ANA").refused is None

    def test_who_was_deactivated_counts_at_once_when_asked_freshly(self, world: World) -> None:
        assert world.people.person(HOME, "U0ANA").refused is None
        world.deactivate("U0ANA")
        assert world.people.person(HOME, "U0ANA", fresh=True).refused == "deactivated"
        assert world.people.person(HOME, "U0ANA").refused == "deactivated"

    def test_an_unknown_person_is_never_guessed(self, world: World) -> None:
        with pytest.raises(NotPossible, match="user_not_found"):
            world.people.person(HOME, "U0NOBODY")

    def test_a_group_has_its_members(self, world: World) -> None:
        assert world.people.members("S0DEV", fresh=False) == {"U0ANA", "U0BO"}

    def test_an_unknown_group_is_never_empty(self, world: World) -> None:
        with pytest.raises(NotPossible, match="no_such_subteam"):
            world.people.members("S0NONE", fresh=True)

    def test_a_change_of_members_counts_at_once_when_asked_freshly(self, world: World) -> None:
        world.people.members("S0REL", fresh=False)
        world.set_members("S0REL", frozenset({"U0BO"}))
        assert world.people.members("S0REL", fresh=True) == {"U0BO"}
        assert world.people.members("S0REL", fresh=False) == {"U0BO"}

    def test_a_change_of_members_counts_after_a_minute_at_the_latest(self, world: World) -> None:
        world.people.members("S0REL", fresh=False)
        world.set_members("S0REL", frozenset())
        world.let(timedelta(seconds=60))
        assert world.people.members("S0REL", fresh=False) == frozenset()

    def test_too_often_raises_rather_than_guesses(self, world: World) -> None:
        world.throttle("members")
        with pytest.raises(Throttled):
            world.people.members("S0DEV", fresh=True)
