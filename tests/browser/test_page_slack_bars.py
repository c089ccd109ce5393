"""The bars of the page's Slack side: smooth with 2,000 messages, quick to show what the bot posts, accessible."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from sandbox.ports import free_port
from sandbox.slack.methods.chat import post_message
from sandbox.slack.workspace import Json
from sandbox.whole import Sandbox
from tests import nearby
from tests.browser.conftest import WAITS_MS, Opens
from tests.browser.slack_app import (
    DESKTOP,
    PHONE,
    button,
    message,
    mrkdwn,
    opens_channel,
    posts,
    section,
    serious,
    types,
)
from tests.browser.tasks import smooth
from tests.nursery import QuickSandbox

expect.set_options(timeout=WAITS_MS)
pytestmark = pytest.mark.timeout(180)
MESSAGES = 2_000
VISIBLE_MS = 150
# When each message was first in the page, in epoch milliseconds, by its ts.
WATCH_MESSAGES = """() => {
    window.seen = {};
    new MutationObserver(changes => changes.flatMap(one => [...one.addedNodes]).forEach(node => {
        if (node.dataset?.ts) requestAnimationFrame(() => { seen[node.dataset.ts] ??= Date.now(); });
    })).observe(document.querySelector(".messages"), { childList: true });
}"""


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox in which an app may post as fast as it can."""
    with QuickSandbox(tmp_path, bot_port=free_port(), limits=False) as box:
        yield box


def said(number: int) -> Json:
    """The arguments of one of many posts."""
    words = f"*message {number}* of `shop` for <@U0ANA>, see <#C0PROD> :rocket:"
    blocks = [section(words), {"type": "context", "elements": [mrkdwn("asked by <@U0BO>")]}]
    blocks += [{"type": "actions", "elements": [button("Logs"), button("Abort", style="danger")]}]
    return {"channel": "C0DEPLOYS", "text": words, "blocks": blocks}


def crowd(box: Sandbox, count: int) -> str:
    """The app fills a channel; the last message's ts."""
    ts = ""
    with nearby.Client(base_url=box.slack.base_url, headers={"Authorization": "Bearer xoxb-sandbox"}) as client:
        for number in range(count):
            ts = str(client.post("/api/chat.postMessage", json=said(number)).json()["ts"])
    return ts


def by_ts(page: Page, ts: str) -> Locator:
    """A message by its ts: looking for its words in hundreds of others would itself be a long task."""
    return page.locator(f'.pane .message[data-ts="{ts}"]')


def hears(page: Page, box: Sandbox) -> None:
    """A hundred more come, one a frame; the page does not grow by them."""
    for _ in range(100):
        newest = crowd(box, 1)
        page.evaluate("new Promise(requestAnimationFrame)")
    expect(by_ts(page, newest)).to_be_visible()
    assert page.locator(".pane .message").count() < 400


def wanders(page: Page) -> None:
    """To another channel and back, up through the day, and a word."""
    opens_channel(page, "random")
    opens_channel(page, "deploys")
    expect(page.locator(".pane .message").last).to_be_visible()
    for _ in range(20):
        page.mouse.move(500, 400)
        page.mouse.wheel(0, -3_000)
        page.evaluate("new Promise(requestAnimationFrame)")
    assert page.locator(".pane .message").count() > 100
    types(page, "and a word from me")


def test_two_thousand_messages_cause_no_long_task(opens: Opens, box: Sandbox) -> None:
    # Nobody looks yet: no need to go over HTTP.
    last = [post_message(box.slack.state, said(number))["ts"] for number in range(MESSAGES)][-1]
    page = opens(viewport=DESKTOP)
    with smooth(page):
        page.reload()
        expect(by_ts(page, last)).to_be_visible()
        hears(page, box)
        wanders(page)


def test_what_the_bot_posts_is_visible_at_once(opens: Opens, box: Sandbox) -> None:
    """The best of three rounds: others on the machine only ever add to it."""
    page = opens(viewport=DESKTOP)
    page.locator(".messages").first.wait_for(state="attached")
    page.evaluate(WATCH_MESSAGES)
    assert any(slowest(page, box, number) < VISIBLE_MS for number in range(3))


def slowest(page: Page, box: Sandbox, number: int) -> float:
    """p95 of 40 messages from posted to drawn, in ms."""
    sent = [posts(box, section(f"news {number}-{at}")) for at in range(40)]
    expect(message(page, f"news {number}-39")).to_be_visible()
    seen = page.evaluate("new Promise(requestAnimationFrame).then(() => seen)")
    waits = sorted(seen[ts] - float(ts) * 1000 for ts in sent)
    slow: float = waits[int(len(waits) * 0.95)]
    print("visible (ms): p50", round(waits[len(waits) // 2]), "p95", round(slow))
    return slow


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_at_a_desktop(opens: Opens, box: Sandbox, scheme: str) -> None:
    page = opens(viewport=DESKTOP, color_scheme=scheme, reduced_motion="reduce")
    crowd(box, 2)
    confirm = {name: {"type": "plain_text", "text": name} for name in ("title", "text", "confirm", "deny")}
    ts = posts(
        box,
        section("asks first"),
        {"type": "actions", "elements": [button("Deploy", style="primary", confirm=confirm)]},
    )
    posts(box, section("```\ncode\n```"), thread_ts=ts)
    posts(box, section("elsewhere <@U0ANA>"), channel="C0PROD")
    message(page, "asks first").locator(".replies").click()
    expect(page.locator(".thread .message")).to_have_count(2)
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.locator("#composer").fill("/tinystacks deploy ")
    page.locator("#composer").press("ArrowDown")
    assert serious(page) == []
    page.locator("#composer").fill("")
    page.get_by_role("button", name="Deploy", exact=True).click()
    assert serious(page) == []


def test_axe_finds_nothing_serious_on_a_phone_or_in_a_form(opens: Opens, box: Sandbox) -> None:
    box.bot.start()
    page = opens(viewport=PHONE, reduced_motion="reduce")
    expect(page.locator("#bot")).to_have_attribute("data-state", "running")
    types(page, "/tinystacks deploy")
    form = page.get_by_role("dialog", name="Deploy")
    form.get_by_role("button", name="Preview").click()
    expect(form.locator(".wrong")).to_be_visible()
    assert serious(page) == []
    form.get_by_role("button", name="Stage").click()
    assert serious(page) == []
    page.keyboard.press("Escape")
    form.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Channels", exact=True).click()
    assert serious(page) == []
