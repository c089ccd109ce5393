"""`approvals`: what waits for a decision, and for whose."""

import click

from bot.domain.changes import Change
from bot.domain.errors import Refusal
from bot.domain.names import find_stage
from bot.engine.commands import Answer, Ask, Command
from bot.engine.rights import require
from bot.messages.waiting import waiting_list


@click.command("approvals", add_help_option=False, short_help="what waits for a decision, and for whose")
@click.pass_obj
def approvals(ask: Ask) -> Answer:
    """Lists every change that waits: first what you may approve or deny, with the buttons; then what you asked for;
    then what waits for others or for its turn."""
    require(ask, "approvals", None)
    ports = ask.house.ports
    with ports.store.transaction() as tx:
        waiting = [one for one in tx.waiting_changes() if one.queued_at or _undecided(one, ask)]
    mine = [one for one in waiting if _undecided(one, ask) and _may_decide(ask, one)]
    own = [one for one in waiting if one not in mine and one.requester.user_id == ask.person.user_id]
    return waiting_list(mine, own, [one for one in waiting if one not in mine and one not in own])


def _undecided(change: Change, ask: Ask) -> bool:
    return change.expires_at is not None and ask.house.ports.now() < change.expires_at


def _may_decide(ask: Ask, change: Change) -> bool:
    if any(one.person.user_id == ask.person.user_id for one in change.approvals):
        return False
    try:
        require(ask, "approve", find_stage(ask.house.config, change.stack, change.stage), requester=change.requester)
    except Refusal:
        return False
    return True


COMMAND = Command(cli=approvals)
