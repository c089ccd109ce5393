"""Scenes of what people look at: logs, the history of a stage, what waits, and what one may do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from playwright.sync_api import Page, expect

from bot.adapters.sqlite import SqliteStore
from bot.domain.changes import Change, State
from tests.browser.slack_app import becomes, message, offers, opens_channel, types
from tests.browser.stage import PHONE, TALL, Stage, keep

DAYS_AGO = (52, 47, 45, 40, 38, 33, 31, 30, 26, 24, 23, 19, 17, 16, 12, 10, 9, 5, 3)
"""Of the deploys that the stage has behind it; every sixth failed."""


def asks_for_prod(page: Page) -> None:
    opens_channel(page, "prod")
    types(page, "/tinystacks deploy shop prod v43 --reason checkout fix")
    offers(message(page, "Deploy shop → prod?"), "Deploy").click()
    expect(offers(message(page, "Deploy shop → prod"), "Approve")).to_be_visible()


def ends(page: Page) -> None:
    """Scrolls the channel to its end."""
    page.locator(".pane .scroller").first.evaluate("one => one.scrollTo(0, one.scrollHeight)")


def logs(here: Stage) -> None:
    """The last lines of a stage; on a phone too."""
    page, phone = here.opens(**TALL), here.opens(**PHONE)
    types(page, "/tinystacks logs shop prod")
    for one in (page, phone):
        expect(message(one, "Logs of shop / prod")).to_contain_text("newest at the bottom")
        ends(one)
    keep(page, "logs")
    keep(phone, "logs-phone", scale=2)


def history(here: Stage) -> None:
    """The history of a stage that is weeks old, and its picture; on a phone too."""
    page, phone = here.opens(**TALL), here.opens(**PHONE)
    types(page, "/tinystacks deploy shop staging v43 --yes --reason checkout fix")
    message(page, "shop → staging · succeeded").wait_for()
    _grows_old(here, page)
    types(page, "/tinystacks history shop staging")
    for one in (page, phone):
        expect(message(one, "History of shop / staging")).to_contain_text("deploys a week")
        ends(one)
    keep(page, "history")
    keep(phone, "history-phone", scale=2)
    offers(message(page, "History of shop / staging"), "Picture").click()
    message(page, "I have sent you a picture").wait_for()
    opens_channel(page, "TinyStacks")
    page.get_by_role("tab", name="Messages").click()
    keep(page, "history-picture")


def _grows_old(here: Stage, page: Page) -> None:
    """Deploys of weeks past, which nobody has the time to wait for."""
    here.box.bot.stop()
    store = SqliteStore(here.box.database)
    with store.transaction() as tx:
        one = tx.changes_of_stage("shop", "staging", 1)[0]
        tx.save_change(replace(one, started_at=one.updated_at - timedelta(seconds=252)))
        for number, days in enumerate(DAYS_AGO):
            tx.insert_change(_older(one, number, timedelta(days=days)))
    store.close()
    here.box.bot.start()
    expect(page.locator("#bot")).to_have_attribute("data-state", "running")


def _older(one: Change, number: int, ago: timedelta) -> Change:
    at = one.created_at - ago
    ended = at + timedelta(seconds=180 + number * number * 37 % 150)
    state = State.FAILED if number % 6 == 4 else State.SUCCEEDED
    sides = (f"v{41 + number % 2}", f"v{42 - number % 2}")
    plan = replace(one.plan, before=replace(one.plan.before, tag=sides[0]), after=replace(one.plan.after, tag=sides[1]))
    key = f"old{number:02}"
    old = replace(one, id=key, request_key=key, state=state, plan=plan, reason="", version=0)
    return replace(old, created_at=at, started_at=at, finished_at=ended, updated_at=ended)


def approvals(here: Stage) -> None:
    """What waits for a decision, as who may decide sees it; on a phone too."""
    page, phone = here.opens(**TALL), here.opens(**PHONE)
    asks_for_prod(page)
    task = next(iter(here.box.world.state.cluster("eu-west-1", "prod").tasks.values()))
    stop = f"/tinystacks stop shop prod {task.id} --yes --reason it leaks memory"
    here.box.person("U0BO", "C0PROD").types(stop)
    expect(offers(message(page, "Stop task shop → prod"), "Approve")).to_be_visible()
    for one in (page, phone):
        becomes(one, "cy")
    opens_channel(page, "deploys")
    types(page, "/tinystacks approvals")
    for one in (page, phone):
        expect(offers(message(one, "For you to decide"), "Approve")).to_be_visible()
        ends(one)
    keep(page, "approvals")
    keep(phone, "approvals-phone", scale=2)


def whoami(here: Stage) -> None:
    """What somebody may do, and why; on a phone too."""
    page, phone = here.opens(**TALL), here.opens(**PHONE)
    types(page, "/tinystacks whoami")
    for one in (page, phone):
        expect(message(one, "You may look at it all")).to_contain_text("up to Slack")
        ends(one)
    keep(page, "whoami")
    keep(phone, "whoami-phone", scale=2)


SCENES: dict[str, Callable[[Stage], None]] = {
    "logs": logs,
    "history": history,
    "approvals": approvals,
    "whoami": whoami,
}
