"""What the page makes of the app's texts and blocks: formatting alive, everything else inert."""

import pytest
from playwright.sync_api import Page, expect

from bot.adapters.charts import PillowCharts
from bot.domain.charts import Chart
from sandbox.slack.workspace import Json
from sandbox.whole import Sandbox
from tests.browser.conftest import WAITS_MS, Opens
from tests.browser.slack_app import (
    DESKTOP,
    becomes,
    button,
    calls,
    message,
    mrkdwn,
    opens_channel,
    plain,
    posts,
    section,
    serious,
)

expect.set_options(timeout=WAITS_MS)
pytestmark = pytest.mark.timeout(120)
MODULE = "/page/slack/"

MRKDWN = {
    "*bold* _italic_ ~gone~": "<strong>bold</strong> <em>italic</em> <s>gone</s>",
    "*a _b_ c*": "<strong>a <em>b</em> c</strong>",
    "snake_case_name 2*3*4 a~b~c": "snake_case_name 2*3*4 a~b~c",
    "* not * bold, ** neither": "* not * bold, ** neither",
    "`*code* &lt;b&gt;`": "<code>*code* &lt;b&gt;</code>",
    "&lt;img src=x onerror=alert(1)&gt; &amp;amp;": "&lt;img src=x onerror=alert(1)&gt; &amp;amp;",
    "<https://example.com/a_b_c|a *link*>": (
        '<a href="https://example.com/a_b_c" target="_blank" rel="noreferrer noopener">a *link*</a>'
    ),
    "<javascript:alert(1)|evil>": "<span>evil</span>",
    "<@U0BO>": '<span class="mention">@bo</span>',
    "<@U0ANA|x>": '<span class="mention me">@ana</span>',
    "<!subteam^S0DEV|@dev>": '<span class="mention me">@dev</span>',
    "<#C0HIDDEN>": '<span class="mention">🔒 private channel</span>',
    ":no_such_emoji: 12:30:45": ":no_such_emoji: 12:30:45",
    "<!date^bad^{time}|later>": "later",
}

TABLE: Json = {
    "type": "table",
    "rows": [
        [{"type": "raw_text", "text": "Task"}, {"type": "raw_text", "text": "Age"}],
        [{"type": "raw_text", "text": "<b>x</b>"}, {"type": "raw_text", "text": "2m"}],
    ],
    "column_settings": [{}, {"align": "right"}],
}
RICH: Json = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "Rich", "style": {"bold": True}}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "as  typed"}]},
    ],
}
SELECT: Json = {
    "type": "static_select",
    "action_id": "test:pick",
    "placeholder": plain("Pick"),
    "options": [{"text": plain("One"), "value": "1"}, {"text": plain("Two"), "value": "2"}],
}


@pytest.fixture
def page(opens: Opens) -> Page:
    """Ana at a desktop."""
    page = opens(viewport=DESKTOP)
    expect(page.locator("#composer")).to_be_enabled()
    return page


def test_mrkdwn_is_drawn_as_slack_draws_it(page: Page) -> None:
    draw = f"""async words => {{
        const {{ inline }} = await import("{MODULE}text/mrkdwn.js");
        const box = document.createElement("div");
        box.append(...inline(words));
        return box.innerHTML;
    }}"""
    assert {words: page.evaluate(draw, words) for words in MRKDWN} == MRKDWN


def test_what_people_and_apps_write_never_becomes_markup(page: Page, box: Sandbox) -> None:
    evil = "<img src=x onerror='window.hurt=1'><script>window.hurt=1</script>"
    box.person("U0BO").types(evil)
    posts(
        box, section("x"), {"type": "header", "text": plain(evil)}, {"type": "markdown", "text": evil}, TABLE, text=evil
    )
    drawn = message(page, "Task")
    expect(drawn.locator("h3")).to_have_text(evil)
    expect(drawn.locator(".bk-markdown")).to_have_text(evil)
    expect(drawn.locator("td").first).to_have_text("<b>x</b>")
    assert page.evaluate("window.hurt") is None
    expect(page.locator("#slack img, #slack script")).to_have_count(0)


def test_every_block_the_sandbox_accepts_is_drawn(page: Page, box: Sandbox) -> None:
    fields = {"type": "section", "fields": [mrkdwn("*Stack*\nshop"), plain("Stage prod")]}
    context = {"type": "context", "elements": [mrkdwn("asked by <@U0ANA>"), plain(":eyes: seen")]}
    image = {"type": "image", "image_url": "https://pictures.invalid/x.png", "alt_text": "a graph"}
    acts = {"type": "actions", "elements": [button("Deploy", style="primary"), SELECT]}
    fence = section("```\nline one\n```")
    posts(box, section("*Hello*"), fields, context, {"type": "divider"}, image, RICH, TABLE, fence, acts)
    drawn = message(page, "Hello")
    expect(drawn.locator("[data-block-id]")).to_have_count(9)
    expect(drawn.locator(".refused-block")).to_have_count(0)
    expect(drawn).to_contain_text("[a graph]")
    expect(drawn.get_by_role("button", name="Deploy")).to_have_class("bk-button primary")
    expect(drawn.locator(".code-block .copy").last).to_have_text("Copy")


