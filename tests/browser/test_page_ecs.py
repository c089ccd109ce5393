"""The ECS side of the page in a real browser: it shows the world as it is, and turns it."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sandbox.live import world_parts
from sandbox.slack.person import Person
from sandbox.slack.transcript import transcript
from sandbox.slack.workspace import Json
from sandbox.whole import Sandbox
from tests.browser.conftest import WAITS_MS, Opens
from tests.browser.slack_app import serious
from tests.browser.tasks import smooth

DESKTOP: Any = {"width": 1366, "height": 860}
PHONE: Any = {"width": 390, "height": 844}
SHOP = '#ecs .cluster [data-service="shop"]'
PRIMARY = f'{SHOP} .deployment[data-status="PRIMARY"]'

expect.set_options(timeout=WAITS_MS)
pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def page(opens: Opens) -> Page:
    """The page on a desktop."""
    return opens(viewport=DESKTOP)


@pytest.fixture
def ana(box: Sandbox) -> Person:
    return box.person("U0ANA")


def is_well(page: Page) -> None:
    expect(page.locator("#bot")).to_have_attribute("data-state", "running")


def deploys(ana: Person, tag: str) -> None:
    ana.types(f"/tinystacks deploy shop staging {tag} --yes")


def card(ana: Person, word: str) -> Json:
    """The one card of the deploy, once it says this."""

    def says(one: Json) -> bool:
        first = one.get("thread_ts", one["ts"]) == one["ts"] and not one["ephemeral"]
        return first and word in transcript([one | {"replies": []}])

    return ana.waits_for(says, seconds=40)


def shows(page: Page, tag: str, state: str) -> None:
    expect(page.locator(f"{PRIMARY} .tag")).to_have_text(tag)
    expect(page.locator(PRIMARY)).to_have_attribute("data-state", state)


def chips(page: Page) -> list[str]:
    """The tasks in the picture, as id and sign."""
    each = "all => all.map(one => `${one.dataset.task} ${one.querySelector('.name').textContent}`)"
    found: list[str] = page.eval_on_selector_all("#ecs .task", each)
    return sorted(found)


@pytest.mark.usefixtures("bot")
def test_the_picture_follows_a_rollout_to_its_end(page: Page, box: Sandbox, ana: Person) -> None:
    is_well(page)
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


@pytest.mark.usefixtures("bot")
def test_a_fault_set_on_the_page_strikes_the_next_deployment_and_abort_brings_back(page: Page, ana: Person) -> None:
    is_well(page)
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


@pytest.mark.usefixtures("bot")
def test_killed_and_started_again_from_the_page_the_bot_goes_on_in_the_same_card(page: Page, ana: Person) -> None:
    is_well(page)
    deploys(ana, "v43")
    before = card(ana, "v43")["ts"]
    act = page.locator("#bot-act")
    expect(act).to_have_text("kill -9")
    act.click()
    expect(page.locator("#bot")).to_have_attribute("data-state", "killed")
    act.click()
    is_well(page)
    assert card(ana, "succeeded")["ts"] == before
    shows(page, "v43", "COMPLETED")


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
