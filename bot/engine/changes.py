"""The one road every change takes: propose, confirm or cancel, abort. Applying and watching follow in steps."""

from dataclasses import replace
from datetime import datetime

from bot.domain.changes import Change, State
from bot.domain.errors import Already, NotPossible, UnknownName
from bot.domain.people import Person
from bot.domain.plans import Plan
from bot.domain.stacks import Stage
from bot.engine.audit import BOT_ITSELF, note_change
from bot.engine.commands import Ask, House
from bot.engine.outbox import put
from bot.engine.ports import Json, Posting, Taken, Tx
from bot.messages.card import card
from bot.messages.kit import escape, spoken
from bot.messages.refusals import said

APPLY, LOOK, EXPIRE, ABORT = "apply", "look", "expire", "abort"


def propose(ask: Ask, stage: Stage, plan: Plan, change_id: str, asked: str, reason: str) -> Change:
    """Stores the plan as it will be shown. It expires by itself."""
    ports, now = ask.house.ports, ask.house.ports.now()
    change = Change(
        id=change_id,
        verb=plan.verb,
        stack=stage.stack,
        stage=stage.name,
        place=stage.place,
        service=stage.service,
        channel_id=stage.channel_id,
        state=State.PROPOSED,
        plan=plan,
        requester=ask.person,
        reason=reason,
        asked_in=ask.request.channel_id,
        created_at=now,
        updated_at=now,
        request_key=ask.request.key,
        asked=asked,
    )
    with ports.store.transaction() as tx:
        tx.insert_change(change)
        note_change(tx, now, ask.person, change.verb, change, before=plan.before.revision, image=plan.after.image)
        ports.wakes.wake_at(tx, f"{EXPIRE}:{change.id}", now + ask.house.timings.proposal_lives)
    return change


def confirm(ask: Ask, change_id: str, stage: Stage) -> Change:
    """Takes the stage and sets the change going.

    Raises NotPossible when it is not waiting any more, has expired, or the stage has another running change."""
    ports, now = ask.house.ports, ask.house.ports.now()
    with ports.store.transaction() as tx:
        change = _own(tx, change_id, ask.person)
        if change.state is not State.PROPOSED:
            raise _already(change)
        _unchanged(change, stage)
        if change.plan.blocked:
            raise NotPossible("A check stands in the way of this change.", f"Mend it, then type: {again(change)}")
        if now >= change.created_at + ask.house.timings.proposal_lives:
            raise NotPossible("This preview has expired.", f"Type it again: {again(change)}")
        try:
            change = tx.save_change(change.become(State.APPROVED, now))
        except Taken as taken:
            raise _taken(taken.holder, now) from taken
        note_change(tx, now, ask.person, "confirm", change)
        put_card(ask.house, tx, change, now)
        ports.wakes.wake_at(tx, f"{APPLY}:{change.id}", now)
        tx.finish_request(ask.request.key)
    return change


def cancel(ask: Ask, change_id: str) -> Change:
    """Drops a preview. Raises NotPossible when it is not waiting any more."""
    now = ask.house.ports.now()
    with ask.house.ports.store.transaction() as tx:
        change = _own(tx, change_id, ask.person)
        if change.state is not State.PROPOSED:
            raise _already(change)
        change = tx.save_change(change.become(State.CANCELLED, now))
        note_change(tx, now, ask.person, "cancel", change)
        tx.finish_request(ask.request.key)
    return change


def expire(house: House, change_id: str) -> None:
    """Step: a preview that nobody confirmed."""
    now = house.ports.now()
    with house.ports.store.transaction() as tx:
        change = tx.change(change_id)
        if change and change.state is State.PROPOSED:
            change = tx.save_change(change.become(State.EXPIRED, now))
            note_change(tx, now, BOT_ITSELF, "expire", change)


