"""Scenes of schedules for docs/img."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.slack_app import message, offers, types
from tests.browser.stage import PHONE, TALL, Stage, keep

_EVENING = '/tinystacks schedule scale shop staging --tasks 1 --cron "0 20 * * mon-fri" --tz Europe/Berlin'


def _makes(page: Page, words: str) -> None:
    types(page, f"{words} --yes")
    expect(message(page, "Scheduled. Its card is in").last).to_be_visible()


def schedule(here: Stage) -> None:
    """One that is about to be made under the card of another one; the list on a phone; the form."""
    page, phone = here.opens(**TALL), here.opens(**PHONE)
    _makes(page, f"{_EVENING} --reason nobody tests at night")
    types(page, '/tinystacks schedule deploy shop staging v43 --at "2030-12-03 09:00" --tz Europe/Berlin')
    expect(offers(message(page, "Schedule shop → staging?"), "Schedule")).to_be_visible()
    keep(page, "schedule")
    offers(message(page, "Schedule shop → staging?"), "Schedule").click()
    expect(message(page, "once on").last).to_be_visible()
    types(phone, "/tinystacks schedule list")
    expect(message(phone, "next one first")).to_contain_text("Remove")
    message(phone, "next one first").evaluate("one => one.scrollIntoView({block: 'start'})")
    keep(phone, "schedule-phone", scale=2)
    types(page, "/tinystacks schedule deploy shop")
    dialog = page.get_by_role("dialog", name="Schedule")
    dialog.get_by_role("textbox", name="Again and again, by cron").fill("0 9 * * mon")
    keep(page, "schedule-form", dialog, margin=24)


SCENES: dict[str, Callable[[Stage], None]] = {"schedule": schedule}
