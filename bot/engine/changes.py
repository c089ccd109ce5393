"""The one road every change takes: proposed, confirmed or cancelled, begun, aborted. What waits for a yes is in
`approvals`, what waits for its turn in `queue`; applying and watching follow in steps."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.changes import Change, State
from bot.domain.consent import approval_of, approvers
from bot.domain.errors import Already, NotAllowed, NotPossible
from bot.domain.fingerprints import fingerprint, rules_moved
from bot.domain.people import Person
from bot.domain.plans import Plan
from bot.domain.scales import Axis
from bot.domain.stacks import ApprovalRule, Stage
from bot.engine.audit import BOT_ITSELF, note_change
from bot.engine.cards import found, put_card
from bot.engine.commands import Ask, House, Wish
from bot.engine.expiry import EXPIRE, lives_until
from bot.engine.locks import standing_hold
from bot.engine.making_way import make_way
from bot.engine.pictures import wake_for_picture
from bot.engine.ports import Taken, Tx
from bot.engine.scheduling import enter
from bot.messages.standing import again, how_it_stands, under_way

APPLY, LOOK, ABORT, REMIND = "apply", "look", "abort", "remind"
FOLLOWING, RESUME = "following", "resume"

_MOST, _WITHIN = 60, timedelta(minutes=1)
ON_PREVIEW = ("confirm", "cancel", "wait")
ON_REQUEST = ("approve", "deny", "denied", "withdraw")


class StageTaken(NotPossible):
    """Another change has the stage; one can wait for it."""


def propose(ask: Ask, wish: Wish, plan: Plan, reason: str) -> Change:
    """Stores the plan as it will be shown. It expires by itself.

    Raises NotPossible for somebody who asks for very many in a short time."""
    ports, now = ask.house.ports, ask.house.ports.now()
    change = proposed(wish, plan, reason, now, asked_in=ask.request.channel_id, key=ask.request.key)
    with ports.store.transaction() as tx:
        if tx.count_changes(ask.person, now - _WITHIN) >= _MOST:
            fact = f"You have asked for {_MOST} changes within a minute."
            raise NotPossible(fact, "Wait a little; use the previews that you have, or cancel them.")
        insert(ask.house, tx, change, ask.person, now)
    return change


def insert(house: House, tx: Tx, change: Change, who: Person, now: datetime, **detail: Any) -> None:
    """A new one, with its audit entry, to which `detail` is added, and its end if nobody confirms it."""
    tx.insert_change(change)
    note_change(tx, now, who, change.verb, change, **_sides(change.plan), **_skips(change), **detail)
    house.ports.wakes.wake_at(tx, f"{EXPIRE}:{change.id}", lives_until(house, change))


def proposed(wish: Wish, plan: Plan, reason: str, now: datetime, *, asked_in: str, key: str) -> Change:
    """What `wish` comes to. `key`: of the request, or of the fire of a schedule."""
    stage = wish.stage
    return Change(
        id=wish.change_id,
        verb=plan.verb,
        stack=stage.stack,
        stage=stage.name,
        place=stage.place,
        service=stage.service,
        channel_id=stage.channel_id,
        state=State.PROPOSED,
        plan=plan,
        requester=wish.person,
        reason=reason,
        asked_in=asked_in,
        created_at=now,
        updated_at=now,
        request_key=key,
        asked=wish.asked or plan.after.revision,
        emergency=wish.emergency,
        approval=stage.approval if wish.emergency and stage.approval and plan.verb in stage.approval.verbs else None,
    )


def confirm(ask: Ask, change_id: str, stage: Stage) -> Change:
    """Sets the change going: takes its stage, or asks for approval.

    Raises NotPossible when it is not waiting any more, has expired, or something holds the stage; StageTaken when that
    is another change."""
    house, now = ask.house, ask.house.ports.now()
    with house.ports.store.transaction() as tx:
        change = waiting_preview(house, tx, change_id, ask.person, now)
        _unchanged(change, stage)
        if change.plan.blocked:
            raise NotPossible("A check stands in the way of this change.", f"Mend it, then type: {again(change)}")
        change = begin(house, tx, change, stage, now)
        tx.use_tokens(change.id, actions_of(change, ON_PREVIEW), now)
        tx.finish_request(ask.request.key)
    return change


def begin(house: House, tx: Tx, change: Change, stage: Stage, now: datetime) -> Change:
    """From a preview to what its stage asks for: a start, or a request for approval. Raises as `confirm`."""
    if not change.emergency:
        hold = standing_hold(tx, stage, change.verb, change.requester, now)
        if hold:
            raise NotPossible(hold.fact, hold.remedy)
    rule = approval_of(change, stage)
    if rule and approvers(change) < rule.count:
        return _request(house, tx, change, rule, now)
    who, action = (BOT_ITSELF, "fire") if change.scheduled else (change.requester, "confirm")
    return start(house, tx, change, who, action, now)


def start(house: House, tx: Tx, change: Change, who: Person, action: str, now: datetime, rule: str = "") -> Change:
    """Takes the stage, atomically, and sets the calls going. `who` did what by which rule. Raises StageTaken.

    What is to happen later takes no stage: it stands among the schedules from now on."""
    if change.plan.schedule:
        return enter(house, tx, change, who, action, now, rule)
    make_way(house, tx, change, now)
    try:
        change = tx.save_change(replace(change.become(State.APPROVED, now), queued_at=None))
    except Taken as taken:
        way_out = next((f", or press {name} on its card" for name in _ways_out(taken.holder)), "")
        raise StageTaken(under_way(taken.holder, now), f"Wait for its end{way_out}.") from taken
    terms = {"rule": rule} if rule else {}
    note_change(tx, now, who, action, change, fingerprint=fingerprint(change.plan.rests_on), **terms, **_skips(change))
    put_card(house, tx, change, now)
    house.ports.wakes.wake_at(tx, f"{APPLY}:{change.id}", now)
    return change


def cancel(ask: Ask, change_id: str) -> Change:
    """Drops a preview, or what waits for its turn. Raises Already when it is not waiting any more."""
    house, now = ask.house, ask.house.ports.now()
    with house.ports.store.transaction() as tx:
        change = _own(tx, change_id, ask.person)
        if change.state is not State.PROPOSED:
            raise already(change)
        change = tx.save_change(change.become(State.CANCELLED, now))
        note_change(tx, now, ask.person, "cancel", change)
        if change.queued_at:
            put_card(house, tx, change, now)
        tx.use_tokens(change.id, actions_of(change, ON_PREVIEW), now)
        tx.finish_request(ask.request.key)
    return change


def ask_to_abort(ask: Ask, change_id: str) -> Change:
    """Notes who wants the rollout back and sets that going.

    Raises Already when it does not roll out any more, or somebody asked before."""
    ports, now = ask.house.ports, ask.house.ports.now()
    with ports.store.transaction() as tx:
        change = found(tx, change_id)
        if change.state is not State.ROLLING_OUT or change.aborted_at:
            raise already(change)
        change = tx.save_change(replace(change, aborted_at=now, aborted_by=ask.person, updated_at=now))
        note_change(tx, now, ask.person, "abort", change)
        put_card(ask.house, tx, change, now)
        ports.wakes.wake_at(tx, f"{ABORT}:{change.id}", now)
        tx.use_tokens(change.id, actions_of(change, ("abort",)), now)
        tx.finish_request(ask.request.key)
    return change


def waiting_preview(house: House, tx: Tx, change_id: str, person: Person, now: datetime) -> Change:
    """One's own preview, if it can still be confirmed. Raises Already or NotPossible."""
    change = _own(tx, change_id, person)
    if change.state is not State.PROPOSED or change.queued_at:
        raise already(change)
    if now >= lives_until(house, change):
        raise NotPossible("This preview has expired.", f"Type it again: {again(change)}")
    return change


