"""The buttons of a card: what can be done about a change as it stands."""

from collections.abc import Sequence

from bot.domain.changes import Change, State
from bot.domain.scales import Axis, Scale
from bot.messages.kit import Block, button, confirm
from bot.messages.verdicts import goes_back_to

_LOGS = ("Logs", "logs:offer")
_AFTER_SUCCESS = (("Roll back", "rollback:offer"),)
_AFTER_FAILURE = (*_AFTER_SUCCESS, _LOGS)
_UNDO = ("Undo", "scale:undo")
_STANDS = {State.SUCCEEDED: (("Remove", "schedule:remove"),)}
_AFTER_SCALING = {State.SUCCEEDED: (_UNDO,), State.SUPERSEDED: (_UNDO,), State.FAILED: (_UNDO, _LOGS)}


def card_buttons(change: Change, offers: Sequence[str]) -> list[Block]:
    """What can be done about the change as it stands. `offers`: the action ids that exist in this bot."""
    made = ((f"{change.verb}:{name}", text, name) for text, name in _wanted(change))
    known = [_button(change, text, name, action_id) for action_id, text, name in made if action_id in offers]
    ways = {State.FAILED: _AFTER_FAILURE, State.SUCCEEDED: _AFTER_SUCCESS}
    others = _after_scaling(change) if change.plan.scale else ways.get(change.state, ())
    others = _STANDS.get(change.state, ()) if change.plan.schedule else others
    # After a stop runs what ran before: there is nothing to go back from.
    others = () if change.plan.task else others
    return known + [button(text, action_id, change.id) for text, action_id in others if action_id in offers]


def _wanted(change: Change) -> tuple[tuple[str, str], ...]:
    if change.state is State.AWAITING_APPROVAL:
        return (("Approve", "approve"), ("Deny", "deny"), ("Withdraw", "withdraw"))
    if change.state is State.PROPOSED and change.queued_at:
        return (("Cancel", "cancel"),)
    if change.state in (State.OUTDATED, State.EXPIRED):
        return (("Ask again", "again"),)
    if change.plan.scale:
        return (("Undo", "undo"),) if _can_be_undone(change.plan.scale, change) else ()
    return (("Abort", "abort"),) if change.state is State.ROLLING_OUT and change.aborted_at is None else ()


def _after_scaling(change: Change) -> tuple[tuple[str, str], ...]:
    """The logs of the tasks that it loses while it goes on, too."""
    if change.state is State.ROLLING_OUT:
        return (_LOGS,) if change.failures else ()
    return _AFTER_SCALING.get(change.state, ())


def _can_be_undone(scale: Scale, change: Change) -> bool:
    """While it goes on; instances that are being drained come to their end first."""
    return change.state is State.ROLLING_OUT and (change.failing or scale.axis is not Axis.INSTANCES)


def _button(change: Change, text: str, name: str, action_id: str) -> Block:
    what = f"{text} the {change.verb} of {change.stack} {change.stage}"
    if name != "abort":
        style = {"approve": "primary", "deny": "danger"}.get(name, "")
        return button(text, action_id, change.id, style=style, spoken_as=what)
    known = goes_back_to(change) or "what ran before"
    back = f"ECS rolls {change.stack} {change.stage} back to {known}. Running new tasks are stopped."
    asks = confirm("Abort this rollout?", back, "Abort")
    return button(text, action_id, change.id, style="danger", asks=asks, spoken_as=what)
