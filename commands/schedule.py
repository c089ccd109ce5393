"""`schedule scale|deploy stack stage … --cron|--at`, `schedule list`, `schedule remove ID`: a change at its time."""

import click

from bot.domain.errors import NotPossible
from bot.domain.names import find_stack, find_stage
from bot.domain.schedules import Typed, in_one
from bot.engine.change_actions import change_actions, wish_for
from bot.engine.commands import Answer, Ask, Command, Sentence
from bot.engine.rights import require
from bot.engine.schedule_form import open_form, submitted, wrong_fields
from bot.engine.schedule_planning import plan_of_schedule
from bot.engine.scheduling import coming, remove
from bot.messages.schedules import EXAMPLES, how_to, is_removed, schedule_list

_LISTS = ("list", "ls")
_REMOVES = ("remove", "rm", "delete")


class _Words(click.Command):
    """What is typed after the stage is the scheduled verb's own, options too; `add` may stand in front."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, args[1:] if args[:1] == ["add"] else args)


@click.command(
    "schedule",
    cls=_Words,
    add_help_option=False,
    short_help="a scaling or a deploy at its time, once or again and again",
    epilog="\n".join((*EXAMPLES, "/tinystacks schedule list", "/tinystacks schedule remove 1f3a9c20")),
    context_settings={"ignore_unknown_options": True},
)
@click.argument("what", required=False)
@click.argument("stack", required=False)
@click.argument("stage", required=False)
@click.argument("wish", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--cron", cls=Sentence, default="", metavar="TIMES", help="again and again: five fields, as cron has them"
)
@click.option("--at", cls=Sentence, default="", metavar="TIME", help="once: 2026-12-01 09:00")
@click.option("--tz", default="", metavar="ZONE", help="whose clock counts, such as Europe/Berlin; otherwise UTC")
@click.option("--grace", default="", metavar="DURATION", help="how late it may start after a trouble; otherwise 15m")
@click.option("--reason", cls=Sentence, default="", metavar="TEXT", help="why; everything up to the next option")
@click.option("--yes", is_flag=True, help="skip the preview when no check is ❌")
@click.pass_obj
def schedule(
    ask: Ask, /, what: str | None, stack: str | None, stage: str | None, wish: tuple[str, ...], **given: str
) -> Answer:
    """Schedules WHAT (scale or deploy) for STACK's STAGE, with the words that this verb takes itself. "schedule list"
    shows what comes, of a STACK and STAGE or of all; "schedule remove ID" ends it. It asks for approval like the verb
    itself: now, or each time, as the stage's rule says. When its time comes, everything is looked at anew; a time that
    I slept through is made up for within the grace, otherwise I tell that it was missed. Missing parts open a form."""
    word = (what or "").lower()
    if word in _LISTS:
        return _list(ask, stack or "", stage or "")
    if word in _REMOVES and not stack:
        raise NotPossible("It does not say which schedule.", "Type /tinystacks schedule list and press Remove there.")
    if word in _REMOVES:
        return is_removed(remove(ask, stack or ""))
    typed = Typed(word, in_one(wish), given["cron"], given["at"], given["tz"], given["grace"])
    if not (stack and stage):
        return open_form(ask, typed, stack or "", "", given["reason"]) if ask.request.trigger_id else how_to()
    found = find_stage(ask.house.config, stack, stage)
    return wish_for(ask, "schedule", found, str(typed), reason=given["reason"], yes=bool(given["yes"]))


def _list(ask: Ask, stack: str, stage: str) -> Answer:
    require(ask, "status", None)
    if stage:
        found = find_stage(ask.house.config, stack, stage)
        return schedule_list(coming(ask, found.stack, found.name), f"{found.stack} {found.name}")
    name = find_stack(ask.house.config, stack).name if stack else ""
    return schedule_list(coming(ask, name, ""), name)


def _remove(ask: Ask) -> Answer:
    if ask.token is None:
        raise NotPossible("I do not know this button.", "Type /tinystacks schedule list for what stands.")
    return is_removed(remove(ask, ask.request.value))


_LATER = {name: act for name, act in change_actions().items() if name not in ("abort", "wait")}
"""What is only to happen later takes no stage, and does not roll out."""

COMMAND = Command(
    cli=schedule, actions={**_LATER, "remove": _remove}, submit=submitted, errors=wrong_fields, plan=plan_of_schedule
)
