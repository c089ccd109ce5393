"""Forms the bot of today does not open: views on views, searched selects, menus, and apps that answer late or never."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from slack_sdk.socket_mode.request import SocketModeRequest

from sandbox.slack.state import Pace
from sandbox.slack.workspace import Json
from sandbox.whole import Sandbox
from tests.browser.conftest import WAITS_MS, Opens, Shoots
from tests.browser.slack_app import DESKTOP, button, message, plain, posts, section, serious, types
from tests.sandbox.slack_world import SocketApp, silent

expect.set_options(timeout=WAITS_MS)
pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox without the bot: the test is the app."""
    with Sandbox(tmp_path) as box:
        yield box


@pytest.fixture
def app(box: Sandbox) -> Iterator[SocketApp]:
    with SocketApp(box.slack) as app:
        yield app


@pytest.fixture
def page(app: SocketApp, opens: Opens) -> Page:  # noqa: ARG001 - the app is connected first
    """Ana at a desktop."""
    page = opens(viewport=DESKTOP, reduced_motion="reduce")
    expect(page.locator("#composer")).to_be_enabled()
    return page


def view(title: str, *blocks: Json, **rest: object) -> Json:
    return {"type": "modal", "title": plain(title), "submit": plain("Save"), "blocks": list(blocks), **rest}


def field(label: str, element: Json) -> Json:
    return {"type": "input", "block_id": label.lower(), "label": plain(label), "element": element}


def note(label: str) -> Json:
    return field(label, {"type": "plain_text_input", "action_id": label.lower()})


def option(text: str) -> Json:
    return {"text": plain(text), "value": text}


def opens_view(app: SocketApp, page: Page, title: str, *blocks: Json) -> Locator:
    """Ana types a command and the app opens this modal."""
    seen = len(app.requests)
    types(page, "/tinystacks deploy")
    asked = app.waits_for(seen + 1)[-1].payload["trigger_id"]
    app.web.views_open(trigger_id=asked, view=view(title, *blocks))
    dialog = page.get_by_role("dialog", name=title)
    expect(dialog).to_be_visible()
    return dialog


def pushes(app: SocketApp, trigger_id: str, title: str, *blocks: Json) -> None:
    app.web.views_push(trigger_id=trigger_id, view=view(title, *blocks))


def used(app: SocketApp, kind: str) -> list[Json]:
    return [one.payload for one in app.requests if one.payload.get("type") == kind]


def test_views_lie_on_each_other_and_back_finds_everything_as_it_was(
    app: SocketApp, page: Page, shoots: Shoots
) -> None:
    more = {"type": "actions", "block_id": "more", "elements": [button("More")]}
    first = opens_view(app, page, "First", note("Reason"), more)
    first.get_by_label("Reason").fill("the summer sale")
    first.get_by_role("button", name="More").click()
    pushes(app, app.waits_for(2)[-1].payload["trigger_id"], "Second", note("Detail"))
    second = page.get_by_role("dialog", name="Second")
    second.get_by_label("Detail").fill("rather long")
    expect(first).to_have_count(0)
    assert serious(page) == []
    shoots(page, "stacked")
    second.get_by_role("button", name="Back").click()
    expect(first.get_by_label("Reason")).to_have_value("the summer sale")
    expect(first.get_by_role("button", name="More")).to_be_focused()
    first.get_by_role("button", name="Save").click()
    expect(first).to_have_count(0)
    values = used(app, "view_submission")[0]["view"]["state"]["values"]
    assert values["reason"]["reason"]["value"] == "the summer sale"


def test_submitting_may_push_a_view_and_closing_it_closes_all(app: SocketApp, page: Page) -> None:
    first = opens_view(app, page, "First", note("Reason"))
    app.answer = lambda _: {"response_action": "push", "view": view("Sure?", section("Really?"))}
    first.get_by_label("Reason").fill("x")
    first.get_by_role("button", name="Save").click()
    sure = page.get_by_role("dialog", name="Sure?")
    expect(sure).to_contain_text("Really?")
    page.keyboard.press("Escape")
    expect(first.get_by_label("Reason")).to_have_value("x")
    first.get_by_role("button", name="Save").click()
    sure.get_by_role("button", name="Close").first.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.request.get(f"{app.slack.base_url}/sandbox/slack/view?user=U0ANA").json() == {"views": []}


def test_a_form_says_that_it_waits_and_stays_when_the_app_never_answers(
    app: SocketApp, page: Page, shoots: Shoots
) -> None:
    app.slack.state.pace = Pace(ack=1.0)
    form = opens_view(app, page, "Slow", note("Reason"))
    form.get_by_label("Reason").fill("kept")
    app.answer = silent
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_class("modal loading")
    expect(form.get_by_role("button", name="Save")).to_have_attribute("aria-busy", "true")
    shoots(page, "waiting")
    expect(form.get_by_role("alert").last).to_contain_text("We had some trouble connecting. Try again?")
    expect(form).not_to_have_class("modal loading")
    expect(form.get_by_label("Reason")).to_have_value("kept")