def test_what_the_app_shows_under_a_link_stands_under_its_message(page: Page, box: Sandbox) -> None:
    link = "https://console.aws.amazon.com/ecs/home?region=us-east-1#/clusters/a/services/b"
    ts = box.person("U0BO").types(f"look at {link}")["ts"]
    expect(message(page, "look at")).to_be_visible()
    answer = calls(box, "chat.unfurl", channel="C0DEPLOYS", ts=ts, unfurls={link: {"blocks": [section("*b* is up")]}})
    assert answer["ok"], answer
    under = message(page, "look at").locator(".attachment")
    expect(under.locator("strong")).to_have_text("b")
    expect(under).to_contain_text("b is up")


def test_copying_a_code_block_copies_exactly_the_code(page: Page, box: Sandbox) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    posts(box, section('```\naws ecs --cluster "a &amp; b"\n```'))
    drawn = message(page, "aws ecs")
    drawn.hover()
    drawn.get_by_role("button", name="Copy").click()
    expect(drawn.locator(".copy")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == 'aws ecs --cluster "a & b"'


def test_a_long_section_is_whole_only_where_the_app_says_so(page: Page, box: Sandbox) -> None:
    code = "```" + "\n".join(f"line {number}" for number in range(60)) + "```"
    posts(box, section("Long"), section(code), section(code, expand=True))
    blocks = message(page, "Long").locator(".code-block pre")
    expect(blocks).to_have_count(2)
    folded, whole = blocks.evaluate_all("all => all.map(one => [one.clientHeight, one.scrollHeight])")
    assert folded[0] < folded[1]
    assert whole[0] == whole[1] == folded[1]


def test_what_is_chosen_in_a_select_is_sent_and_stays_through_an_edit(page: Page, box: Sandbox) -> None:
    block = section("Which?", block_id="which", accessory=SELECT)
    ts = posts(box, block)
    which = message(page, "Which?")
    with page.expect_request("**/sandbox/slack/click") as sent:
        which.locator(".select").click()
        page.get_by_role("combobox", name="Search").fill("tw")
        page.keyboard.press("Enter")
    assert (sent.value.post_data_json or {})["selected"]["selected_option"]["value"] == "2"
    calls(box, "chat.update", channel="C0DEPLOYS", ts=ts, text="x", blocks=[block, section("edited since")])
    expect(message(page, "edited since").locator(".select")).to_contain_text("Two")


def test_replies_are_counted_and_open_beside_the_channel(page: Page, box: Sandbox) -> None:
    ts = posts(box, text="the card")
    posts(box, text="first news", thread_ts=ts)
    card = message(page, "the card")
    card.get_by_role("button", name="1 reply").click()
    panel = page.locator(".thread")
    expect(panel.locator(".message")).to_have_count(2)
    posts(box, text="second news", thread_ts=ts)
    expect(panel.locator(".message").last).to_contain_text("second news")
    expect(card.locator(".replies")).to_contain_text("2 replies")
    panel.get_by_role("combobox").fill("/tinystacks help")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("not_supported_in_threads")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_a_file_can_be_looked_into_and_saved(page: Page, box: Sandbox) -> None:
    content = b"at,action\n1,deploy\n"
    upload = calls(box, "files.getUploadURLExternal", filename="audit.csv", length=len(content))
    page.request.post(upload["upload_url"], data=content)
    shared = {"files": [{"id": upload["file_id"]}], "initial_comment": "Here is the audit log"}
    calls(box, "files.completeUploadExternal", channel_id="C0DEPLOYS", **shared)
    file = page.locator(".file")
    file.locator("summary").click()
    expect(file.locator("pre")).to_have_text("at,action\n1,deploy")
    with page.expect_download() as saved:
        file.get_by_role("link", name="Download").click()
    assert saved.value.suggested_filename == "audit.csv"


def test_a_picture_is_seen_at_once_and_tells_what_it_shows(page: Page, box: Sandbox) -> None:
    content = PillowCharts().png(Chart("shop / prod", (), ""))
    alt = {"alt_txt": "CPU 71% now"}
    upload = calls(box, "files.getUploadURLExternal", filename="usage.png", length=len(content), **alt)
    page.request.post(upload["upload_url"], data=content)
    shared = {"files": [{"id": upload["file_id"]}], "initial_comment": "How busy shop / prod was"}
    calls(box, "files.completeUploadExternal", channel_id="C0DEPLOYS", **shared)
    picture = page.get_by_role("img", name="CPU 71% now")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 800)


def test_the_app_home_is_drawn_and_follows_its_updates(page: Page, box: Sandbox) -> None:
    page.locator(".channels").get_by_role("button", name="TinyStacks").click()
    home = page.get_by_role("region", name="App Home")
    view = {"type": "home", "blocks": [section("Welcome home"), TABLE]}
    calls(box, "views.publish", user_id="U0ANA", view=view)
    expect(home).to_contain_text("Welcome home")
    calls(box, "views.publish", user_id="U0ANA", view={"type": "home", "blocks": [section("Moved")]})
    expect(home).to_contain_text("Moved")
    expect(home).not_to_contain_text("Welcome")


