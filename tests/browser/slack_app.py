"""The app's own calls, for what the bot of today never posts, and short names for what people do on the page."""

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Locator, Page

from sandbox.slack.workspace import Json
from sandbox.whole import Sandbox
from tests import nearby

DESKTOP: Any = {"width": 1366, "height": 860}
PHONE: Any = {"width": 390, "height": 844}
APP = {"Authorization": "Bearer xoxb-sandbox"}


def calls(box: Sandbox, method: str, **args: Any) -> Json:
    """One call of the Web API as the app."""
    answer: Json = nearby.post(f"{box.slack.api_url}{method}", json=args, headers=APP).json()
    return answer


def posts(box: Sandbox, *blocks: Json, channel: str = "C0DEPLOYS", text: str = "words", **rest: Any) -> str:
    """Posts a message and answers its ts."""
    answer = calls(box, "chat.postMessage", channel=channel, text=text, blocks=list(blocks), **rest)
    assert answer["ok"], answer
    return str(answer["ts"])


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str, **rest: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **rest}


def button(text: str, **rest: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": f"test:{text.lower()}", **rest}


def types(page: Page, words: str) -> None:
    """Types into the channel's composer, without choosing anything that is offered, and sends."""
    page.locator("#composer").fill(words)
    page.locator("#composer").press("Enter")


def message(page: Page, words: str) -> Locator:
    """The newest message that shows these words."""
    return page.locator(".pane .message", has_text=words).last


def offers(root: Page | Locator, label: str) -> Locator:
    """The newest button of a message there that shows these words, whatever it is called aloud."""
    return root.locator(".bk-button").filter(has_text=re.compile(f"^{label}$")).last


def becomes(page: Page, name: str) -> None:
    page.locator(f"#people [data-user=U0{name.upper()}]").click()


def opens_channel(page: Page, name: str) -> None:
    page.locator(".channels").get_by_role("button", name=name).click()


def serious(page: Page, context: str = "body") -> list[str]:
    """What axe calls serious or critical in this part of the page."""
    found = Axe().run(page, context=context).response["violations"]
    worst = [one for one in found if one["impact"] in ("serious", "critical")]
    return [f"{one['id']}: {node['html'][:200]} {node['failureSummary']}" for one in worst for node in one["nodes"]]