def ask_to_abort(ask: Ask, change_id: str) -> Change:
    """Notes who wants the rollout back and sets that going.

    Raises NotPossible when it does not roll out any more, or somebody asked before."""
    ports, now = ask.house.ports, ask.house.ports.now()
    with ports.store.transaction() as tx:
        change = found(tx, change_id)
        if change.state is not State.ROLLING_OUT:
            raise _already(change)
        if change.aborted_at:
            by = change.aborted_by.name if change.aborted_by else "somebody"
            raise Already(f"{by} asked for that already.", "Follow it in the thread.")
        change = tx.save_change(replace(change, aborted_at=now, aborted_by=ask.person, updated_at=now))
        note_change(tx, now, ask.person, "abort", change)
        put_card(ask.house, tx, change, now)
        ports.wakes.wake_at(tx, f"{ABORT}:{change.id}", now)
        tx.finish_request(ask.request.key)
    return change


def put_card(house: House, tx: Tx, change: Change, now: datetime, *, urgency: int = 1) -> None:
    """The card as it looks now; an edit follows only if it looks different."""
    usual = tx.usual_duration(change.stack, change.stage)
    body = card(change, now, usual, house.offers)
    put(house.ports, tx, Posting(id=f"card:{change.id}", channel_id=change.channel_id, body=body, urgency=urgency), now)


def tell(house: House, tx: Tx, change: Change, key: str, text: str) -> None:
    """A sentence in the change's thread, once per key."""
    put_news(house, tx, change, key, said(escape(text, 1_500)), urgency=0)


def put_news(house: House, tx: Tx, change: Change, key: str, body: Json, *, urgency: int = 1) -> None:
    """A reply in the change's thread, once per key."""
    posting = Posting(
        id=f"news:{change.id}:{key}",
        channel_id=change.channel_id,
        body=body,
        urgency=urgency,
        thread_of=f"card:{change.id}",
    )
    put(house.ports, tx, posting, house.ports.now())


def again(change: Change) -> str:
    """The command that asks for the same once more."""
    image = change.plan.after.tag or change.plan.after.digest or change.plan.after.image
    return f"/tinystacks {change.verb} {change.stack} {change.stage} {image}"


def found(tx: Tx, change_id: str) -> Change:
    """Raises UnknownName for an id that is not ours."""
    change = tx.change(change_id)
    if change is None:
        raise UnknownName("change", change_id[:20], usage="Its message is older than my records: type it again.")
    return change


def _own(tx: Tx, change_id: str, person: Person) -> Change:
    """A preview belongs to who asked for it; the id on its button is no right."""
    change = found(tx, change_id)
    if (change.requester.team_id, change.requester.user_id) != (person.team_id, person.user_id):
        raise NotPossible("This preview is somebody else's.", f"Ask for your own: {again(change)}")
    return change


def _already(change: Change) -> Already:
    state = change.state.value.replace("_", " ")
    return Already(f"This {change.verb} is {state} already.", "Its card in the stage's channel says how it stands.")


def _unchanged(change: Change, stage: Stage) -> None:
    """What `tinystacks.yml` says of the stage now counts, not what it said at the preview."""
    if (stage.place, stage.service) != (change.place, change.service):
        raise NotPossible("tinystacks.yml has moved this stage since the preview.", f"Type it again: {again(change)}")
    if stage.approval and change.verb in stage.approval.verbs:
        raise NotPossible("This stage wants an approval by now.", f"Type it again: {again(change)}")


def _taken(holder: Change, now: datetime) -> NotPossible:
    since = spoken(now - (holder.started_at or holder.created_at))
    return NotPossible(
        f"{holder.requester.name}'s {holder.verb} of {holder.plan.after.tag or holder.plan.after.image} on "
        f"{holder.stack} {holder.stage} is under way since {since}.",
        "Wait for its end, or press Abort on its card, then try again."
        if holder.state is State.ROLLING_OUT
        else "Its card tells how it goes on. Try again then.",
    )
