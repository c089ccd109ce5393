"""Who may do what: deny by default, and the rule that allows is named."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.people import Person
from bot.domain.policy import READING_VERBS, Allowed, Moment, Refused, decide, groups_needed
from bot.domain.stacks import CHANGING_VERBS, ApprovalRule
from tests.domain.deploy_cases import ANA, CONFIG, PROPERTY, stage

BEN = Person("T0ACME", "U0BEN", "ben")
CLEO = Person("T0ACME", "U0CLEO", "cleo")
MEMBERS = {"S0DEV": frozenset({"U0BEN"}), "S0REL": frozenset({"U0CLEO"})}
NOW_HOLDS = Moment(CONFIG, MEMBERS)
PROD = stage(may_change=("developers",), approval=ApprovalRule(("deploy",), ("release",), 1, timedelta(minutes=30)))


@pytest.mark.parametrize(
    ("person", "verb", "rule"),
    [
        (ANA, "deploy", "developers (U0ANA)"),
        (BEN, "scale", "developers (S0DEV)"),
        (CLEO, "approve", "release (S0REL)"),
        (CLEO, "status", "members of this workspace may look"),
    ],
)
def test_the_rule_that_allows_is_named(person: Person, verb: str, rule: str) -> None:
    assert decide(person, verb, PROD, NOW_HOLDS) == Allowed(rule)


@pytest.mark.parametrize(
    ("person", "verb", "reason", "who_could"),
    [
        (CLEO, "deploy", "No rule lets you deploy shop prod.", "Ask somebody of developers, or be added there."),
        (ANA, "approve", "No rule lets you approve shop prod.", "Ask somebody of release, or be added there."),
        (replace(ANA, refused="a guest"), "status", "You are a guest.", "Ask an own member of this workspace."),
        (replace(ANA, team_id="T1"), "help", "You are from another workspace.", "Ask an own member of this workspace."),
    ],
)
def test_a_refusal_says_why_and_who_could(person: Person, verb: str, reason: str, who_could: str) -> None:
    assert decide(person, verb, PROD, NOW_HOLDS) == Refused(reason, who_could)


def test_a_stage_that_names_nobody_is_closed_to_everybody() -> None:
    decision = decide(ANA, "deploy", stage(), NOW_HOLDS)
    assert decision == Refused(
        "Nobody may deploy shop prod: no rule names anyone.", "Add may_change to that stage in tinystacks.yml."
    )


@pytest.mark.parametrize("members", [{}, {"S0DEV": None}])
def test_an_unreadable_group_refuses_changes_and_says_so(members: dict[str, None]) -> None:
    rules = Moment(CONFIG, members)
    decision = decide(BEN, "deploy", PROD, rules)
    assert isinstance(decision, Refused)
    assert "cannot read the user group S0DEV" in decision.reason
    assert isinstance(decide(BEN, "status", PROD, rules), Allowed)
    assert decide(ANA, "deploy", PROD, rules) == Allowed("developers (U0ANA)")


@pytest.mark.parametrize("verb", ["deploy", "status", "help"])
def test_a_channel_shared_with_another_workspace_is_refused_everything(verb: str) -> None:
    decision = decide(ANA, verb, PROD, Moment(CONFIG, MEMBERS, external_channel=True))
    assert isinstance(decision, Refused)
    assert decision.reason == "This channel is shared with another workspace."


def test_a_change_without_a_stage_is_refused() -> None:
    assert isinstance(decide(ANA, "freeze", None, NOW_HOLDS), Refused)
    assert isinstance(decide(ANA, "status", None, NOW_HOLDS), Allowed)


@pytest.mark.parametrize(
    ("verb", "groups"), [("deploy", ("S0DEV",)), ("approve", ("S0REL",)), ("status", ()), ("zap", ("S0DEV",))]
)
def test_only_the_groups_that_decide_are_looked_up(verb: str, groups: tuple[str, ...]) -> None:
    assert groups_needed(CONFIG, verb, PROD) == groups


verbs = st.sampled_from([*CHANGING_VERBS, *sorted(READING_VERBS), "approve", "deny", "lock"]) | st.text(max_size=8)
user_ids = st.sampled_from(["U0ANA", "U0BEN", "U0CLEO", "U0EVE", "S0DEV"])
people = st.builds(Person, st.sampled_from(["T0ACME", "T1"]), user_ids, st.just("x"), st.sampled_from([None, "a bot"]))
memberships = st.dictionaries(
    st.sampled_from(["S0DEV", "S0REL", "S0OTHER"]), st.none() | st.frozensets(user_ids, max_size=3)
)
groups = st.lists(st.sampled_from(["developers", "release", "nobody", "undefined"]), max_size=3)


@PROPERTY
@given(people, verbs, memberships, st.booleans(), groups)
def test_a_change_is_allowed_only_by_a_group_that_names_the_person(
    person: Person, verb: str, members: dict[str, frozenset[str] | None], external: bool, may_change: list[str]
) -> None:
    where = replace(PROD, may_change=tuple(may_change))
    decision = decide(person, verb, where, Moment(CONFIG, members, external))
    if isinstance(decision, Refused):
        assert decision.reason
        assert decision.who_could
        return
    assert not external
    assert (person.team_id, person.refused) == ("T0ACME", None)
    if verb not in READING_VERBS:
        deciding = ("release",) if verb in ("approve", "deny") else may_change
        named = {id_ for group in deciding for id_ in CONFIG.people.get(group, ())}
        in_groups = {u for id_ in named & set(members) if id_[0] == "S" for u in members[id_] or ()}
        assert person.user_id in in_groups | {id_ for id_ in named if id_[0] != "S"}


@PROPERTY
@given(people, verbs, memberships, groups, st.frozensets(user_ids))
def test_an_unrelated_group_never_grants_anything(
    person: Person,
    verb: str,
    members: dict[str, frozenset[str] | None],
    may_change: list[str],
    more: frozenset[str],
) -> None:
    where = replace(PROD, may_change=tuple(may_change))
    config = replace(CONFIG, people={**CONFIG.people, "late": ("S0LATE", *more)})
    richer = Moment(config, {**members, "S0LATE": more})
    assert decide(person, verb, where, Moment(CONFIG, members)) == decide(person, verb, where, richer)
