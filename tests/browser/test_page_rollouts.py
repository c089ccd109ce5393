"""Rollouts of the real bot, as the ECS side of the page shows them."""

import pytest
from playwright.sync_api import Page, expect

from sandbox.live import world_parts
from sandbox.slack.person import Person
from sandbox.slack.transcript import transcript
from sandbox.slack.workspace import Json
from sandbox.whole import Sandbox
from tests.browser.conftest import Opens
from tests.browser.ecs_side import DESKTOP, PRIMARY, SHOP, chips, is_well, shows

pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("bot")]


@pytest.fixture
def page(opens: Opens) -> Page:
    """The page on a desktop, with a bot that is well."""
    page = opens(viewport=DESKTOP)
    is_well(page)
    return page


@pytest.fixture
def ana(box: Sandbox) -> Person:
    return box.person("U0ANA")


def deploys(ana: Person, tag: str) -> None:
    ana.types(f"/tinystacks deploy shop staging {tag} --yes")


def card(ana: Person, word: str) -> Json:
    """The one card of the deploy, once it says this."""

    def says(one: Json) -> bool:
        first = one.get("thread_ts", one["ts"]) == one["ts"] and not one["ephemeral"]
        return first and word in transcript([one | {"replies": []}])

    return ana.waits_for(says, seconds=40)


def test_the_picture_follows_a_rollout_to_its_end(page: Page, box: Sandbox, ana: Person) -> None:
    deploys(ana, "v43")
    shows(page, "v43", "IN_PROGRESS")
    expect(page.locator('#ecs .task[data-look="starting"]').first).to_be_visible()
    expect(page.locator(f'{SHOP} .deployment[data-status="ACTIVE"] .tag')).to_have_text("v42")
    shows(page, "v43", "COMPLETED")
    expect(page.locator(f"{SHOP} .deployment")).to_have_count(1)
    expect(page.locator('#ecs .task[data-look="stopped"]')).to_have_count(0)
    tasks = [one for name, each in world_parts(box.world).items() if "/" in name for one in each["tasks"]]
    assert chips(page) == sorted(f"{one['id']} {one['service']}:{one['revision']}" for one in tasks)
    assert "steady state" in page.locator(f"{SHOP} .event").inner_text()


def test_a_fault_set_on_the_page_strikes_the_next_deployment_and_abort_brings_back(page: Page, ana: Person) -> None:
    page.click('.sides [data-side="controls"]')
    controls = page.get_by_label("Next deployment", exact=True)
    controls.get_by_label("Service").select_option("staging/shop")
    controls.get_by_label("Its tasks").select_option("crash")
    controls.get_by_role("button", name="Set the fault").click()
    expect(controls.get_by_role("listitem")).to_have_text("shop in staging: crash")
    page.click('.sides [data-side="cluster"]')
    deploys(ana, "v43")
    failed = page.locator('#ecs .task[data-look="failed"]').first
    failed.click()
    expect(page.locator(".details dl")).to_contain_text("“Essential container in task exited”")
    expect(page.locator(".details .log")).to_contain_text("migrations.MigrationError")
    expect(page.locator(f"{PRIMARY} .failures")).to_contain_text("failedTasks")
    ana.clicks("Abort", in_=card(ana, "Abort")["ts"])
    shows(page, "v42", "COMPLETED")


def test_killed_and_started_again_from_the_page_the_bot_goes_on_in_the_same_card(page: Page, ana: Person) -> None:
    deploys(ana, "v43")
    before = card(ana, "Abort")["ts"]
    shows(page, "v43", "IN_PROGRESS")
    act = page.locator("#bot-act")
    expect(act).to_have_text("kill -9")
    act.click()
    expect(page.locator("#bot")).to_have_attribute("data-state", "killed")
    act.click()
    is_well(page)
    assert card(ana, "succeeded")["ts"] == before
    shows(page, "v43", "COMPLETED")
