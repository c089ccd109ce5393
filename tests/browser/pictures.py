"""`python -m tests.browser.pictures [NAME …]`: plays scenes with the real bot and writes docs/img/*.webp."""

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from sandbox.ports import free_port
from sandbox.whole import Sandbox
from tests.browser import reading_pictures, schedule_pictures
from tests.browser.conftest import launched
from tests.browser.scaling_scenes import scale, scaled
from tests.browser.slack_app import becomes, message, offers, opens_channel, types
from tests.browser.stage import PHONE, TALL, WAITS_MS, WIDE, Stage, keep

SPEED = 3


def deploy(here: Stage) -> None:
    """A deploy that worked, with its thread."""
    page = here.opens(**WIDE)
    here.box.person("U0BO").types("Checkout is fixed in v43. Who ships it?")
    types(page, "/tinystacks deploy shop staging v43 --reason checkout fix")
    offers(message(page, "Deploy shop → staging?"), "Deploy").click()
    message(page, "shop → staging · succeeded").locator(".replies").click()
    expect(page.locator(".thread .message").last).to_contain_text("Succeeded")
    keep(page, "deploy")


def crash(here: Stage) -> None:
    """One that crashes: the cause in the thread, Abort on the card; then the same on a phone."""
    page, phone = here.opens(**TALL), here.opens(**PHONE)
    types(page, "/tinystacks deploy shop staging v44 --yes")
    card = message(page, "shop → staging · failing")
    card.locator(".replies").click()
    expect(page.locator(".thread .message").last).to_contain_text("Failing")
    page.locator(".thread .scroller").evaluate("one => one.scrollTo(0, one.scrollHeight)")
    keep(page, "crash")
    keep(phone, "phone", scale=2)


def form(here: Stage) -> None:
    """The form, with a field that is missing."""
    page = here.opens(**WIDE)
    types(page, "/tinystacks deploy")
    dialog = page.get_by_role("dialog", name="Deploy")
    dialog.get_by_role("button", name="Stage").click()
    page.get_by_role("option", name="shop / staging").click()
    dialog.get_by_role("button", name="Image").click()
    page.get_by_role("option").nth(1).click()
    dialog.get_by_label("Reason").fill("checkout fix")
    keep(page, "form", dialog, margin=24, scale=2)


def cluster(here: Stage) -> None:
    """What ECS makes of it, in the middle of a rollout."""
    page = here.opens(viewport={"width": 1400, "height": 1000})
    here.box.person("U0ANA").types("/tinystacks deploy shop staging v43 --yes")
    expect(page.locator('#ecs [data-cluster="staging"] .task[data-look="starting"]').first).to_be_visible()
    expect(page.locator('#ecs [data-service="shop"] .deployment')).to_have_count(2)
    keep(page, "cluster", page.locator("#ecs"), scale=1.5)


def approval(here: Stage) -> None:
    """A request, as the approver sees it."""
    page = here.opens(**WIDE)
    reading_pictures.asks_for_prod(page)
    becomes(page, "cy")
    expect(offers(message(page, "Deploy shop → prod"), "Approve")).to_be_visible()
    keep(page, "approval")


def dark(here: Stage) -> None:
    """At night, half-way."""
    here.box.world.speed = 1  # the card is edited every three seconds: faster, and it could miss the middle
    page = here.opens(**WIDE, color_scheme="dark")
    reading_pictures.asks_for_prod(page)
    here.box.person("U0CY", "C0PROD").clicks("Approve")
    expect(
        page.locator('#ecs [data-cluster="prod"] .task[data-look="healthy"] .tag', has_text="v43").first
    ).to_be_visible()
    expect(message(page, "rolling out")).to_contain_text(re.compile("new [1-4] healthy"))
    keep(page, "dark")


def busy(here: Stage, page: Page) -> None:
    """Something of everything: a stage ahead, one that rolls out, a lock, a request for cy."""
    types(page, "/tinystacks deploy shop staging v43 --yes")
    message(page, "shop → staging · succeeded").wait_for()
    types(page, "/tinystacks deploy web prod v42 --yes")
    here.box.person("U0ANA", "C0PROD").types("/tinystacks deploy shop prod v43 --yes --reason checkout fix")
    types(page, "/tinystacks lock payload-svc staging migration")
    expect(message(page, "ana locked payload-svc")).to_be_visible()


def status(here: Stage) -> None:
    """All stages on one screen, a stack, and a stage on a phone."""
    page, phone = here.opens(**TALL), here.opens(**PHONE)
    busy(here, page)
    types(page, "/tinystacks status")
    message(page, "All stages").wait_for()
    types(page, "/tinystacks status shop")
    expect(message(page, "2 stages:")).to_contain_text("Details")
    keep(page, "status")
    types(phone, "/tinystacks status shop prod")
    expect(message(phone, "Rules")).to_contain_text("as of")
    message(phone, "Rules").evaluate("one => one.scrollIntoView({block: 'start'})")
    keep(phone, "status-phone", scale=2)


def home(here: Stage) -> None:
    """The App Home of somebody who is asked; on a phone too."""
    page, phone = here.opens(**TALL), here.opens(**PHONE)
    busy(here, page)
    for one in (page, phone):
        becomes(one, "cy")
        expect(one).to_have_title(re.compile("^cy"))
    phone.get_by_role("button", name="Channels", exact=True).click()
    for one in (page, phone):
        opens_channel(one, "TinyStacks")
        expect(one.locator(".home")).to_contain_text("up since")
        expect(one.locator(".home")).to_contain_text("ahead of prod")
    keep(page, "home")
    keep(phone, "home-phone", scale=2)


def tasks(here: Stage) -> None:
    """The tasks of a stage with their buttons; on a phone too."""
    page, phone = here.opens(**TALL), here.opens(**PHONE)
    types(page, "/tinystacks tasks shop prod")
    expect(message(page, "Tasks of shop / prod")).to_contain_text("4 of 4 running")
    keep(page, "tasks")
    expect(message(phone, "Tasks of shop / prod")).to_contain_text("as of")
    reading_pictures.ends(phone)
    keep(phone, "tasks-phone", scale=2)


def exec_command(here: Stage) -> None:
    """The command to copy; on a phone too."""
    page, phone = here.opens(**TALL), here.opens(**PHONE)
    types(page, "/tinystacks exec shop prod")
    expect(message(page, "Exec into shop / prod")).to_contain_text("aws ecs execute-command")
    keep(page, "exec")
    expect(message(phone, "Exec into shop / prod")).to_contain_text("On your side")
    reading_pictures.ends(phone)
    keep(phone, "exec-phone", scale=2)


SCENES: dict[str, Callable[[Stage], None]] = {
    **reading_pictures.SCENES,
    **schedule_pictures.SCENES,
    "deploy": deploy,
    "crash": crash,
    "form": form,
    "cluster": cluster,
    "approval": approval,
    "dark": dark,
    "status": status,
    "home": home,
    "tasks": tasks,
    "exec": exec_command,
    "scale": scale,
    "scaled": scaled,
}


def _play(scene: Callable[[Stage], None], chromium: Browser) -> None:
    with tempfile.TemporaryDirectory() as folder, Sandbox(Path(folder), speed=SPEED, bot_port=free_port()) as box:
        box.bot.start()
        scene(Stage(box, chromium))


def main(names: list[str]) -> None:
    expect.set_options(timeout=WAITS_MS)
    with sync_playwright() as playwright, launched(playwright) as chromium:
        for name in names or SCENES:
            _play(SCENES[name], chromium)


if __name__ == "__main__":
    main(sys.argv[1:])
