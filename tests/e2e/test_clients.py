"""Clients as those who serve them see them: the night, the list, one client, and what stays hidden from whom."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import OpenPage

pytestmark = pytest.mark.e2e

NUMBER = re.compile(r"\d{4} \d{4} \d{4}")
MASKED_PHONE = re.compile(r"1\d{2}\*{4}\d{4}")
CLEAR_PHONE = re.compile(r"1\d{10}")
MONTHS = 13


def rows(page: Page) -> Locator:
    return page.locator("#list [data-row]")


def counted(page: Page) -> int:
    """The number beside the heading of a list."""
    found = re.search(r"([\d,]+) (?:位客户|项变化)", page.locator(".page-note").first.inner_text())
    assert found is not None
    return int(found[1].replace(",", ""))


def choose(page: Page, chip: str, *values: str) -> None:
    """Tick choices of a filter and apply them."""
    box = page.locator(".chip", has=page.locator("legend", has_text=re.compile(f"^{chip}$")))
    box.locator("summary").click()
    for value in values:
        box.get_by_label(value, exact=True).check()
    box.get_by_role("button", name="应用").click()


def first_client(page: Page) -> str:
    """The client number of the first row, as it is written."""
    return rows(page).first.locator("[data-row-link]").inner_text()


class TestCustomerManager:
    def test_every_figure_of_the_night_leads_to_just_those_clients(self, open_as: OpenPage) -> None:
        page = open_as("customer_manager", "/")
        night = page.locator("section[aria-labelledby=overnight-title]")
        expect(night).to_contain_text("昨夜变化")
        figure = night.locator(".stat").first
        count = int(figure.locator(".stat-value").inner_text().replace(",", ""))
        figure.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("昨夜变化")
        assert counted(page) == count
        expect(rows(page)).to_have_count(min(count, 50))
        page.keyboard.press("Escape")
        expect(page.locator("#overnight-title")).to_be_visible()

    def test_the_list_by_keys(self, open_as: OpenPage) -> None:
        page = open_as("customer_manager", "/")
        page.keyboard.press("g")
        page.keyboard.press("c")
        expect(page.get_by_role("heading", level=1)).to_have_text("我的客户")
        for key in "jjk":
            page.keyboard.press(key)
        here = page.locator("#list .row-here")
        expect(here).to_have_count(1)
        assert here.locator("[data-row-link]").inner_text() == first_client(page)
        number = first_client(page)
        page.keyboard.press("Enter")
        expect(page.locator(".client-head")).to_contain_text(number)
        page.keyboard.press("Escape")
        expect(page.get_by_role("heading", level=1)).to_have_text("我的客户")

    def test_assets_and_trading_on_paper(self, open_as: OpenPage) -> None:
        page = open_as("customer_manager", "/clients/?group=core")
        rows(page).first.locator("[data-row-link]").click()
        page.locator(".tabs a[href$='/ledger/']").click()
        name = page.get_by_role("heading", level=1).inner_text()
        page.emulate_media(media="print")
        head = page.locator(".print-head")
        expect(head).to_be_visible()
        expect(head).to_contain_text(f"{name[0]}*")
        assert name not in page.locator("main").inner_text()
        for hidden in ("h1", ".nav", ".topbar", ".tabs", ".client-actions"):
            expect(page.locator(hidden).first).to_be_hidden()
        expect(page.locator(".chart-table tbody tr").last).to_be_visible()
        assert page.pdf(format="A4").count(b"/Type /Page\n") > 1

    def test_filters_narrow_the_list_and_stand_in_the_address(self, open_as: OpenPage) -> None:
        page = open_as("customer_manager", "/clients/")
        everybody = counted(page)
        choose(page, "等级", "钻石卡", "白金卡")
        expect(page).to_have_url(re.compile(r"tier=platinum&tier=diamond|tier=diamond&tier=platinum"))
        expect(rows(page).locator(".badge-gold, .badge-silver")).to_have_count(0)
        both = counted(page)
        assert 0 < both < everybody
        choose(page, "类型", "投资型")
        expect(page).to_have_url(re.compile("style=investor"))
        assert counted(page) <= both
        page.reload()
        assert counted(page) <= both
        page.get_by_role("link", name="清除全部条件").first.click()
        expect(page).not_to_have_url(re.compile("tier="))
        assert counted(page) == everybody

    def test_pages_go_on_and_come_back(self, open_as: OpenPage) -> None:
        page = open_as("customer_manager", "/clients/")
        first = first_client(page)
        seen = set(rows(page).locator("[data-row-link]").all_inner_texts())
        page.get_by_role("link", name="下一页").click()
        expect(rows(page).first).not_to_contain_text(first)
        assert seen.isdisjoint(rows(page).locator("[data-row-link]").all_inner_texts())
        page.get_by_role("link", name="上一页").click()
        expect(rows(page).first).to_contain_text(first)

    def test_an_own_client_in_clear_with_the_reason(self, open_as: OpenPage) -> None:
        page = open_as("customer_manager", "/clients/?group=core")
        rows(page).first.locator("[data-row-link]").click()
        head = page.locator(".client-head")
        expect(head.get_by_role("heading", level=1)).not_to_contain_text("*")
        expect(head).to_contain_text(CLEAR_PHONE)
        expect(head).to_contain_text("为什么是核心")
        head.get_by_role("link", name="计算过程").click()
        held = page.locator("tbody.rule-holds", has=page.locator(".badge", has_text="核心"))
        expect(held.locator(".rule-met", has_text="是").first).to_be_visible()

    def test_the_chart_has_a_table(self, open_as: OpenPage) -> None:
        page = open_as("customer_manager", "/clients/")
        rows(page).first.locator("[data-row-link]").click()
        chart = page.locator("#assets")
        expect(chart.locator("[data-chart] svg")).to_be_visible()
        expect(chart.locator(".chart-table")).to_be_hidden()
        chart.get_by_role("button", name="看表格").click()
        expect(chart.locator(".chart-table tbody tr")).to_have_count(MONTHS)
        expect(chart.locator("[data-chart]")).to_be_hidden()
        chart.get_by_role("button", name="看图表").click()
        expect(chart.locator("[data-chart] svg")).to_be_visible()


class TestCounterClerk:
    def test_everybody_is_masked_and_found_by_the_name_he_says(self, open_as: OpenPage) -> None:
        manager = open_as("customer_manager", "/clients/")
        number, name = first_client(manager), rows(manager).first.locator(".client-name").inner_text()
        page = open_as("counter_clerk", "/clients/")
        assert all("**" in shown for shown in page.locator("#list .client-name").all_inner_texts())
        page.locator(".filters-search input").fill(name)
        page.keyboard.press("Enter")
        expect(rows(page).filter(has_text=number)).to_have_count(1)
        expect(page.locator("#list")).not_to_contain_text(name)

    def test_a_whole_number_opens_the_client(self, open_as: OpenPage) -> None:
        page = open_as("counter_clerk", "/clients/")
        number = first_client(page)
        page.keyboard.press("/")
        page.keyboard.type(number.replace(" ", ""))
        page.keyboard.press("Enter")
        head = page.locator(".client-head")
        expect(head).to_contain_text(number)
        expect(head.get_by_role("heading", level=1)).to_contain_text("**")
        expect(head).to_contain_text(MASKED_PHONE)
        expect(head.get_by_text("显示", exact=True)).to_have_count(0)  # he may not reveal
        expect(head).not_to_contain_text(CLEAR_PHONE)

    def test_a_client_of_another_branch_does_not_exist(self, open_as: OpenPage) -> None:
        page = open_as("operations_centre", "/clients/?branch=SH01")
        number = first_client(page).replace(" ", "")
        page = open_as("counter_clerk", "/")
        assert page.request.get(f"/clients/{number}/").status == 404


class TestCompliance:
    def test_a_field_is_shown_with_a_reason_and_hides_again(self, open_as: OpenPage) -> None:
        page = open_as("compliance", "/clients/")
        page.clock.install()
        rows(page).first.locator("[data-row-link]").click()
        page.get_by_role("link", name="客户资料").click()
        phone = page.locator("dt", has_text=re.compile("^电话$")).locator("+ dd")
        expect(phone).to_contain_text(MASKED_PHONE)
        phone.get_by_text("显示", exact=True).first.click()
        phone.get_by_label("合规检查或调查").check()
        phone.get_by_role("button", name="显示").click()
        expect(phone.locator(".revealed")).to_have_text(CLEAR_PHONE)
        expect(phone.locator(".htmx-added")).to_have_count(0)  # by now htmx has set its timer
        page.clock.fast_forward("01:01")
        expect(phone.locator(".revealed")).to_have_count(0)
        expect(phone).to_contain_text(MASKED_PHONE)

    def test_not_without_a_reason(self, open_as: OpenPage) -> None:
        page = open_as("compliance", "/clients/")
        rows(page).first.locator("[data-row-link]").click()
        head = page.locator(".client-head")
        head.get_by_text("显示", exact=True).first.click()
        head.get_by_role("button", name="显示").click()
        expect(head.locator("input:invalid").first).to_be_attached()
        expect(head.locator(".revealed")).to_have_count(0)