def search(**rest: object) -> Json:
    return {"type": "external_select", "action_id": "image", "min_query_length": 2, **rest}


def groups(request: SocketModeRequest) -> Json | None:
    """An app that knows some images, in two groups."""
    if request.payload.get("type") != "block_suggestion":
        return None
    found = [one for one in ("v41", "v42", "v43") if request.payload["value"] in one]
    named = [("shop", found), ("base", [f"base-{one}" for one in found])]
    return {"option_groups": [{"label": plain(name), "options": [*map(option, each)]} for name, each in named if each]}


def test_an_external_select_searches_through_the_app(app: SocketApp, page: Page, shoots: Shoots) -> None:
    app.answer = groups
    form = opens_view(app, page, "Images", field("Image", search(placeholder=plain("Search an image"))))
    form.get_by_role("button", name="Image").click()
    words = page.get_by_role("combobox", name="Search")
    expect(page.get_by_role("option")).to_have_text(["Type 2 characters to search"])
    words.press_sequentially("v4")
    expect(page.get_by_role("option")).to_have_text(["v41", "v42", "v43", "base-v41", "base-v42", "base-v43"])
    expect(page.locator(".popup .group")).to_have_text(["shop", "base"])
    assert serious(page) == []
    shoots(page, "found")
    words.press_sequentially("2")
    expect(page.get_by_role("option")).to_have_text(["v42", "base-v42"])
    words.press("ArrowDown")
    words.press("Enter")
    expect(form.get_by_role("button", name="Image")).to_have_accessible_name("Image: base-v42")
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    assert used(app, "view_submission")[0]["view"]["state"]["values"]["image"]["image"]["selected_option"] == option(
        "base-v42"
    )


def test_a_search_that_finds_nothing_or_gets_no_answer_says_so(app: SocketApp, page: Page) -> None:
    app.slack.state.pace = Pace(ack=1.0)
    posts_to = {"type": "section", "text": plain("Which?"), "accessory": search(placeholder=plain("Image"))}
    app.web.chat_postMessage(channel="C0DEPLOYS", text="x", blocks=[posts_to])
    app.answer = groups
    message(page, "Which?").get_by_role("button", name="Image").click()
    words = page.get_by_role("combobox", name="Search")
    words.press_sequentially("zz")
    expect(page.get_by_role("option")).to_have_text(["Nothing found"])
    app.answer = silent
    words.fill("v41")
    expect(page.get_by_role("option")).to_have_text(["Searching…"])
    expect(page.get_by_role("option")).to_have_text(["The app did not answer. Type again to ask once more."])
    app.answer = groups
    words.fill("v4")
    page.get_by_role("option", name="v43", exact=True).click()
    assert app.waits_for(4)[-1].payload["actions"][0]["selected_option"] == option("v43")
    expect(message(page, "Which?").locator(".select")).to_contain_text("v43")


def test_an_overflow_menu_opens_by_key_asks_first_and_tells_the_choice(
    app: SocketApp, page: Page, box: Sandbox, shoots: Shoots
) -> None:
    confirm = {name: plain(name) for name in ("title", "text", "confirm", "deny")}
    more = {"type": "overflow", "action_id": "test:more", "options": [option("Logs"), option(":wave: Stop")]}
    posts(box, section("task 1", accessory=more | {"confirm": confirm}))
    menu = message(page, "task 1").get_by_role("button", name="More actions")
    menu.press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    assert serious(page) == []
    shoots(page, "open")
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    menu.click()
    page.get_by_role("menuitem", name="Logs").click()
    page.get_by_role("dialog", name="title").get_by_role("button", name="deny").click()
    menu.click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="title").get_by_role("button", name="confirm").click()
    action = app.waits_for(1)[-1].payload["actions"][0]
    assert (action["action_id"], action["selected_option"]["value"]) == ("test:more", ":wave: Stop")


def test_a_late_app_leaves_a_pressed_button_and_then_slacks_own_notice(
    app: SocketApp, page: Page, box: Sandbox
) -> None:
    app.slack.state.pace = Pace(ack=1.0)
    app.answer = silent
    posts(box, section("asks"), {"type": "actions", "elements": [button("Deploy", style="primary")]})
    pressed = page.get_by_role("button", name="Deploy", exact=True)
    pressed.click()
    expect(pressed).to_have_attribute("aria-busy", "true")
    notice = page.locator(".toast", has_text="The app did not answer within 3 seconds")
    expect(notice).to_contain_text("operation_timeout")
    expect(pressed).not_to_have_attribute("aria-busy", "true")
    assert serious(page) == []
    types(page, "/tinystacks status")
    expect(notice).to_have_count(2)
    notice.first.get_by_role("button", name="Close this notice").click()
    expect(notice).to_have_count(1)
