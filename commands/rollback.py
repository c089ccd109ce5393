"""`rollback stack stage [revision]`: the revision that worked last runs again, previewed, confirmed, followed."""

from dataclasses import replace
from datetime import timedelta

import click

from bot.domain.changes import Change
from bot.domain.errors import NotPossible
from bot.domain.names import find_stage
from bot.domain.plans import Plan
from bot.domain.rollback_checks import rollback_checks
from bot.domain.rollbacks import command as typed
from bot.domain.rollbacks import main_container, plan_rollback, revision_word
from bot.domain.stacks import Stage
from bot.domain.worked import revision_of
from bot.engine.cards import found
from bot.engine.change_actions import change_actions, wish_for
from bot.engine.commands import Answer, Ask, Command, House, Sentence, Wish
from bot.engine.reading import read_target
from bot.engine.rights import require
from bot.engine.way_back import read_for_rollback

OFFERED_FOR = timedelta(days=7)
"""How long the **Roll back** button of a finished card works."""


@click.command("rollback", add_help_option=False, short_help="back to the revision that worked last")
@click.argument("stack")
@click.argument("stage")
@click.argument("revision", required=False)
@click.option("--reason", cls=Sentence, default="", metavar="TEXT", help="why; everything up to the next option")
@click.option("--yes", is_flag=True, help="skip the preview when no check is ❌")
@click.option("--emergency", cls=Sentence, default="", metavar="REASON", help="skip approval and locks; told loudly")
@click.pass_obj
def rollback(ask: Ask, stack: str, stage: str, revision: str | None, reason: str, yes: bool, emergency: str) -> Answer:
    """Puts STACK's STAGE back on the revision that worked last there, or on REVISION (41 or shop:41): an ECS rolling
    deployment of what exists already, that I follow to its end. Possible while the stage is locked, frozen or closed.
    Nothing is registered and nothing is ever deregistered."""
    place = find_stage(ask.house.config, stack, stage)
    return wish_for(ask, "rollback", place, revision or "", reason=reason, yes=yes, emergency=emergency)


def _plan(house: House, wish: Wish) -> Plan:
    target, earlier, seen = read_for_rollback(house.ports, wish.stage, wish.asked, wish.person)
    image = earlier.image(main_container(wish.stage, earlier.definition))
    plan = plan_rollback(wish.stage, target, earlier.definition, image)
    return replace(plan, checks=rollback_checks(wish.stage, target, earlier, seen, house.ports.now()))


def _offer(ask: Ask) -> Answer:
    """The button of a finished or failed card: away from what that change brought."""
    with ask.house.ports.store.transaction() as tx:
        change = found(tx, ask.request.value)
    stage = find_stage(ask.house.config, change.stack, change.stage)
    require(ask, "rollback", stage)
    if change.finished_at is None or ask.house.ports.now() - change.finished_at > OFFERED_FOR:
        fact = "This card is older than seven days, so its button no longer rolls back."
        raise NotPossible(fact, f"Look at what runs now, then type: {typed(stage, '')}")
    _insist_it_runs(ask, stage, change)
    return wish_for(ask, "rollback", stage, "")


def _insist_it_runs(ask: Ask, stage: Stage, change: Change) -> None:
    """Raises NotPossible where something else runs by now: going back from that is not what the button is about."""
    target = read_target(ask.house.ports, stage)
    if target.service.task_definition_arn == change.registered_arn:
        return
    brought = revision_of(change.registered_arn) or "nothing"
    fact = (
        f"{stage.stack} {stage.name} runs {target.revision} by now; the {change.verb} of this card brought {brought}."
    )
    raise NotPossible(fact, f"To go back from {target.revision}, type: {typed(stage, '')}")


COMMAND = Command(
    cli=rollback, actions={**change_actions(), "offer": _offer}, checks={"revision": revision_word}, plan=_plan
)
