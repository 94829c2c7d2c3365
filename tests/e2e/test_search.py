"""The search on top of every page by keys, by thumb and without scripts."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import PHONE, WIDE, OpenPage
from tests.e2e.firm import Firm

pytestmark = pytest.mark.e2e

CLIENT = re.compile(r"/clients/\d+/$")


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name=re.compile("客户号|client number"))


def hits(page: Page) -> Locator:
    """The clients that have dropped down."""
    return page.locator("#found [aria-labelledby=found-clients] [role=option]:not(.found-all)")


def look_for(page: Page, words: str) -> None:
    """Type as a person does, and wait for what is found."""
    page.keyboard.press("/")
    with page.expect_response(re.compile(r"/search/\?q=.")):
        page.keyboard.type(words)


class TestKeys:
    def test_found_walked_through_and_opened(self, open_as: OpenPage) -> None:
        page = open_as("counter_clerk", "/")
        look_for(page, "wl")
        expect(box(page)).to_have_attribute("aria-expanded", "true")
        expect(hits(page).first).to_contain_text("**")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        expect(hits(page).first).to_have_attribute("aria-selected", "true")
        expect(box(page)).to_have_attribute("aria-activedescendant", "found-clients-1")
        address = hits(page).first.get_attribute("href")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(f"{address}$"))

    def test_escape_closes_then_leaves(self, open_as: OpenPage) -> None:
        page = open_as("counter_clerk", "/")
        look_for(page, "wl")
        expect(hits(page).first).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#found")).to_be_hidden()
        expect(box(page)).to_be_focused()
        page.keyboard.press("ArrowDown")
        expect(hits(page).first).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        expect(box(page)).not_to_be_focused()

    def test_enter_without_a_choice_shows_all(self, open_as: OpenPage) -> None:
        page = open_as("counter_clerk", "/")
        look_for(page, "wl")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("搜索")
        expect(box(page)).to_have_value("wl")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page).to_have_url(CLIENT)

    def test_the_last_option_is_the_list(self, open_as: OpenPage) -> None:
        page = open_as("counter_clerk", "/")
        look_for(page, "wl")
        expect(hits(page).first).to_be_visible()
        page.locator("#found-clients-all").click()
        expect(page).to_have_url(re.compile(r"/clients/\?q=wl&status=active"))

    def test_what_was_opened_last_stands_in_the_empty_box(self, open_as: OpenPage) -> None:
        page = open_as("callback_clerk", "/clients/")
        opened = page.locator("#list [data-row-link]").first.inner_text()
        page.locator("#list [data-row-link]").first.click()
        expect(page).to_have_url(CLIENT)
        page.keyboard.press("/")
        expect(hits(page).first).to_contain_text(opened)
        expect(page.locator("#found-clients")).to_contain_text("最近打开")

    def test_nothing_is_looked_for_while_characters_are_composed(self, open_as: OpenPage) -> None:
        page = open_as("counter_clerk", "/")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "/search/?q=" in request.url else None)
        page.keyboard.press("/")
        keyboard = page.context.new_cdp_session(page)
        keyboard.send("Input.imeSetComposition", {"text": "wang", "selectionStart": 4, "selectionEnd": 4})
        expect(box(page)).to_have_value("wang")
        with page.expect_response(re.compile(r"q=%E7%8E%8B%E4%BC%9F$")):
            keyboard.send("Input.insertText", {"text": "王伟"})
        assert not [url for url in asked if "wang" in url]

    def test_too_little_is_said(self, open_as: OpenPage) -> None:
        page = open_as("counter_clerk", "/")
        look_for(page, "王")
        expect(page.locator("#found")).to_contain_text("至少输入姓名的两个字")
        expect(box(page)).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize(("language", "size"), [("zh-hans", WIDE), ("en", PHONE)])
def test_fits_and_is_accessible(open_as: OpenPage, language: str, size: dict[str, int]) -> None:
    page = open_as("counter_clerk", "/", language=language, size=size)
    look_for(page, "wl")
    expect(hits(page).first).to_be_visible()
    place = page.locator("#found").bounding_box()
    assert place is not None
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= size["width"]
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    found = Axe().run(page, context=".topbar")
    assert found.violations_count == 0, found.generate_report()


def test_without_scripts(firm: Firm, browser: Browser, open_as: OpenPage) -> None:
    with_scripts = open_as("counter_clerk", "/")
    state = with_scripts.context.storage_state()
    context = browser.new_context(java_script_enabled=False, storage_state=state, base_url=firm.url)
    page = context.new_page()
    page.goto("/")
    page.locator(".topsearch input").fill("wl")
    page.locator(".topsearch input").press("Enter")
    expect(page.locator(".lines [data-row]").first).to_contain_text("**")
    context.close()
