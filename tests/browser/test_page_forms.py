"""The form of a verb whose stage is missing, on a phone: chosen, corrected and sent off with a thumb."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import WAITS_MS, Opens, Shoots
from tests.browser.slack_app import DESKTOP, PHONE, message, offers, serious, types

expect.set_options(timeout=WAITS_MS)
pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("bot")]


@pytest.fixture
def phone(opens: Opens) -> Page:
    """Ana on a phone."""
    page = opens(viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    expect(page.locator("#bot")).to_have_attribute("data-state", "running")
    return page


def test_a_stage_is_locked_from_the_form_on_a_phone(phone: Page, shoots: Shoots) -> None:
    types(phone, "/tinystacks lock --reason the sale")
    dialog = phone.get_by_role("dialog", name="Lock")
    expect(dialog.get_by_label("Reason")).to_have_value("the sale")
    dialog.get_by_role("button", name="Stage").click()
    shoots(phone, "choosing")
    phone.get_by_role("option", name="shop / staging").click()
    dialog.get_by_label("For").fill("soon")
    assert serious(phone, "dialog") == []
    wide = phone.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
    dialog.get_by_role("button", name="Lock").click()
    expect(dialog).to_contain_text("Must be a duration")
    shoots(phone, "corrected")
    dialog.get_by_label("For").fill("2h")
    dialog.get_by_role("button", name="Lock").click()
    expect(dialog).to_be_hidden()
    expect(message(phone, "shop → staging is locked until")).to_be_visible()
    shoots(phone, "locked")


def test_the_shortcut_opens_the_deploy_form_and_its_preview_takes_the_forms_place(opens: Opens, shoots: Shoots) -> None:
    page = opens(viewport=DESKTOP, reduced_motion="reduce")
    expect(page.locator("#bot")).to_have_attribute("data-state", "running")
    page.get_by_role("button", name="Shortcut: Deploy…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Stage").click()
    page.get_by_role("option", name="shop / staging").click()
    dialog.get_by_label("Another image").fill("v43")
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog).to_contain_text("Deploy shop → staging?")
    shoots(page, "preview")
    offers(dialog, "Deploy").click()
    expect(dialog).to_contain_text(re.compile("Started|Follow it"))
    shoots(page, "started")


def test_help_is_pleasant_on_a_phone(phone: Page, shoots: Shoots) -> None:
    types(phone, "/tinystacks help")
    answer = message(phone, "What I understand")
    expect(answer).to_contain_text("Hold changes up")
    expect(answer).to_contain_text("Stacks and their stages")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    shoots(phone, "help")
