"""What every verb that changes something shares: from a wish to its preview, and the buttons of preview and card."""

import json
from collections.abc import Callable, Mapping

from bot.domain.changes import Change, State
from bot.domain.consent import approval_of
from bot.domain.errors import NotAllowed, NotPossible
from bot.domain.names import find_stage
from bot.domain.stacks import Stage
from bot.engine.approvals import approve, deny, may_deny, wanted, withdraw
from bot.engine.cards import found
from bot.engine.changes import StageTaken, already, ask_to_abort, cancel, confirm, propose
from bot.engine.commands import Answer, Ask, Wish
from bot.engine.queue import wait_for_it
from bot.engine.replies import remembered
from bot.engine.rights import require
from bot.messages.kit import channel, escape
from bot.messages.preview import can_wait, preview, settled
from bot.messages.refusals import said
from bot.messages.request import WHY, deny_form

_LONGEST_WHY = 300


def wish_for(
    ask: Ask, verb: str, stage: Stage, asked: str, *, reason: str = "", yes: bool = False, emergency: str = ""
) -> Answer:
    """Reads, plans and shows; sets it going at once with `yes` and no ❌.

    Raises NotAllowed, and what the verb's plan raises."""
    require(ask, "emergency" if emergency else verb, stage)
    plan = ask.house.commands[verb].plan
    if plan is None:
        raise NotPossible(f"{verb} changes nothing.", f"Type /tinystacks help {verb}")
    wish = Wish(stage, asked, ask.person, ask.house.ports.new_id(), emergency)
    change = propose(ask, wish, plan(ask.house, wish), reason)
    if yes and not change.plan.blocked:
        return _confirmed(ask, change)
    return preview(change, ask.house.timings.proposal_lives, approval_of(change, stage))


def change_actions() -> Mapping[str, Callable[[Ask], Answer]]:
    """The actions of a verb that changes something, by the part behind `verb:`."""
    return {
        "confirm": lambda ask: _confirmed(ask, _clicked(ask)),
        "cancel": lambda ask: settled(cancel(ask, _behind(ask)), "Cancelled. Nothing was changed."),
        "wait": _wait,
        "approve": _approve,
        "deny": _open_denial,
        "denied": _deny,
        "withdraw": lambda ask: said(_withdrawn(withdraw(ask, _behind(ask)))),
        "again": _again,
        "abort": _abort,
    }


def _confirmed(ask: Ask, change: Change) -> Answer:
    stage = find_stage(ask.house.config, change.stack, change.stage)
    require(ask, "emergency" if change.emergency else change.verb, stage)
    try:
        change = confirm(ask, change.id, stage)
    except StageTaken as taken:
        return can_wait(change, str(taken))
    where = channel(change.channel_id)
    if change.state is State.AWAITING_APPROVAL:
        return settled(change, f"⏳ Asked for approval in {where}. I tell you there what comes of it.")
    if change.plan.schedule:
        return settled(change, _scheduled(change))
    return settled(change, f"⏳ Started. Follow it in {where}.")


def _wait(ask: Ask) -> Answer:
    change = _clicked(ask)
    stage = find_stage(ask.house.config, change.stack, change.stage)
    require(ask, "emergency" if change.emergency else change.verb, stage)
    change = wait_for_it(ask, change.id)
    return settled(change, f"🕓 It waits for its turn. Its card is in {channel(change.channel_id)}.")


def _approve(ask: Ask) -> Answer:
    change = approve(ask, _behind(ask))
    if change.state is State.OUTDATED:
        return said(f"⚪ {escape(change.problem, 1_500)}")
    if change.state is State.AWAITING_APPROVAL:
        return said(f"👍 Noted. It waits for {wanted(change) - len(change.approvals)} more.")
    if change.plan.schedule:
        return said(f"👍 Approved. {_scheduled(change)}")
    return said("👍 Approved. It starts now; the card and its thread tell what comes of it.")


def _scheduled(change: Change) -> str:
    if change.state is State.OUTDATED:
        return f"⚪ {escape(change.problem, 1_500)}"
    return f"🗓️ Scheduled. Its card is in {channel(change.channel_id)}; /tinystacks schedule list shows all."


def _open_denial(ask: Ask) -> Answer:
    change = may_deny(ask, _behind(ask))
    metadata = json.dumps({"channel_id": ask.request.channel_id, "value": change.id})
    view_id = ask.house.ports.chat.open_view(ask.request.trigger_id, deny_form(change, metadata))
    ask.house.addresses.keep(view_id, ask.request.response_url)
    return None


def _deny(ask: Ask) -> Answer:
    """The form that asks why, sent off. Its metadata is ours: Slack hands back what we gave it."""
    change_id = remembered(ask.request.metadata, "value")
    given = next(iter(ask.request.values.get(WHY, {}).values()), "")
    deny(ask, change_id, " ".join(str(given or "").split())[:_LONGEST_WHY])
    return said("⛔ Denied. Nothing was touched; the requester is told why.")


def _withdrawn(change: Change) -> str:
    return f"Withdrawn: the {change.verb} of {escape(change.stack)} {escape(change.stage)} will not run."


def _again(ask: Ask) -> Answer:
    """The same wish, planned from how things stand now."""
    change = _clicked(ask)
    stage = find_stage(ask.house.config, change.stack, change.stage)
    return wish_for(ask, change.verb, stage, change.asked, reason=change.reason)


def _abort(ask: Ask) -> Answer:
    change = _clicked(ask)
    _may_abort(ask, change, find_stage(ask.house.config, change.stack, change.stage))
    ask_to_abort(ask, change.id)
    return said("Asked ECS to roll it back. The card and its thread tell what comes of it.")


def _may_abort(ask: Ask, change: Change, stage: Stage) -> None:
    """Whoever may change the stage; of an emergency, who may call one as well."""
    try:
        require(ask, change.verb, stage, fresh=True)
    except NotAllowed:
        if not change.emergency:
            raise
        require(ask, "emergency", stage, fresh=True)


def _clicked(ask: Ask) -> Change:
    """The change behind a button that was really sent and has not done its work yet.

    Raises NotPossible for an id without a button, Already for one that is used up: how the change stands."""
    if ask.token is None:
        raise NotPossible("I do not know this button.", "Use the buttons of a newer message, or type the command.")
    with ask.house.ports.store.transaction() as tx:
        change = found(tx, ask.request.value)
    if ask.token.used_at:
        raise already(change)
    return change


def _behind(ask: Ask) -> str:
    return _clicked(ask).id
