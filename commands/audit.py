"""`audit [@person] [stack] [stage] [--since 7d] [--export]`: who did what, when, and what came of it."""

from collections.abc import Sequence

import click

from bot.domain.errors import NotPossible, UnknownName
from bot.domain.log_filter import Filter, Named, Page, since_of, told_apart
from bot.domain.names import find_stack, find_stage
from bot.engine.audit_pages import export as send_export
from bot.engine.audit_pages import first_page, next_page
from bot.engine.commands import Answer, Ask, Command
from bot.engine.rights import require


@click.command("audit", add_help_option=False, short_help="who did what, when, and what came of it")
@click.argument("person", required=False)
@click.argument("stack", required=False)
@click.argument("stage", required=False)
@click.option("--since", default="", metavar="7d", help="only what is younger: 12h, 7d, 4w, or a day (2026-11-01)")
@click.option("--export", is_flag=True, help="all of it as a CSV file, sent to you alone")
@click.pass_obj
def audit(ask: Ask, person: str | None, stack: str | None, stage: str | None, since: str, export: bool) -> Answer:
    """Shows the audit log, newest first: everything that was asked, refused, approved, done and called on AWS. Name a
    PERSON (@ana, or the id of somebody who has left), a STACK and its STAGE to see less, in any order. Who looks is
    written down as well."""
    require(ask, "audit", None)
    words = [word for word in (person, stack, stage) if word]
    named, places = told_apart(words, [one.name for one in ask.house.config.stacks])
    if len(places) > 2:
        raise click.UsageError(f"I do not know what “{places[2][:40]}” is: name one person, one stack, one stage.")
    stack, stage = _place(ask, places)
    wanted = Filter(_user_id(ask, named), stack, stage, since_of(since, ask.house.ports.now()))
    return send_export(ask, wanted) if export else first_page(ask, wanted)


def _place(ask: Ask, words: Sequence[str]) -> tuple[str, str]:
    """Stack and stage as configured, or as the log has them: what was is not all in tinystacks.yml any more."""
    stack, stage = (*words, "", "")[:2]
    try:
        if stage:
            found = find_stage(ask.house.config, stack, stage)
            return found.stack, found.name
        return (find_stack(ask.house.config, stack).name, "") if stack else ("", "")
    except UnknownName:
        if not ask.house.ports.audit.page(Filter(stack=stack, stage=stage), Page(), 1):
            raise
        return stack, stage


def _user_id(ask: Ask, named: Named | None) -> str:
    if named is None or named.user_id:
        return named.user_id if named else ""
    ids = ask.house.ports.audit.user_ids(named.name)
    if not ids:
        raise UnknownName(
            "person in the audit log", named.name, usage="Pick a name from Slack's list, or type an id: U0ABC123."
        )
    if len(ids) > 1:
        raise NotPossible(f"{', '.join(ids[:5])} have acted as {named.name}.", "Type the id instead of the name.")
    return ids[0]


def _next(ask: Ask, *, newer: bool) -> Answer:
    require(ask, "audit", None)
    return next_page(ask, ask.request.value, newer=newer)


COMMAND = Command(
    cli=audit,
    actions={"older": lambda ask: _next(ask, newer=False), "newer": lambda ask: _next(ask, newer=True)},
)
