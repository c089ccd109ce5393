"""People at work on the page's Slack side, with the real bot behind it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from sandbox.whole import Sandbox
from tests.browser.conftest import WAITS_MS, Opens
from tests.browser.slack_app import DESKTOP, PHONE, becomes, button, calls, message, offers, opens_channel, posts, types
from tests.nursery import QuickSandbox

expect.set_options(timeout=WAITS_MS)
pytestmark = pytest.mark.timeout(120)
DEPLOY = "/tinystacks deploy shop staging v43"


@pytest.fixture
def page(opens: Opens) -> Page:
    """Ana at a desktop."""
    page = opens(viewport=DESKTOP)
    expect(page.locator("#composer")).to_be_enabled()
    return page


def is_ready(page: Page) -> None:
    expect(page.locator("#bot")).to_have_attribute("data-state", "running")


@pytest.mark.usefixtures("bot")
def test_a_deploy_runs_from_the_preview_to_a_card_that_says_succeeded(page: Page) -> None:
    is_ready(page)
    types(page, DEPLOY)
    preview = message(page, "Deploy shop → staging?")
    expect(preview).to_contain_text("Only visible to you")
    offers(preview, "Deploy").click()
    card = message(page, "Deploy shop → staging · succeeded")
    expect(card).to_contain_text("(edited)", timeout=40_000)
    card.locator(".replies").click()
    expect(page.locator(".thread .message").first).to_contain_text("succeeded")
    expect(page.locator(".thread .message").last).to_contain_text("@ana")


@pytest.mark.usefixtures("bot")
def test_the_form_says_which_field_is_missing_and_keeps_what_was_typed(page: Page) -> None:
    is_ready(page)
    types(page, "/tinystacks deploy")
    form = page.get_by_role("dialog", name="Deploy")
    form.get_by_label("Reason").fill("the summer sale")
    form.get_by_role("button", name="Preview").click()
    expect(form.locator(".bk-input.wrong")).to_contain_text("Please complete this required field.")
    stage = form.get_by_role("button", name="Stage")
    expect(stage).to_be_focused()
    expect(stage).to_have_attribute("aria-invalid", "true")
    stage.click()
    page.get_by_role("combobox", name="Search").fill("shop")
    expect(page.get_by_role("option")).to_have_count(2)
    page.get_by_role("option", name=re.compile("staging")).click()
    expect(form.get_by_label("Reason")).to_have_value("the summer sale")
    form.get_by_label("Another image").fill("v43")
    form.get_by_role("button", name="Preview").click()
    expect(form).to_be_hidden()
    expect(message(page, "Deploy shop → staging?")).to_contain_text("the summer sale")


@pytest.mark.usefixtures("bot")
def test_two_people_in_two_windows_see_each_their_own(page: Page, opens: Opens, box: Sandbox) -> None:
    is_ready(page)
    cy = opens(viewport=DESKTOP)
    cy.goto(f"{box.slack.base_url}/?as=cy")
    expect(cy.locator("#people [aria-pressed=true]")).to_contain_text("cy")
    opens_channel(cy, "random")
    types(page, DEPLOY)
    offers(message(page, "Deploy shop → staging?"), "Deploy").click()
    deploys = cy.locator(".channels").get_by_role("button", name="deploys")
    expect(deploys).to_have_class(re.compile("unread"))
    deploys.click()
    expect(message(cy, "Deploy shop → staging")).to_be_visible()
    expect(cy.locator(".pane .ephemeral")).to_have_count(0)
    expect(deploys).not_to_have_class(re.compile("unread"))


def test_one_click_makes_somebody_else_of_you_and_a_guest_sees_less(page: Page) -> None:
    becomes(page, "guest")
    expect(page.locator(".channels .nav-item")).to_have_count(2)
    assert "as=guest" in page.url
    page.go_back()
    expect(page.locator("#people [aria-pressed=true]")).to_contain_text("ana")
    expect(page.locator(".channels .nav-item")).to_have_count(5)


def walks_to(page: Page, wanted: Locator) -> None:
    """Shift-Tab until it is reached; fails where it never is."""
    for _ in range(60):
        if wanted.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Shift+Tab")
    expect(wanted).to_be_focused()


@pytest.mark.usefixtures("bot")
def test_everything_can_be_done_with_the_keyboard(page: Page) -> None:
    is_ready(page)
    keys = page.keyboard
    page.locator("#composer").focus()
    for typed, key in (("/ti", "Enter"), ("dep", "Tab"), ("sh", "Enter"), ("", "ArrowDown"), ("", "Enter")):
        keys.type(typed)
        keys.press(key)
    expect(page.locator(".usage .current")).to_have_text("[image]")
    keys.type("v43")
    expect(page.locator("#composer")).to_have_value(DEPLOY)
    keys.press("Enter")
    deploy = offers(message(page, "Deploy shop → staging?"), "Deploy")
    expect(deploy).to_be_visible()
    walks_to(page, deploy)
    keys.press("Enter")
    expect(message(page, "Deploy shop → staging")).to_contain_text("asked by", timeout=40_000)


@pytest.mark.usefixtures("bot")
def test_a_phone_shows_one_side_at_a_time_and_nothing_hangs_over(opens: Opens) -> None:
    page = opens(viewport=PHONE, has_touch=True)
    is_ready(page)
    types(page, DEPLOY)
    expect(offers(message(page, "Deploy shop → staging?"), "Deploy")).to_be_visible()
    wide = "document.documentElement.scrollWidth - innerWidth"
    assert page.evaluate(wide) <= 0
    expect(page.locator("#ecs")).to_be_hidden()
    page.get_by_role("button", name="Channels", exact=True).click()
    opens_channel(page, "random")
    expect(page.locator(".channels")).to_be_hidden()
    expect(page.locator(".pane-title")).to_contain_text("#random")
    page.locator("#tabs").get_by_role("button", name="Cluster").click()
    expect(page.locator("#slack")).to_be_hidden()
    assert page.evaluate(wide) <= 0


def test_dark_follows_the_system_until_somebody_chooses(opens: Opens) -> None:
    page = opens(viewport=DESKTOP, color_scheme="dark")
    pane = page.locator("#slack")
    dark = "rgb(22, 29, 33)"
    expect(pane).to_have_css("background-color", dark)
    page.locator("#theme").click()
    expect(pane).to_have_css("background-color", "rgb(255, 255, 255)")
    page.reload()
    expect(pane).to_have_css("background-color", "rgb(255, 255, 255)")
    page.locator("#theme").click()
    expect(pane).to_have_css("background-color", dark)


@pytest.mark.usefixtures("bot")
def test_when_the_bot_is_gone_the_page_says_what_slack_would(page: Page, box: Sandbox) -> None:
    is_ready(page)
    box.bot.kill()
    types(page, "/tinystacks help")
    expect(page.locator(".toast")).to_contain_text("dispatch_failed")
    expect(page.locator("#composer")).to_have_value("")
    page.locator("#composer").press("ArrowUp")
    expect(page.locator("#composer")).to_have_value("/tinystacks help")


def test_refused_blocks_are_shown_with_their_pointers_and_nothing_is_posted(page: Page, box: QuickSandbox) -> None:
    box.refuses = True
    answer = calls(
        box, "chat.postMessage", channel="C0DEPLOYS", text="x", blocks=[{"type": "plan"}, {"type": "section"}]
    )
    assert answer["error"] == "invalid_blocks"
    notice = page.locator(".toast", has_text="Slack refused chat.postMessage")
    expect(notice).to_contain_text("unsupported type: plan at /blocks/0/type")
    expect(notice).to_contain_text("must have one of: text, fields at /blocks/1")
    expect(page.locator(".pane .message")).to_have_count(0)


def test_a_button_that_asks_first_sends_nothing_when_the_answer_is_no(page: Page, box: Sandbox) -> None:
    words = {name: {"type": "plain_text", "text": name} for name in ("title", "text", "confirm", "deny")}
    posts(box, {"type": "actions", "elements": [button("Abort", style="danger", confirm=words)]})
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/click") else None)
    page.get_by_role("button", name="Abort").click()
    dialog = page.get_by_role("dialog", name="title")
    dialog.get_by_role("button", name="deny").click()
    expect(dialog).to_have_count(0)
    assert sent == []
    page.get_by_role("button", name="Abort").click()
    with page.expect_request("**/sandbox/slack/click"):
        dialog.get_by_role("button", name="confirm").click()


def test_a_reload_and_a_gap_lose_nothing(page: Page, box: Sandbox) -> None:
    ts = posts(box, text="before")
    expect(message(page, "before")).to_be_visible()
    page.reload()
    expect(message(page, "before")).to_be_visible()
    calls(box, "chat.update", channel="C0DEPLOYS", ts=ts, text="after")
    expect(message(page, "after")).to_contain_text("(edited)")
    calls(box, "chat.delete", channel="C0DEPLOYS", ts=ts)
    expect(page.locator(".pane .message")).to_have_count(0)
