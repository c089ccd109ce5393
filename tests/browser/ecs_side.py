"""What the ECS side of the page shows, in short words."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import WAITS_MS

DESKTOP: Any = {"width": 1366, "height": 860}
PHONE: Any = {"width": 390, "height": 844}
SHOP = '#ecs .cluster [data-service="shop"]'
PRIMARY = f'{SHOP} .deployment[data-status="PRIMARY"]'

expect.set_options(timeout=WAITS_MS)


def is_well(page: Page) -> None:
    expect(page.locator("#bot")).to_have_attribute("data-state", "running")


def shows(page: Page, tag: str, state: str) -> None:
    expect(page.locator(f"{PRIMARY} .tag")).to_have_text(tag)
    expect(page.locator(PRIMARY)).to_have_attribute("data-state", state)


def chips(page: Page) -> list[str]:
    """The tasks in the picture, as id and sign."""
    each = "all => all.map(one => `${one.dataset.task} ${one.querySelector('.name').textContent}`)"
    found: list[str] = page.eval_on_selector_all("#ecs .task", each)
    return sorted(found)
