"""The ECS side of the page in a real browser: it shows the world as it is, and turns it."""

import re

import pytest
from playwright.sync_api import Page, expect

from sandbox.whole import Sandbox
from tests.browser.conftest import WAITS_MS, Opens
from tests.browser.ecs_side import DESKTOP, PHONE, SHOP, is_well, shows
from tests.browser.slack_app import serious
from tests.browser.tasks import smooth

expect.set_options(timeout=WAITS_MS)
pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def page(opens: Opens) -> Page:
    """The page on a desktop."""
    return opens(viewport=DESKTOP)


def test_the_slider_turns_the_speed_and_every_window_shows_it(page: Page, opens: Opens, box: Sandbox) -> None:
    other = opens(viewport=DESKTOP)
    page.locator("#speed").focus()
    page.keyboard.press("End")
    expect(other.locator(".speed output")).to_have_text("×30")
    assert box.world.speed == 30


def test_somebody_else_changes_the_service_from_the_page(page: Page) -> None:
    page.click(f"{SHOP} .service-name")
    details = page.locator(".details")
    details.get_by_label("Image", exact=True).select_option("v41")
    details.get_by_role("button", name="Update").click()
    shows(page, "v41", "IN_PROGRESS")
    details.get_by_label("Tasks").fill("3")
    details.get_by_role("button", name="Scale").click()
    expect(page.locator(f"{SHOP} .count")).to_contain_text("of 3 running")
    expect(details.locator(".events li").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(details).to_be_hidden()
    expect(page.locator(f"{SHOP} .service-name")).to_be_focused()


def test_the_auto_scaling_group_is_resized_from_the_page_within_its_bounds(page: Page, box: Sandbox) -> None:
    box.world.speed = 30
    group = page.locator('#ecs [data-cluster="staging"] .asg')
    group.click()
    details = page.locator(".details")
    expect(details).to_contain_text("9, by zone 3, 3, 3")
    details.get_by_label("Instances").fill("99")
    details.get_by_role("button", name="Set the size").click()
    expect(details.locator(".outcome")).to_contain_text("is above max value 18")
    details.get_by_label("Instances").fill("12")
    details.get_by_role("button", name="Set the size").click()
    expect(group).to_contain_text("12 wanted (3–18)")
    expect(details).to_contain_text("12, by zone 4, 4, 4")
    assert serious(page, "#ecs") == []


@pytest.mark.parametrize(
    ("button", "standing"),
    [
        ("Unreachable for 15 s", r"^unreachable: \d+$"),
        ("Deny UpdateService", r"^deny: UpdateService$"),
        ("503, five times", r"^unavailable, \d more$"),
    ],
)
def test_what_is_broken_from_the_page_stands_there_until_it_is_over(page: Page, button: str, standing: str) -> None:
    page.click('.sides [data-side="controls"]')
    page.get_by_role("button", name=button).click()
    expect(page.locator("#ecs .standing li").filter(has_text=re.compile(standing))).to_be_visible()
    if button != "503, five times":
        page.get_by_role("button", name="Mend everything").click()
        expect(page.locator("#ecs .standing li")).to_have_count(0)


STICKING_OUT = """all => all.filter((one) => one.getBoundingClientRect().right > innerWidth || innerWidth > 390)
  .map((one) => one.className)"""


def test_a_phone_shows_one_part_at_a_time_and_nothing_sticks_out(opens: Opens) -> None:
    page = opens(viewport=PHONE, has_touch=True, is_mobile=True)
    for tab, part in [("cluster", "#ecs-picture"), ("controls", "#ecs-controls")]:
        page.tap(f'#tabs [data-tab="{tab}"]')
        expect(page.locator(part)).to_be_visible()
        assert page.eval_on_selector_all(f"{part} *", STICKING_OUT) == []
    expect(page.locator("#ecs-picture")).to_be_hidden()
    page.tap('#tabs [data-tab="cluster"]')
    page.locator("#ecs .task").first.tap()
    expect(page.locator(".details .log")).to_contain_text("GET")


MOST_MOVING = """() => {
  window.moving = 0;
  const look = () => {
    const plain = document.getAnimations().filter((one) => one.constructor.name === "Animation");
    window.moving = Math.max(window.moving, plain.length);
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.mark.parametrize(("motion", "moves"), [("no-preference", True), ("reduce", False)])
def test_tasks_glide_unless_motion_is_to_be_reduced(opens: Opens, box: Sandbox, motion: str, moves: bool) -> None:
    page = opens(viewport=DESKTOP, reduced_motion=motion)
    page.evaluate(MOST_MOVING)
    box.world.act.deploy("us-east-1", "staging", "shop", "v43")
    shows(page, "v43", "COMPLETED")
    assert (page.evaluate("window.moving") > 0) is moves


def test_two_hundred_tasks_roll_out_without_a_long_task(page: Page, box: Sandbox) -> None:
    wanted = {("us-east-1", "staging", "payload-svc"): 60, ("eu-west-1", "prod", "shop-prod"): 60}
    wanted[("us-east-1", "fargate", "web")] = 82
    web = page.locator('#ecs .cluster [data-service="web"] .deployment[data-status="PRIMARY"]')
    with smooth(page):
        for (region, cluster, service), desired in wanted.items():
            box.world.act.scale(region, cluster, service, desired)
        expect(page.locator('#ecs .task[data-look="healthy"]')).to_have_count(204)
        box.world.act.deploy("us-east-1", "fargate", "web", "v43")
        box.world.act.deploy("us-east-1", "staging", "payload-svc", "v43")
        expect(web).to_have_attribute("data-state", "COMPLETED")


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(opens: Opens, box: Sandbox, scheme: str) -> None:
    page = opens(viewport=DESKTOP, color_scheme=scheme, reduced_motion="reduce")
    is_well(page)
    box.world.act.deploy("us-east-1", "staging", "shop", "v44")
    page.locator('#ecs .task[data-look="failed"]').first.click()
    found = serious(page, "#ecs")
    page.click('.sides [data-side="controls"]')
    assert found + serious(page, "#ecs") == []
