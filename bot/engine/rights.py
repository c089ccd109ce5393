"""May this person do that here? Reads who is in which group, then asks the one pure decision."""

from dataclasses import replace

from bot.domain.errors import NotAllowed, NotPossible, Refusal, Unavailable
from bot.domain.people import Person
from bot.domain.policy import NO_CHANNEL, Allowed, Moment, Refused, decide, groups_needed
from bot.domain.stacks import Stage
from bot.engine.commands import Ask, House
from bot.engine.ports import People


def require(ask: Ask, verb: str, stage: Stage | None, *, fresh: bool = False, requester: Person | None = None) -> str:
    """The rule that allows what is typed or clicked.

    `fresh` looks groups up past every cache; `requester` is who asked for the change that is approved or denied.
    Raises NotAllowed naming the rule that refuses and who could do it."""
    request, config = ask.request, ask.house.config
    moment = Moment(config, {}, request.external_channel, request.channel_id or NO_CHANNEL, requester)
    moment, _ = _filled(ask.house.ports.people, ask.person, verb, stage, moment, fresh)
    return _rule(ask.person, verb, stage, moment)


def recheck(house: House, person: Person, verb: str, stage: Stage | None, requester: Person | None = None) -> str:
    """The rule that still allows it, for a step that goes on with what was asked before: person and groups are looked
    up past every cache.

    Raises NotAllowed when a rule says no, Unavailable when Slack does not answer and that could be why."""
    people, config = house.ports.people, house.config
    known = _known(people, person)
    moment = Moment(config, {}, requester=requester)
    moment, failure = _filled(people, known, verb, stage, moment, fresh=True)
    try:
        return _rule(known, verb, stage, moment)
    except NotAllowed:
        if failure is None or _refused_anyway(known, verb, stage, moment):
            raise
        raise failure from None


def still_may(house: House, person: Person, verb: str, stage: Stage, requester: Person | None = None) -> None:
    """As `recheck`, in words for a card, which everybody reads."""
    try:
        recheck(house, person, verb, stage, requester)
    except NotAllowed as error:
        fact = f"{person.name} may not {verb} on {stage.stack} {stage.name} any more."
        raise NotAllowed(fact, error.remedy) from error


def moment_of(ask: Ask) -> Moment:
    """The moment for questions about every stage at once: each user group of the config is asked for once."""
    config = ask.house.config
    groups = dict.fromkeys(id_ for ids in config.people.values() for id_ in ids if id_.startswith("S"))
    members, _ = _members(ask.house.ports.people, tuple(groups), fresh=False)
    return Moment(config, members, ask.request.external_channel)


def _known(people: People, person: Person) -> Person:
    try:
        return people.person(person.team_id, person.user_id, fresh=True)
    except NotPossible as error:
        raise NotAllowed(error.fact, error.remedy) from error


def _rule(person: Person, verb: str, stage: Stage | None, moment: Moment) -> str:
    decision = decide(person, verb, stage, moment)
    if isinstance(decision, Refused):
        raise NotAllowed(decision.reason, decision.who_could)
    return decision.rule


def _refused_anyway(person: Person, verb: str, stage: Stage | None, moment: Moment) -> bool:
    """Whether being in every group that could not be read would not help either."""
    hopeful = {id_: frozenset({person.user_id}) if ids is None else ids for id_, ids in moment.members.items()}
    return isinstance(decide(person, verb, stage, replace(moment, members=hopeful)), Refused)


def _filled(
    people: People, person: Person, verb: str, stage: Stage | None, moment: Moment, fresh: bool
) -> tuple[Moment, Unavailable | None]:
    """The moment with the members of one group after the other, until the person is allowed: Slack answers 20 such
    questions a minute (Slack facts 1.3)."""
    failure = None
    for group in groups_needed(moment.config, verb, stage):
        if isinstance(decide(person, verb, stage, moment), Allowed):
            break
        members, problem = _members(people, (group,), fresh)
        moment, failure = replace(moment, members={**moment.members, **members}), problem or failure
    return moment, failure


def _members(
    people: People, groups: tuple[str, ...], fresh: bool
) -> tuple[dict[str, frozenset[str] | None], Unavailable | None]:
    """The members by group, None for one that cannot be read: it then grants nothing. And the last failure that may
    pass by itself."""
    found: dict[str, frozenset[str] | None] = {}
    failure = None
    for group in groups:
        try:
            found[group] = people.members(group, fresh=fresh)
        except Refusal as error:
            found[group] = None
            failure = error if isinstance(error, Unavailable) else failure
    return found, failure
