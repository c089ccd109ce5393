"""The guided first minute, walked through as a newcomer does."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sandbox.whole import Sandbox
from tests.browser.conftest import WAITS_MS, Opens
from tests.browser.slack_app import offers, serious

SIZES: list[Any] = [{"width": 1366, "height": 860}, {"width": 390, "height": 844}]
ABORTING = "dialog button, [role=dialog] button"

expect.set_options(timeout=WAITS_MS)
pytestmark = pytest.mark.timeout(120)


def is_at(page: Page, step: int) -> None:
    expect(page.locator(".tour-count")).to_have_text(f"Step {step} of 12")


def types_what_is_offered(page: Page) -> None:
    page.get_by_role("button", name="Type it for me").click()
    page.keyboard.press("Enter")


def presses(page: Page, label: str) -> None:
    offers(page.locator("#slack"), label).click()


def deploys_and_aborts(page: Page) -> None:
    """Steps 2 to 7. In 4 and 6 one only watches: in this hurry they may be over before anybody looks."""
    is_at(page, 2)
    types_what_is_offered(page)
    is_at(page, 3)
    presses(page, "Deploy")
    is_at(page, 5)
    types_what_is_offered(page)
    is_at(page, 7)
    presses(page, "Abort")
    page.locator(ABORTING).filter(has_text="Abort").last.click()


def asks_and_approves(page: Page) -> None:
    """Steps 8 to 11."""
    is_at(page, 8)
    types_what_is_offered(page)
    is_at(page, 9)
    presses(page, "Deploy")
    is_at(page, 10)
    assert serious(page) == []
    page.locator("#people [data-user=U0CY]").click()
    is_at(page, 11)
    presses(page, "Approve")


@pytest.fixture
def box(box: Sandbox) -> Sandbox:
    """The same in a hurry: nobody reads what the guide says."""
    box.world.speed = 15
    return box


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("size", SIZES, ids=["desktop", "phone"])
def test_the_guide_notices_each_step_by_itself_and_ends(opens: Opens, size: Any) -> None:
    page = opens(guide=True, viewport=size)
    expect(page.locator("#bot")).to_have_attribute("data-state", "running")
    page.get_by_role("button", name="Show me").click()
    deploys_and_aborts(page)
    asks_and_approves(page)
    is_at(page, 12)
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".tour-card")).to_be_hidden()


def test_a_guide_put_away_stays_away_until_it_is_asked_for(opens: Opens) -> None:
    page = opens(guide=True)
    page.get_by_role("button", name="Show me").click()
    page.keyboard.press("Tab")
    page.locator(".tour-card .tour-acts button").last.press("Escape")
    expect(page.locator(".tour-card")).to_be_hidden()
    page.reload()
    expect(page.locator("#tour-open")).to_be_visible()
    expect(page.locator(".tour-card")).to_be_hidden()
    page.locator("#tour-open").click()
    is_at(page, 1)


def test_a_reload_goes_on_at_the_step_where_one_was(opens: Opens) -> None:
    page = opens(guide=True)
    page.get_by_role("button", name="Show me").click()
    is_at(page, 2)
    page.reload()
    is_at(page, 2)
    assert page.locator(".tour-card code").inner_text() == "/tinystacks deploy shop staging v43"