def test_whom_a_message_calls_is_marked_once_and_an_edit_calls_nobody(page: Page, box: Sandbox) -> None:
    badge = page.locator(".channels").get_by_role("button", name="prod").locator(".nav-badge")
    ts = posts(box, section("a request for <!subteam^S0REL>"), channel="C0PROD")
    expect(badge).to_have_accessible_name("1 unread")
    expect(page.locator("html")).to_have_attribute("data-unread", "")
    posts(box, section("for the thread only"), channel="C0PROD", thread_ts=ts)
    calls(box, "chat.update", channel="C0PROD", ts=ts, text="x", blocks=[section("now for <@U0ANA>")])
    posts(box, section("<!subteam^S0DEV> look"), channel="C0PROD", thread_ts=ts)
    expect(badge).to_have_accessible_name("2 unread, you are mentioned")
    becomes(page, "cy")
    expect(badge).to_have_accessible_name("1 unread, you are mentioned")
    opens_channel(page, "prod")
    expect(badge).to_be_empty()
    calls(box, "chat.update", channel="C0PROD", ts=ts, text="x", blocks=[section("<!subteam^S0REL> again")])
    expect(message(page, "again").locator(".mention.me")).to_have_text("@release")
    opens_channel(page, "deploys")
    expect(badge).to_be_empty()


def test_a_link_to_a_message_leads_to_it_and_to_a_reply_in_its_thread(page: Page, box: Sandbox) -> None:
    card = posts(box, section("the card"), channel="C0PROD")
    reply = posts(box, section("the news"), channel="C0PROD", thread_ts=card)
    links = {
        name: calls(box, "chat.getPermalink", channel="C0PROD", message_ts=ts)["permalink"]
        for name, ts in (("card", card), ("reply", reply))
    }
    posts(box, section(f"<{links['card']}|to the card> or <{links['reply']}|to the reply>"))
    for number in range(15):
        box.person("U0BO").types(f"later {number}", channel="C0PROD")
    page.get_by_role("link", name="to the card").click()
    expect(page.locator(".pane-title")).to_contain_text("#prod")
    expect(page.locator(".pane .message.meant")).to_contain_text("the card")
    expect(page.locator(".pane .message.meant")).to_be_in_viewport()
    opens_channel(page, "deploys")
    page.get_by_role("link", name="to the reply").click()
    expect(page.locator(".thread .message.meant")).to_contain_text("the news")


def test_an_empty_channel_says_what_to_type(page: Page, box: Sandbox) -> None:
    start = page.get_by_text("This is the very beginning of #deploys")
    expect(start).to_be_visible()
    posts(box, section("first"))
    expect(start).to_be_hidden()


def test_a_file_for_one_person_stands_in_their_direct_messages(page: Page, box: Sandbox) -> None:
    content = b"at,action\n1,deploy\n"
    upload = calls(box, "files.getUploadURLExternal", filename="audit.csv", length=len(content))
    page.request.post(upload["upload_url"], data=content)
    direct = calls(box, "conversations.open", users="U0ANA")["channel"]["id"]
    words = {"channel_id": direct, "initial_comment": "Here is the audit log"}
    calls(box, "files.completeUploadExternal", files=[{"id": upload["file_id"]}], **words)
    apps = page.locator(".channels").get_by_role("button", name="TinyStacks")
    expect(apps.locator(".nav-badge")).to_have_text("1")
    apps.click()
    page.get_by_role("tab", name="Messages").click()
    expect(message(page, "Here is the audit log").locator(".file")).to_contain_text("audit.csv")
    assert serious(page) == []
    becomes(page, "bo")
    expect(page.locator(".channels .unread")).to_have_count(0)


OFFERED = {
    "/": ["/tinystacks"],
    "/tinystacks de": ["deploy"],
    "/tinystacks deploy ": ["shop", "payload-svc", "web"],
    "/tinystacks deploy shop ": ["staging", "prod"],
    "/tinystacks deploy WEB ": ["prod"],
    "/tinystacks unlock shop ": ["staging", "prod"],
    "/tinystacks audit sh": ["shop"],
    "/tinystacks audit @b": ["@bo"],
    "/tinystacks deploy shop prod --re": ["--reason"],
    "/tinystacks help unl": ["unlock"],
    "/tinystacks nonsense ": [],
    "hello @re": ["@release"],
    "see #pr": ["#prod"],
    "hello": [],
}


def test_the_composer_offers_what_could_come_next(page: Page) -> None:
    offered = """async words => {
        document.querySelector("#composer").value = words;
        document.querySelector("#composer").dispatchEvent(new Event("input"));
        return [...document.querySelectorAll("#slack .pane .choices-list strong")].map(one => one.textContent);
    }"""
    assert {words: page.evaluate(offered, words) for words in OFFERED} == OFFERED
