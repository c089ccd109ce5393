"""Scenes of scaling: looked at, asked for, under way, done."""

from playwright.sync_api import expect

from sandbox.ecs.metrics import load_of
from tests.browser.slack_app import becomes, message, offers, opens_channel, types
from tests.browser.stage import PHONE, TALL, Stage, keep

TITLE = "Scale shop → prod"


def scale(here: Stage) -> None:
    """The preview, the request with its picture, and the same on a phone."""
    _rush(here)
    page, phone = here.opens(**TALL), here.opens(**PHONE)
    becomes(phone, "cy")
    phone.get_by_role("button", name="Channels", exact=True).click()
    opens_channel(phone, "prod")
    opens_channel(page, "prod")
    types(page, "/tinystacks scale shop prod 6 --reason evening rush")
    expect(offers(message(page, f"{TITLE}?"), "Scale")).to_be_visible()
    keep(page, "scaling-preview")
    offers(message(page, f"{TITLE}?"), "Scale").click()
    becomes(page, "cy")
    for one in (page, phone):
        expect(message(one, TITLE)).to_contain_text("1 reply")
    keep(phone, "scale-phone", scale=2)
    message(page, TITLE).locator(".replies").click()
    picture = page.get_by_role("img", name="shop / prod, last 3h")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", value=True)
    page.locator(".thread .scroller").evaluate("one => one.scrollTo(0, one.scrollHeight)")
    keep(page, "scale")


def scaled(here: Stage) -> None:
    """On its way, and done with Undo."""
    _rush(here)
    here.box.world.speed = 1  # tasks start within seconds: faster, and the middle would be missed
    page = here.opens(**TALL)
    opens_channel(page, "prod")
    types(page, "/tinystacks scale shop prod 8 --yes --reason evening rush")
    expect(message(page, TITLE)).to_contain_text("1 reply")
    here.box.person("U0CY", "C0PROD").clicks("Approve")
    expect(message(page, TITLE)).to_contain_text("pending")
    message(page, TITLE).locator(".replies").click()
    keep(page, "scaling-running")
    here.box.world.speed = 10
    expect(offers(message(page, TITLE), "Undo")).to_be_visible()
    expect(page.locator(".thread .message").last).to_contain_text("Scaled after")
    keep(page, "scaling-done")


def _rush(here: Stage) -> None:
    """More to do than the sandbox's services have else."""
    world = here.box.world
    with world.lock:
        load_of(world.state, world.state.service("eu-west-1", "prod", "shop-prod")).work *= 1.7
