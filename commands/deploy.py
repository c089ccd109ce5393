"""`deploy [stack] [stage] [image]`: another image for one stage, previewed, confirmed, followed."""

from collections.abc import Mapping
from dataclasses import replace

import click

from bot.domain.checks import deploy_checks
from bot.domain.deploys import plan_deploy
from bot.domain.errors import NotPossible, Refusal
from bot.domain.images import parse_reference
from bot.domain.names import find_stack, find_stage
from bot.domain.plans import Plan
from bot.domain.requests import Request
from bot.domain.stacks import Config
from bot.engine.change_actions import change_actions, wish_for
from bot.engine.commands import Answer, Ask, Command, House, Sentence, Wish
from bot.engine.deploy_form import open_form, refill
from bot.engine.reading import read_for_deploy
from bot.messages.forms import IMAGE, OTHER, REASON, STAGE


@click.command("deploy", add_help_option=False, short_help="another image for one stage")
@click.argument("stack", required=False)
@click.argument("stage", required=False)
@click.argument("image", required=False)
@click.option("--reason", cls=Sentence, default="", metavar="TEXT", help="why; everything up to the next option")
@click.option("--yes", is_flag=True, help="skip the preview when no check is ❌")
@click.option("--emergency", cls=Sentence, default="", metavar="REASON", help="skip approval and locks; told loudly")
@click.pass_obj
def deploy(
    ask: Ask, stack: str | None, stage: str | None, image: str | None, reason: str, yes: bool, emergency: str
) -> Answer:
    """Puts IMAGE (a tag, sha256:… or a full reference) on STACK's STAGE: a new task definition revision with only that
    container's image changed, then an ECS rolling deployment that I follow to its end. Missing parts open a form."""
    if not (stack and stage and image):
        return open_form(ask, stack or "", stage or "", reason)
    found = find_stage(ask.house.config, stack, stage)
    return wish_for(ask, "deploy", found, image, reason=reason, yes=yes, emergency=emergency)


def _plan(house: House, wish: Wish) -> Plan:
    reference = parse_reference(wish.asked)
    target, seen = read_for_deploy(house.ports, wish.stage, reference, wish.person)
    plan = plan_deploy(wish.stage, target, seen.image, reference, wish.change_id)
    checks = deploy_checks(wish.stage, target, seen, house.ports.now(), emergency=bool(wish.emergency))
    return replace(plan, checks=checks)


def _submitted(ask: Ask) -> Answer:
    values = ask.request.values
    stack, _, stage = str(_value(values, STAGE)).partition("/")
    image = _value(values, OTHER) or _value(values, f"{IMAGE}:{stack}/{stage}")
    found = find_stage(ask.house.config, stack, stage)
    return wish_for(ask, "deploy", found, image, reason=_value(values, REASON))


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
    cli=deploy, actions={**change_actions(), "stage": refill}, submit=_submitted, errors=_errors, plan=_plan
)
