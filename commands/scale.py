"""`scale stack stage [N]`: the tasks of a service, the instances under it, or what scales it by itself."""

import re

import click

from bot.domain.errors import NotAllowed, NotPossible
from bot.domain.names import find_stage
from bot.domain.plans import Plan
from bot.domain.scale_plans import Undone
from bot.domain.scale_words import LAST, RANGES, Wanted, checked, wanted_of, whole
from bot.domain.stacks import Stage
from bot.domain.words import words
from bot.engine.cards import found
from bot.engine.change_actions import change_actions, wish_for
from bot.engine.commands import Answer, Ask, Command, House, Sentence, Wish
from bot.engine.scale_form import form_errors, of_form, open_form, refill, value_of
from bot.engine.scale_planning import planned
from bot.messages.forms import REASON, STAGE
from bot.messages.scale import WAYS, three_ways


class _Scale(click.Command):
    """Takes `-1` for the number it is meant to be, not for an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        beside = [one for before, one in zip(["", *args], args, strict=False) if not before.startswith("--")]
        below = next((one for one in beside if re.fullmatch(r"-[0-9].*", one)), None)
        if below:
            whole(below, *RANGES["tasks"])
        return super().parse_args(ctx, args)


_EXAMPLES = """\
/tinystacks scale shop prod 6
/tinystacks scale shop prod 6 --suspend 2h --reason launch
/tinystacks scale shop prod --min 2 --max 8 --cpu-target 60
/tinystacks scale shop prod --instances 10
/tinystacks scale shop prod --restore"""


@click.command(
    "scale",
    cls=_Scale,
    add_help_option=False,
    short_help="more or fewer tasks, instances or bounds",
    epilog=_EXAMPLES,
)
@click.argument("stack", required=False)
@click.argument("stage", required=False)
@click.argument("n", required=False)
@click.option("--tasks", metavar="N", help="how many tasks are to run; the same as N alone")
@click.option("--instances", metavar="N", help="how many EC2 instances the Auto Scaling group is to have")
@click.option("--instances-min", metavar="N", help="the group's minimum")
@click.option("--instances-max", metavar="N", help="the group's maximum")
@click.option("--min", "least", metavar="N", help="autoscaling: the least number of tasks")
@click.option("--max", "most", metavar="N", help="autoscaling: the greatest number of tasks")
@click.option("--cpu-target", metavar="P", help="autoscaling: the CPU percentage to keep")
@click.option("--memory-target", metavar="P", help="autoscaling: the memory percentage to keep")
@click.option("--suspend", metavar="TIME", help="nothing scales by itself for so long, such as 2h")
@click.option("--anyway", is_flag=True, help="set the number though autoscaling may undo it")
@click.option(
    "--restore", is_flag=False, flag_value=LAST, default="", metavar="[ID]", help="back to before the last scaling"
)
@click.option("--reason", cls=Sentence, default="", metavar="TEXT", help="why; everything up to the next option")
@click.option("--yes", is_flag=True, help="skip the preview when no check is ❌")
@click.option("--emergency", cls=Sentence, default="", metavar="REASON", help="skip approval and locks; told loudly")
@click.pass_obj
def scale(
    ask: Ask,
    /,
    stack: str | None,
    stage: str | None,
    reason: str,
    yes: bool,
    emergency: str,
    **typed: str | bool | None,
) -> Answer:
    """Sets how many tasks of STACK's STAGE run (N), how many EC2 instances are under them, or between which bounds and
    by which targets it scales by itself. I show what it would mean and follow it to its end. Without a number a form
    opens that tells how it stands."""
    place = find_stage(ask.house.config, stack, stage) if stack and stage else None
    wanted = wanted_of(typed)
    if place is None or wanted == Wanted():
        return open_form(ask, place)
    return _asked(ask, place, wanted, reason=reason, yes=yes, emergency=emergency)


def _asked(
    ask: Ask, stage: Stage, wanted: Wanted, *, reason: str = "", yes: bool = False, emergency: str = ""
) -> Answer:
    """The preview; where autoscaling would undo the number, how that is meant."""
    try:
        return wish_for(ask, "scale", stage, checked(wanted).words, reason=reason, yes=yes, emergency=emergency)
    except Undone as undone:
        return three_ways(stage, undone, ask.house.ports.now(), reason, emergency)


def _understood(asked: str) -> Wanted:
    """What stands in a wish. Raises NotPossible where that is no scaling."""
    try:
        params = scale.make_context("scale", ["stack", "stage", *words(asked)]).params
    except click.UsageError as error:
        raise NotPossible(error.message, f"See how it is typed: /tinystacks help {scale.name}") from error
    wanted = checked(wanted_of({name: params[name] for name in (*RANGES, "n", "suspend", "anyway", "restore")}))
    if wanted == Wanted():
        raise NotPossible("It does not say how many.", "Say it, such as --tasks 4.")
    return wanted


def _plan(house: House, wish: Wish) -> Plan:
    return planned(house, wish, _understood(wish.asked))


def _way(ask: Ask) -> Answer:
    """One of the three ways: `stack/stage/words`, and on a line of its own each the reason and the emergency."""
    _insist_sent(ask)
    way, reason, emergency = (*ask.request.value.split("\n"), "", "")[:3]
    stack, stage, asked = (*way.split("/", 2), "", "")[:3]
    return _asked(
        ask, find_stage(ask.house.config, stack, stage), _understood(asked), reason=reason, emergency=emergency
    )


def _undo(ask: Ask) -> Answer:
    """The button of a card: back to what was before that scaling."""
    _insist_sent(ask)
    with ask.house.ports.store.transaction() as tx:
        change = found(tx, ask.request.value)
    try:
        return _asked(ask, find_stage(ask.house.config, change.stack, change.stage), Wanted(restore=change.id))
    except NotAllowed as error:
        if not change.emergency:
            raise
        back = f"/tinystacks scale {change.stack} {change.stage} --restore={change.id} --emergency REASON"
        raise NotAllowed(error.reason, f"In an emergency, type: {back}") from error


def _again(ask: Ask) -> Answer:
    """The same wish once more, which something that scales the service by now may undo."""
    try:
        return _ACTIONS["again"](ask)
    except Undone as undone:
        with ask.house.ports.store.transaction() as tx:
            change = found(tx, ask.request.value)
        stage = find_stage(ask.house.config, change.stack, change.stage)
        return three_ways(stage, undone, ask.house.ports.now(), change.reason)


def _home(ask: Ask) -> Answer:
    _insist_sent(ask)
    return open_form(ask, None)


def _insist_sent(ask: Ask) -> None:
    """Raises NotPossible for a button that was never sent."""
    if ask.token is None:
        raise NotPossible("I do not know this button.", "Use the buttons of a newer message, or type the command.")


def _submitted(ask: Ask) -> Answer:
    values = ask.request.values
    stack, _, name = value_of(values, STAGE).partition("/")
    return _asked(ask, find_stage(ask.house.config, stack, name), of_form(values), reason=value_of(values, REASON))


_ACTIONS = {name: act for name, act in change_actions().items() if name != "abort"}
"""A count that was set is not aborted but undone."""

COMMAND = Command(
    cli=scale,
    actions={
        **_ACTIONS,
        **dict.fromkeys(WAYS, _way),
        "again": _again,
        "undo": _undo,
        "home": _home,
        "stage": refill,
    },
    submit=_submitted,
    errors=form_errors,
    plan=_plan,
)
