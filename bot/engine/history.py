"""The changes of a stage, page by page."""

from bot.domain.changes import Change
from bot.engine.card_links import card_links
from bot.engine.commands import Answer, Ask
from bot.engine.trends import send_picture, trend_of_stage
from bot.messages.history import Past, history_page, no_history, picture_sent

A_PAGE = 8


def newest_page(ask: Ask, stack: str, stage: str) -> Answer:
    """The newest changes."""
    changes = _read(ask, stack, stage)
    if not changes:
        return no_history(stack, stage)
    return _shown(ask, changes[:A_PAGE], newer=False, older=len(changes) > A_PAGE)


def older_page(ask: Ask, edge: Change) -> Answer:
    """Those before `edge`."""
    changes = _read(ask, edge.stack, edge.stage, before=edge.id)
    if not changes:
        return newest_page(ask, edge.stack, edge.stage)
    return _shown(ask, changes[:A_PAGE], newer=True, older=len(changes) > A_PAGE)


def newer_page(ask: Ask, edge: Change) -> Answer:
    """Those after `edge`; the newest page where they do not fill one."""
    changes = _read(ask, edge.stack, edge.stage, after=edge.id)
    if len(changes) <= A_PAGE:
        return newest_page(ask, edge.stack, edge.stage)
    return _shown(ask, changes[1:], newer=True, older=True)


def picture(ask: Ask, change: Change) -> Answer:
    """A picture of how deploys of the change's stage go, to who asks alone."""
    return picture_sent(send_picture(ask, change), change)


def _read(ask: Ask, stack: str, stage: str, *, before: str = "", after: str = "") -> tuple[Change, ...]:
    with ask.house.ports.store.transaction() as tx:
        return tx.changes_of_stage(stack, stage, A_PAGE + 1, before=before, after=after)


def _shown(ask: Ask, changes: tuple[Change, ...], *, newer: bool, older: bool) -> Answer:
    ports, ids = ask.house.ports, tuple(change.id for change in changes)
    with ports.store.transaction() as tx:
        places, locked = tx.card_places(ids), tx.locked_after(ids)
    links = card_links(ports.chat, places)
    stack, stage = changes[0].stack, changes[0].stage
    trend = None if newer else trend_of_stage(ports, stack, stage)
    return history_page(Past(stack, stage, changes, links, locked, newer, older, trend), ports.now())
