"""Who somebody is behind what users.info answers: one person, one identity, and an id alone is nobody."""

from typing import Any

import pytest

from bot.adapters.slack.client import Identity
from bot.adapters.slack.people import person_of

GRID = Identity("T0ACME", enterprise_id="E0ACME")
SINGLE = Identity("T0ACME")


def user(**fields: Any) -> dict[str, Any]:
    return {"id": "U0ANA", "team_id": "T0ACME", "name": "ana", **fields}


@pytest.mark.parametrize("signed", ["T0ACME", "T0SISTER"])
def test_a_member_of_the_organisation_is_one_person_whatever_workspace_slack_signs(signed: str) -> None:
    """Otherwise whoever types here and clicks from there could approve their own change."""
    person = person_of(user(team_id="T0SISTER", enterprise_user={"enterprise_id": "E0ACME"}), signed, GRID)
    assert (person.team_id, person.user_id, person.refused) == ("T0ACME", "U0ANA", None)


@pytest.mark.parametrize("home", [SINGLE, GRID, Identity("T0ACME", enterprise_id="E0OTHER")])
@pytest.mark.parametrize("signed", ["T0ACME", "T0SISTER"])
def test_a_member_of_another_organisation_is_refused(home: Identity, signed: str) -> None:
    person = person_of(user(team_id="T0SISTER", enterprise_user={"enterprise_id": "E0ELSE"}), signed, home)
    assert person.refused == "a member of another workspace (T0SISTER)"


@pytest.mark.parametrize("signed", ["T0OTHER", ""])
def test_an_own_id_that_another_workspace_signed_is_refused(signed: str) -> None:
    assert person_of(user(), signed, SINGLE).refused == f"a member of another workspace ({signed or 'unknown'})"


@pytest.mark.parametrize(
    ("flag", "refused"),
    [
        ("deleted", "deactivated"),
        ("is_bot", "a bot"),
        ("is_app_user", "a bot"),
        ("is_stranger", "from outside, through Slack Connect"),
        ("is_restricted", "a guest in this workspace"),
        ("is_ultra_restricted", "a guest in this workspace"),
    ],
)
def test_whoever_is_no_full_member_is_refused(flag: str, refused: str) -> None:
    assert person_of(user(**{flag: True}), "T0ACME", SINGLE).refused == refused
