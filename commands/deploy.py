"""`deploy [stack] [stage] [image]`: another image for one stage, previewed, confirmed, followed."""

from collections.abc import Mapping
from dataclasses import replace

import click

from bot.domain.checks import deploy_checks
from bot.domain.deploys import plan_deploy
from bot.domain.errors import NotPossible, Refusal
from bot.domain.images import parse_reference
from bot.domain.names import find_stack, find_stage
from bot.domain.requests import Request
from bot.domain.stacks import Config, Stage
from bot.engine.changes import ask_to_abort, cancel, confirm, found, propose
from bot.engine.commands import Answer, Ask, Command, Sentence
from bot.engine.deploy_form import open_form, refill
from bot.engine.reading import read_for_deploy
from bot.engine.rights import require
from bot.messages.forms import IMAGE, OTHER, REASON, STAGE
from bot.messages.kit import channel
from bot.messages.preview import preview, settled
from bot.messages.refusals import said


@click.command("deploy", add_help_option=False, short_help="another image for one stage")
@click.argument("stack", required=False)
@click.argument("stage", required=False)
@click.argument("image", required=False)
@click.option("--reason", cls=Sentence, default="", metavar="TEXT", help="why; everything up to the next option")
@click.option("--yes", is_flag=True, help="skip the preview when no check is ❌")
@click.pass_obj
def deploy(ask: Ask, stack: str | None, stage: str | None, image: str | None, reason: str, yes: bool) -> Answer:
    """Puts IMAGE (a tag, sha256:… or a full reference) on STACK's STAGE: a new task definition revision with only that
    container's image changed, then an ECS rolling deployment that I follow to its end. Missing parts open a form."""
    if not (stack and stage and image):
        return open_form(ask, stack or "", stage or "", reason)
    return _propose(ask, find_stage(ask.house.config, stack, stage), image, reason, yes=yes)


def _propose(ask: Ask, stage: Stage, image: str, reason: str, *, yes: bool = False) -> Answer:
    require(ask, "deploy", stage)
    ports, reference, change_id = ask.house.ports, parse_reference(image), ask.house.ports.new_id()
    target, seen = read_for_deploy(ports, stage, reference)
    plan = plan_deploy(stage, target, seen.image, reference, change_id)
    plan = replace(plan, checks=deploy_checks(stage, target, seen, ports.now()))
    change = propose(ask, stage, plan, change_id, image, reason)
    return _confirm(ask, change_id) if yes and not plan.blocked else preview(change, ask.house.timings.proposal_lives)


def _confirm(ask: Ask, change_id: str) -> Answer:
    with ask.house.ports.store.transaction() as tx:
        change = found(tx, change_id)
    stage = find_stage(ask.house.config, change.stack, change.stage)
    require(ask, change.verb, stage, fresh=True)
    change = confirm(ask, change_id, stage)
    return settled(change, f"⏳ Started. Follow it in {channel(change.channel_id)}.")


def _cancel(ask: Ask) -> Answer:
    return settled(cancel(ask, ask.request.value), "Cancelled. Nothing was changed.")


def _abort(ask: Ask) -> Answer:
    with ask.house.ports.store.transaction() as tx:
        change = found(tx, ask.request.value)
    require(ask, change.verb, find_stage(ask.house.config, change.stack, change.stage), fresh=True)
    ask_to_abort(ask, change.id)
    return said("Asked ECS to roll it back. The card and its thread tell what comes of it.")


def _submitted(ask: Ask) -> Answer:
    values = ask.request.values
    stack, _, stage = str(_value(values, STAGE)).partition("/")
    image = _value(values, OTHER) or _value(values, f"{IMAGE}:{stack}/{stage}")
    return _propose(ask, find_stage(ask.house.config, stack, stage), image, _value(values, REASON))


def _errors(request: Request, config: Config) -> Mapping[str, str]:
    chosen = _value(request.values, STAGE)
    if not chosen:
        return {STAGE: "Choose a stage."}
    picked, typed = _value(request.values, f"{IMAGE}:{chosen}"), _value(request.values, OTHER)
    if picked and typed:
        return {OTHER: "Choose an image above or type one here, not both."}
    if not picked and not typed:
        return {OTHER: "Choose an image above, or type one here."}
    try:
        find_stack(config, chosen.partition("/")[0])
        parse_reference(typed or picked)
    except Refusal as error:
        return {OTHER: error.fact if isinstance(error, NotPossible) else str(error)}
    return {}


def _value(values: Mapping[str, Mapping[str, object]], block_id: str) -> str:
    given = next(iter(values.get(block_id, {}).values()), None)
    return str(given).strip() if given else ""


COMMAND = Command(
    cli=deploy,
    actions={
        "confirm": lambda ask: _confirm(ask, ask.request.value),
        "cancel": _cancel,
        "abort": _abort,
        "stage": refill,
    },
    submit=_submitted,
    errors=_errors,
)