def already(change: Change) -> Already:
    """For a click that comes too late: how the change stands, and by whom."""
    return Already(how_it_stands(change), "Its card in the stage's channel tells the rest.")


def actions_of(change: Change, names: tuple[str, ...]) -> tuple[str, ...]:
    """Action ids of the change's verb."""
    return tuple(f"{change.verb}:{name}" for name in names)


def _own(tx: Tx, change_id: str, person: Person) -> Change:
    """A preview belongs to who asked for it; the id on its button is no right."""
    change = found(tx, change_id)
    if (change.requester.team_id, change.requester.user_id) != (person.team_id, person.user_id):
        fact = f"This is somebody else's: only {change.requester.name}, who asked for it, confirms or cancels it."
        raise NotAllowed(fact, f"Ask for your own: {again(change)}")
    return change


def _request(house: House, tx: Tx, change: Change, rule: ApprovalRule, now: datetime) -> Change:
    """Asks whoever the rule names. One open request a stage and verb: approvers decide about one thing at a time."""
    other = next((one for one in tx.waiting_changes(change.stack, change.stage) if _rivals(one, change)), None)
    if other:
        fact = f"{other.requester.name}'s {other.verb} of {change.stack} {change.stage} waits for approval already."
        raise NotPossible(fact, f"Wait for its end, or ask {other.requester.name} to withdraw it.")
    waits = replace(change.become(State.AWAITING_APPROVAL, now), approval=rule, queued_at=None)
    change = tx.save_change(replace(waits, expires_at=now + rule.expires))
    terms = {"by": list(rule.by), "count": rule.count, "expires": str(rule.expires)}
    who = BOT_ITSELF if change.scheduled else change.requester
    note_change(tx, now, who, "request", change, fingerprint=fingerprint(change.plan.rests_on), **terms)
    put_card(house, tx, change, now)
    house.ports.wakes.wake_at(tx, f"{EXPIRE}:{change.id}", now + rule.expires)
    house.ports.wakes.wake_at(tx, f"{REMIND}:{change.id}", now + rule.expires / 2)
    wake_for_picture(house.ports, tx, change, now)
    return change


def _rivals(one: Change, change: Change) -> bool:
    same = one.asked == change.asked or not change.plan.schedule
    return one.state is State.AWAITING_APPROVAL and one.verb == change.verb and one.id != change.id and same


def _unchanged(change: Change, stage: Stage) -> None:
    """What `tinystacks.yml` says of the stage now counts, not what it said at the preview."""
    gone = rules_moved(change.plan.rests_on, stage)
    if gone:
        names = ", ".join(one.path.removeprefix("tinystacks.yml ") for one in gone[:4])
        fact = f"tinystacks.yml has changed this stage since the preview ({names})."
        raise NotPossible(fact, f"Type it again: {again(change)}")


def _ways_out(holder: Change) -> tuple[str, ...]:
    """The button that ends what has the stage."""
    if not holder.plan.follows:
        return ("Abort",)
    return ("Undo",) if holder.plan.scale and holder.plan.scale.axis is not Axis.INSTANCES else ()


def _sides(plan: Plan) -> dict[str, str]:
    if plan.after.words:
        return {"from": plan.before.words, "to": plan.after.words}
    return {"before": plan.before.revision, "image": plan.after.image}


def _skips(change: Change) -> dict[str, str]:
    return {"emergency": change.emergency} if change.emergency else {}
