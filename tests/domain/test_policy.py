"""Who may do what: deny by default, and the rule that allows is named."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.domain.people import Person
from bot.domain.policy import (
    NO_CHANNEL,
    READING_VERBS,
    Allowed,
    Moment,
    Refused,
    decide,
    door,
    groups_needed,
    groups_of,
)
from bot.domain.stacks import CHANGING_VERBS, ApprovalRule, Config, Stack, Stage
from tests.domain.deploy_cases import ANA, CONFIG, PROPERTY, stage

BEN = Person("T0ACME", "U0BEN", "ben")
CLEO = Person("T0ACME", "U0CLEO", "cleo")
MEMBERS: dict[str, frozenset[str] | None] = {"S0DEV": frozenset({"U0BEN"}), "S0REL": frozenset({"U0CLEO"})}
NOW_HOLDS = Moment(CONFIG, MEMBERS)
PROD = stage(
    may_change=("developers",),
    approval=ApprovalRule(("deploy",), ("release",), 1, timedelta(minutes=30)),
    emergency=("release",),
    admins=("release",),
)
MEMBERS_ONLY = "Ask an own member of this workspace."


@pytest.mark.parametrize(
    ("person", "verb", "rule"),
    [
        (ANA, "deploy", "developers (U0ANA)"),
        (BEN, "scale", "developers (S0DEV)"),
        (BEN, "lock", "developers (S0DEV)"),
        (BEN, "unlock", "developers (S0DEV)"),
        (CLEO, "approve", "release (S0REL)"),
        (CLEO, "deny", "release (S0REL)"),
        (CLEO, "emergency", "release (S0REL)"),
        (CLEO, "take_over", "release (S0REL)"),
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
        (
            ANA,
            "emergency",
            "No rule lets you use --emergency on shop prod.",
            "Ask somebody of release, or be added there.",
        ),
        (
            ANA,
            "take_over",
            "No rule lets you take over the lock of shop prod.",
            "Ask somebody of release, or be added there.",
        ),
        (replace(ANA, refused="a guest"), "status", "You are a guest.", MEMBERS_ONLY),
        (replace(ANA, team_id="T1"), "help", "You are from another workspace.", MEMBERS_ONLY),
    ],
)
def test_a_refusal_says_why_and_who_could(person: Person, verb: str, reason: str, who_could: str) -> None:
    assert decide(person, verb, PROD, NOW_HOLDS) == Refused(reason, who_could)


@pytest.mark.parametrize(
    ("verb", "doing", "key"),
    [
        ("deploy", "deploy shop prod", "may_change"),
        ("approve", "approve shop prod", "approval"),
        ("emergency", "use --emergency on shop prod", "emergency"),
        ("take_over", "take over the lock of shop prod", "admins"),
    ],
)
def test_a_stage_that_names_nobody_is_closed_to_everybody(verb: str, doing: str, key: str) -> None:
    decision = decide(ANA, verb, stage(), NOW_HOLDS)
    assert decision == Refused(
        f"Nobody may {doing}: no rule names anyone.", f"Add {key} to that stage in tinystacks.yml."
    )


@pytest.mark.parametrize("members", [{}, {"S0DEV": None}])
def test_an_unreadable_group_refuses_changes_and_says_so(members: dict[str, None]) -> None:
    moment = Moment(CONFIG, members)
    decision = decide(BEN, "deploy", PROD, moment)
    assert isinstance(decision, Refused)
    assert "cannot read the user group S0DEV" in decision.reason
    assert isinstance(decide(BEN, "status", PROD, moment), Allowed)
    assert decide(ANA, "deploy", PROD, moment) == Allowed("developers (U0ANA)")


def test_another_group_that_can_be_read_still_allows() -> None:
    both = replace(PROD, may_change=("release", "developers"))
    assert decide(BEN, "deploy", both, Moment(CONFIG, {**MEMBERS, "S0REL": None})) == Allowed("developers (S0DEV)")


@pytest.mark.parametrize("where", [PROD, None])
@pytest.mark.parametrize("verb", ["deploy", "status", "help", "freeze", "approve"])
def test_a_channel_shared_with_another_workspace_is_refused_everything(verb: str, where: Stage | None) -> None:
    moment = Moment(CONFIG, MEMBERS, external_channel=True)
    decision = decide(ANA, verb, where, moment)
    assert isinstance(decision, Refused)
    assert decision.reason == "This channel is shared with another workspace."
    assert door(ANA, moment) == decision


def test_a_stage_that_says_so_takes_commands_of_own_members_from_a_shared_channel() -> None:
    open_prod = replace(PROD, shared_channels=True)
    moment = Moment(config_of(PROD, open_prod), MEMBERS, external_channel=True)
    assert door(ANA, moment) is None
    assert isinstance(decide(ANA, "deploy", open_prod, moment), Allowed)
    assert isinstance(decide(ANA, "status", open_prod, moment), Allowed)
    assert isinstance(decide(ANA, "deploy", PROD, moment), Refused)
    assert isinstance(decide(ANA, "whoami", None, moment), Refused)
    assert isinstance(decide(replace(ANA, refused="a guest"), "status", open_prod, moment), Refused)
    assert door(replace(ANA, team_id="T1"), moment) == Refused("You are from another workspace.", MEMBERS_ONLY)


def config_of(*stages: Stage) -> Config:
    return replace(CONFIG, stacks=(Stack("shop", stages),))


OPS = replace(PROD, channels=("C0OPS", "C0REL"), channel_id="C0PROD")


@pytest.mark.parametrize("channel_id", ["C0OPS", "C0REL", "C0PROD", ""])
def test_a_stage_with_channels_is_changed_from_these_its_own_and_by_steps(channel_id: str) -> None:
    assert isinstance(decide(ANA, "deploy", OPS, Moment(CONFIG, MEMBERS, channel_id=channel_id)), Allowed)


@pytest.mark.parametrize("channel_id", ["C0RANDOM", "D0ANA", NO_CHANNEL])
def test_a_stage_with_channels_is_looked_at_and_held_but_not_changed_from_elsewhere(channel_id: str) -> None:
    elsewhere = Moment(CONFIG, MEMBERS, channel_id=channel_id)
    for verb in (*CHANGING_VERBS, "zap"):
        assert decide(ANA, verb, OPS, elsewhere) == Refused(
            "shop prod can be changed from some channels only, and this is none of them.",
            "Type it in the channel C0OPS or C0REL or C0PROD.",
        )
    for verb in ("approve", "emergency"):
        assert "some channels only" in getattr(decide(CLEO, verb, OPS, elsewhere), "reason", "")
    assert isinstance(decide(ANA, "status", OPS, elsewhere), Allowed)
    assert isinstance(decide(ANA, "lock", OPS, elsewhere), Allowed)
    assert isinstance(decide(CLEO, "deny", OPS, elsewhere), Allowed)


@pytest.mark.parametrize("verb", ["approve", "deny"])
def test_nobody_decides_about_their_own_change(verb: str) -> None:
    decision = decide(CLEO, verb, PROD, replace(NOW_HOLDS, requester=replace(CLEO, name="renamed")))
    assert decision == Refused(
        f"You asked for this change, so you cannot {verb} it.", "Ask another of release, or withdraw it."
    )
    assert isinstance(decide(CLEO, verb, PROD, replace(NOW_HOLDS, requester=ANA)), Allowed)


def test_a_change_without_a_stage_is_refused() -> None:
    assert isinstance(decide(ANA, "deploy", None, NOW_HOLDS), Refused)
    assert isinstance(decide(ANA, "status", None, NOW_HOLDS), Allowed)


def test_freezing_everything_takes_an_admin_of_every_stage() -> None:
    by_dev = stage(name="staging", admins=("developers",))
    both = Person("T0ACME", "U0BOTH", "both")
    config, members = config_of(by_dev, PROD), {"S0DEV": frozenset({"U0BOTH"}), "S0REL": frozenset({"U0BOTH"})}
    assert decide(both, "freeze", None, Moment(config, members)) == Allowed("developers (S0DEV), release (S0REL)")
    assert decide(CLEO, "unfreeze", None, Moment(config, MEMBERS)) == Refused(
        "No rule lets you unfreeze everything, which takes an admin of every stage, of shop staging too.",
        "Ask somebody of developers, or be added there.",
    )
    assert groups_needed(config, "freeze", None) == ("S0DEV", "S0REL")


@pytest.mark.parametrize(
    ("verb", "groups"),
    [
        ("deploy", ("S0DEV",)),
        ("approve", ("S0REL",)),
        ("emergency", ("S0REL",)),
        ("take_over", ("S0REL",)),
        ("unlock", ("S0DEV",)),
        ("status", ()),
        ("zap", ("S0DEV",)),
    ],
)
def test_only_the_groups_that_decide_are_looked_up(verb: str, groups: tuple[str, ...]) -> None:
    assert groups_needed(CONFIG, verb, PROD) == groups


def test_no_group_is_looked_up_where_no_stage_is_named() -> None:
    assert groups_needed(CONFIG, "deploy", None) == ()


OTHER_VERBS = ["approve", "deny", "emergency", "lock", "unlock", "take_over", "freeze", "unfreeze"]
verbs = st.sampled_from([*CHANGING_VERBS, *OTHER_VERBS, *OTHER_VERBS, *sorted(READING_VERBS)]) | st.text(max_size=8)
user_ids = st.sampled_from(["U0ANA", "U0BEN", "U0CLEO", "U0EVE", "S0DEV"])
people = st.builds(
    Person, st.sampled_from(["T0ACME"] * 5 + ["T1"]), user_ids, st.just("x"), st.sampled_from([None] * 5 + ["a bot"])
)
memberships = st.dictionaries(
    st.sampled_from(["S0DEV", "S0REL", "S0OTHER"]), st.none() | st.frozensets(user_ids, max_size=3)
)
groups = st.lists(st.sampled_from(["developers", "release", "nobody", "undefined"]), max_size=3).map(tuple)
channel_ids = st.sampled_from(["", "C0", "C0OPS", "D0ANA", NO_CHANNEL])
stages = st.builds(
    stage,
    may_change=groups,
    approval=st.none() | st.builds(ApprovalRule, st.just(("deploy",)), groups, st.just(1), st.just(timedelta(1))),
    emergency=groups,
    admins=groups,
    channels=st.lists(channel_ids.filter(bool), max_size=2).map(tuple),
    shared_channels=st.booleans(),
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Person, str, Stage | None, Moment]:
    """Anybody, any verb, on one of two stages of the config, or on none."""
    both = draw(st.tuples(stages, stages))
    moment = Moment(
        config_of(*both),
        draw(memberships),
        draw(st.sampled_from([False, False, True])),
        draw(channel_ids),
        draw(st.none() | people),
    )
    return draw(people), draw(verbs), draw(st.sampled_from([both[0], both[0], None])), moment


def decided(case: tuple[Person, str, Stage | None, Moment], **changes: Any) -> Allowed | Refused:
    person, verb, where, moment = case
    return decide(person, verb, where, replace(moment, **changes))


@PROPERTY
@given(cases())
def test_a_change_is_allowed_only_by_groups_that_name_the_person(
    case: tuple[Person, str, Stage | None, Moment],
) -> None:
    person, verb, where, moment = case
    decision = decided(case)
    if isinstance(decision, Refused):
        assert decision.reason
        assert decision.who_could
        return
    assert not moment.external_channel or (where and where.shared_channels)
    assert (person.team_id, person.refused) == ("T0ACME", None)
    if verb in READING_VERBS:
        return
    concerned = (where,) if where else moment.config.stacks[0].stages
    assert where or verb in ("freeze", "unfreeze")
    for one in concerned:
        named = {id_ for group in groups_of(verb, one) for id_ in CONFIG.people.get(group, ())}
        in_groups = {user for id_ in named if id_[0] == "S" for user in moment.members.get(id_) or ()}
        assert person.user_id in in_groups | {id_ for id_ in named if id_[0] != "S"}


@PROPERTY
@given(cases(), st.sampled_from(["S0DEV", "S0REL"]))
def test_a_group_that_cannot_be_read_never_grants(case: tuple[Person, str, Stage | None, Moment], group: str) -> None:
    if isinstance(decided(case, members={**case[3].members, group: None}), Allowed):
        assert isinstance(decided(case), Allowed)
        assert isinstance(decided(case, members={**case[3].members, group: frozenset()}), Allowed)


@PROPERTY
@given(cases(), st.sampled_from(["approve", "deny"]), st.text(max_size=3))
def test_whoever_asked_never_decides_whatever_the_groups_and_their_name(
    case: tuple[Person, str, Stage | None, Moment], verb: str, name: str
) -> None:
    person, _, where, moment = case
    asked = replace(person, name=name, refused=None)
    assert isinstance(decide(person, verb, where, replace(moment, requester=asked)), Refused)


@PROPERTY
@given(cases(), st.lists(channel_ids.filter(bool), min_size=1, max_size=3))
def test_naming_channels_never_allows_what_was_refused(
    case: tuple[Person, str, Stage | None, Moment], channels: list[str]
) -> None:
    person, verb, where, moment = case
    assume(where is not None)
    assert where is not None
    anywhere, bound = replace(where, channels=()), replace(where, channels=tuple(channels))
    if isinstance(decide(person, verb, anywhere, moment), Refused):
        assert isinstance(decide(person, verb, bound, moment), Refused)


@PROPERTY
@given(cases(), st.frozensets(user_ids))
def test_an_unrelated_group_never_grants_anything(
    case: tuple[Person, str, Stage | None, Moment], more: frozenset[str]
) -> None:
    moment = case[3]
    config = replace(moment.config, people={**CONFIG.people, "late": ("S0LATE", *more)})
    assert decided(case) == decided(case, config=config, members={**moment.members, "S0LATE": more})


@PROPERTY
@given(cases())
def test_whom_the_door_turns_away_may_do_nothing_at_all(case: tuple[Person, str, Stage | None, Moment]) -> None:
    if door(case[0], case[3]) is not None:
        assert isinstance(decided(case), Refused)
