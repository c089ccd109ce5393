"""Requests for approval: a yes or a no, by whom the rule names, about exactly what was shown.

Who decides is looked up and how things stand is read before the transaction; state, expiry and everything else that a
row tells is decided inside it. One click wins, every other one is told how the change stands.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.changes import Approval, Change, State
from bot.domain.consent import approval_of, approvers
from bot.domain.errors import Already, NotAllowed, NotPossible
from bot.domain.names import find_stage
from bot.domain.people import Person
from bot.domain.plans import Difference
from bot.domain.stacks import Stage
from bot.engine.audit import note_change
from bot.engine.cards import found, put_card, put_news
from bot.engine.changes import ON_REQUEST, REMIND, actions_of, already, start
from bot.engine.commands import Ask, House
from bot.engine.locks import standing_hold
from bot.engine.ports import Tx
from bot.engine.present import moved_since
from bot.engine.rights import require, still_may
from bot.messages.kit import escape
from bot.messages.outdated import outdated
from bot.messages.refusals import said
from bot.messages.request import approved_by, denied_by, reminder


def approve(ask: Ask, change_id: str) -> Change:
    """One more yes; with the last one wanted the change starts. It is OUTDATED instead where something moved.

    Raises Already for a request that is decided, NotAllowed, NotPossible, and what AWS raises: nothing is decided
    then."""
    house = ask.house
    change = _open(house, change_id)
    stage = find_stage(house.config, change.stack, change.stage)
    rule = require(ask, "approve", stage, requester=change.requester)
    gone = moved_since(house.ports, stage, change)
    now = house.ports.now()
    with house.ports.store.transaction() as tx:
        change = _undecided(tx, change_id, now)
        mine = next((one for one in change.approvals if _same(one.person, ask.person)), None)
        if mine:
            left = wanted(change) - len(change.approvals)
            raise Already(f"You approved it at {mine.at:%H:%M} UTC; it waits for {left} more.", "Nothing else to do.")
        change = (
            _outdated(house, tx, change, gone, ask.person, now) if gone else _yes(ask, tx, change, stage, rule, now)
        )
        tx.finish_request(ask.request.key)
    return change


def deny(ask: Ask, change_id: str, why: str) -> Change:
    """A no, which ends the request. Raises as `approve`."""
    house = ask.house
    change = _open(house, change_id)
    stage = find_stage(house.config, change.stack, change.stage)
    require(ask, "deny", stage, requester=change.requester)
    return _ended(ask, change_id, State.DENIED, "deny", why)


def withdraw(ask: Ask, change_id: str) -> Change:
    """Its asker wants it no more. Raises NotAllowed for anybody else, Already for a request that is decided."""
    change = _open(ask.house, change_id)
    if not _same(change.requester, ask.person):
        raise NotAllowed("Only who asked for a change can withdraw it.", "To stop it, an approver presses Deny.")
    return _ended(ask, change_id, State.CANCELLED, "withdraw", "")


def may_deny(ask: Ask, change_id: str) -> Change:
    """The request, if this person could deny it: asked before the form opens. Raises as `deny`."""
    change = _open(ask.house, change_id)
    stage = find_stage(ask.house.config, change.stack, change.stage)
    require(ask, "deny", stage, requester=change.requester)
    return change


def remind(house: House, change_id: str) -> None:
    """Step, at half-time: what still waits is told once more, in its thread."""
    now = house.ports.now()
    with house.ports.store.transaction() as tx:
        change = tx.change(change_id)
        waits = change is not None and change.state is State.AWAITING_APPROVAL
        if change and waits and change.expires_at and now < change.expires_at:
            put_news(house, tx, change, REMIND, reminder(change))


def still_right(house: House, change: Change, stage: Stage) -> None:
    """Right before it is applied: whether whoever asked still may, and enough of those who said yes still count.

    Raises NotAllowed, and Unavailable where Slack does not tell."""
    still_may(house, change.requester, "emergency" if change.emergency else change.verb, stage)
    for one in change.approvals:
        still_may(house, one.person, "approve", stage, change.requester)
    rule = approval_of(change, stage)
    if rule and approvers(change) < rule.count:
        wants = f"{stage.stack} {stage.name} wants {rule.count} approval{'s' if rule.count > 1 else ''} by now."
        raise NotAllowed(wants, "Ask again.")


def wanted(change: Change) -> int:
    """How many different people have to say yes."""
    return change.approval.count if change.approval else 1


def _open(house: House, change_id: str) -> Change:
    with house.ports.store.transaction() as tx:
        return _undecided(tx, change_id, house.ports.now())


def _undecided(tx: Tx, change_id: str, now: datetime) -> Change:
    change = found(tx, change_id)
    if change.state is not State.AWAITING_APPROVAL:
        raise already(change)
    if change.expires_at is None or now >= change.expires_at:
        raise Already(f"This request expired at {change.expires_at:%H:%M} UTC.", "Whoever needs it asks again.")
    return change


def _yes(ask: Ask, tx: Tx, change: Change, stage: Stage, rule: str, now: datetime) -> Change:
    house = ask.house
    hold = standing_hold(tx, stage, change.verb, change.requester, now)
    if hold:
        raise NotPossible(hold.fact, hold.remedy)
    given = (*change.approvals, Approval(ask.person, now, rule))
    change = replace(change, approvals=given, updated_at=now)
    if len(given) >= wanted(change):
        change = start(house, tx, change, ask.person, "approve", now, rule)
        tx.use_tokens(change.id, actions_of(change, ON_REQUEST), now)
    else:
        change = tx.save_change(change)
        note_change(tx, now, ask.person, "approve", change, rule=rule, approvals=len(given))
        put_card(house, tx, change, now)
    put_news(house, tx, change, f"approved-{len(given)}", approved_by(change, given[-1]))
    return change


def _outdated(house: House, tx: Tx, change: Change, gone: Sequence[Difference], who: Person, now: datetime) -> Change:
    change = replace(change.become(State.OUTDATED, now), moved=tuple(gone), problem=outdated(change, gone))
    change = tx.save_change(change)
    note_change(tx, now, who, "outdated", change, moved=[one.path for one in gone])
    put_card(house, tx, change, now, urgency=0)
    put_news(house, tx, change, "ended", said(escape(change.problem, 1_500)), urgency=0)
    tx.use_tokens(change.id, actions_of(change, ON_REQUEST), now)
    return change


def _ended(ask: Ask, change_id: str, state: State, action: str, why: str) -> Change:
    house, now = ask.house, ask.house.ports.now()
    with house.ports.store.transaction() as tx:
        change = _undecided(tx, change_id, now)
        change = replace(change.become(state, now), decided_by=ask.person, decided_why=why)
        change = tx.save_change(change)
        note_change(tx, now, ask.person, action, change, **({"why": why} if why else {}))
        put_card(house, tx, change, now, urgency=0)
        put_news(house, tx, change, "decided", denied_by(change), urgency=0)
        tx.use_tokens(change.id, actions_of(change, ON_REQUEST), now)
        tx.finish_request(ask.request.key)
    return change


def _same(one: Person, other: Person) -> bool:
    return (one.team_id, one.user_id) == (other.team_id, other.user_id)
