"""Coming in, staying in, going out: sign-in, language, the sheet of keys, the idle lock."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import OpenPage
from tests.e2e.firm import Firm

pytestmark = pytest.mark.e2e

IDLE_MINUTES = 16  # one more than people.md allows

SignIn = Callable[[str], Page]


@pytest.fixture
def anybody(firm: Firm, browser: Browser) -> Iterator[Page]:
    """A browser in which nobody is signed in."""
    context = browser.new_context(base_url=firm.url)
    yield context.new_page()
    context.close()


@pytest.fixture
def sign_in(firm: Firm, anybody: Page) -> SignIn:
    """`sign_in(role)`: a session of its own, which may be locked and ended without disturbing other tests."""

    def signed(role: str) -> Page:
        anybody.goto("/account/login/")
        anybody.get_by_label("工号").fill(firm.accounts[role].staff_no)
        anybody.get_by_label("密码").fill(firm.accounts[role].password)
        anybody.keyboard.press("Enter")
        expect(anybody).to_have_url(f"{firm.url}/")
        return anybody

    return signed


def test_a_stranger_signs_in_and_arrives_where_he_was_going(firm: Firm, anybody: Page) -> None:
    anybody.goto("/clients/?group=core")
    expect(anybody).to_have_url(re.compile("/account/login/"))
    anybody.get_by_label("工号").fill(firm.accounts["counter_clerk"].staff_no)
    anybody.get_by_label("密码").fill("not the password")
    anybody.keyboard.press("Enter")
    expect(anybody.get_by_role("alert")).to_contain_text("工号或密码不正确")
    expect(anybody.get_by_label("工号")).to_have_value(firm.accounts["counter_clerk"].staff_no)
    anybody.get_by_label("密码").fill(firm.accounts["counter_clerk"].password)
    anybody.keyboard.press("Enter")
    expect(anybody).to_have_url(f"{firm.url}/clients/?group=core")


def test_a_demo_account_is_one_click(anybody: Page) -> None:
    anybody.goto("/account/login/")
    anybody.get_by_role("button", name="投诉专员").click()
    expect(anybody.locator(".topright")).to_contain_text("投诉专员")
    expect(anybody.get_by_role("heading", level=1)).to_contain_text("好，")


def test_signing_out_ends_the_session(sign_in: SignIn) -> None:
    page = sign_in("complaint_officer")
    page.get_by_text("我的菜单").locator("..").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page).to_have_url(re.compile("/account/login/"))
    page.goto("/clients/")
    expect(page).to_have_url(re.compile("/account/login/"))


def test_the_language_is_switched_and_follows_the_person(sign_in: SignIn) -> None:
    page = sign_in("wealth_secretary")
    page.get_by_role("button", name="Switch to English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Clients", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My clients")
    page.get_by_role("button", name="切换到中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的客户")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_the_sheet_of_keys(open_as: OpenPage) -> None:
    page = open_as("customer_manager", "/clients/")
    page.keyboard.press("/")
    page.keyboard.type("?")
    sheet = page.locator("#keys")
    expect(sheet).to_be_hidden()  # keys rest while somebody types
    page.keyboard.press("Escape")  # closes what was found
    page.keyboard.press("Escape")  # leaves the box
    page.keyboard.press("?")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("上一行")
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(sheet).to_be_visible()  # and while a dialog is open
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page.get_by_role("heading", level=1)).to_contain_text("好，")


def test_an_idle_page_is_covered_and_gives_back_what_was_typed(firm: Firm, sign_in: SignIn) -> None:
    page = sign_in("adviser")
    page.clock.install()
    page.goto("/clients/")
    page.get_by_role("searchbox").first.fill("half a na")
    with page.expect_response(re.compile("/account/lock/now/")):
        page.clock.fast_forward(f"{IDLE_MINUTES}:00")
    cover = page.locator("#lock")
    expect(cover).to_be_visible()
    page.keyboard.press("Escape")
    expect(cover).to_be_visible()
    cover.get_by_label("密码").fill("a guess")
    page.keyboard.press("Enter")
    expect(cover.get_by_role("alert")).to_have_text("密码不正确。")
    cover.get_by_label("密码").fill(firm.accounts["adviser"].password)
    page.keyboard.press("Enter")
    expect(cover).to_be_hidden()
    expect(page.get_by_role("searchbox").first).to_have_value("half a na")


def test_a_locked_session_opens_nothing_elsewhere(sign_in: SignIn) -> None:
    page = sign_in("adviser")
    page.clock.install()
    page.goto("/")
    with page.expect_response(re.compile("/account/lock/now/")):
        page.clock.fast_forward(f"{IDLE_MINUTES}:00")
    other = page.context.new_page()
    other.goto("/clients/")
    expect(other.get_by_role("heading", level=1)).to_contain_text("已锁定")
    expect(other.locator("[data-row]")).to_have_count(0)
