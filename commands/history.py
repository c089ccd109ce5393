"""`history stack stage`: its changes, newest first."""

from collections.abc import Callable

import click

from bot.domain.changes import Change
from bot.domain.errors import UnknownName
from bot.domain.names import find_stage
from bot.engine.commands import Answer, Ask, Command
from bot.engine.history import newer_page, newest_page, older_page, picture
from bot.engine.rights import require


@click.command("history", add_help_option=False, short_help="the changes of a stage, newest first")
@click.argument("stack")
@click.argument("stage")
@click.pass_obj
def history(ask: Ask, stack: str, stage: str) -> Answer:
    """Shows what became of STACK's STAGE: each change with its outcome, who asked, who approved, how long it took, from
    which image to which, emergencies, locks after a roll back, and a link to its card. Above them: how many deploys a
    week, and how long they took; Picture sends that to you alone as a chart."""
    require(ask, "history", None)
    try:
        found = find_stage(ask.house.config, stack, stage)
    except UnknownName:
        with ask.house.ports.store.transaction() as tx:
            if not tx.changes_of_stage(stack, stage, 1):
                raise
        return newest_page(ask, stack, stage)
    return newest_page(ask, found.stack, found.name)


def _beside(page: Callable[[Ask, Change], Answer]) -> Callable[[Ask], Answer]:
    def act(ask: Ask) -> Answer:
        require(ask, "history", None)
        with ask.house.ports.store.transaction() as tx:
            edge = tx.change(ask.request.value)
        if edge is None:
            raise UnknownName("change", ask.request.value[:20], usage="Type it again: /tinystacks history")
        return page(ask, edge)

    return act


COMMAND = Command(
    cli=history,
    actions={
        "older": _beside(older_page),
        "newer": _beside(newer_page),
        "newest": _beside(lambda ask, change: newest_page(ask, change.stack, change.stage)),
        "picture": _beside(picture),
    },
)
