"""Segmentation: where everybody stands, what a night changed, and how a policy comes into force."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import PHONE, WIDE, OpenPage

pytestmark = pytest.mark.e2e

TRIAL_SECONDS = 60
# So far ahead that no night of the tests' firm is run by what is approved here.
FAR = dt.date.today() + dt.timedelta(days=300)


def number(cell: Locator) -> int:
    return int(cell.inner_text().replace(",", ""))


def counted(page: Page) -> int:
    """The number of clients beside the heading of a list."""
    found = re.search(r"([\d,]+) 位客户", page.locator(".page-note").first.inner_text())
    assert found is not None
    return int(found[1].replace(",", ""))


def test_every_figure_leads_to_just_those_clients(open_as: OpenPage) -> None:
    page = open_as("sales_trading_hq", "/segmentation/")
    expect(page.locator("#tiers [data-chart] svg")).to_be_visible()
    page.locator("#tiers").get_by_role("button", name="看表格").click()
    cell = page.locator("#tiers .chart-table tbody td a").first
    count = number(cell)
    cell.click()
    assert counted(page) == count
    page.go_back()
    branch = page.locator("section", has=page.get_by_role("heading", name="按营业部")).locator("tbody tr").first
    group = branch.locator("td a").nth(1)
    count = number(group)
    group.click()
    assert counted(page) == count
    expect(page.locator("#list [data-row]").first.locator(".badge", has_text="异动")).to_be_visible()


def test_a_night_and_what_it_changed(open_as: OpenPage) -> None:
    page = open_as("general_manager", "/segmentation/runs/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("分类运行")
    changed = page.locator(".stat", has=page.get_by_text("变更", exact=True)).locator(".stat-value")
    expect(page.locator("#list [data-row]")).to_have_count(number(changed))
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_have_text("分类运行")


def try_numbers(page: Page) -> None:
    """Lower what a gold card asks for, and see who would move."""
    page.get_by_label("金卡起点", exact=True).fill("80万")
    page.keyboard.press("Tab")
    page.get_by_role("button", name=re.compile("^试算")).click()
    expect(page.locator("#trial .card-picked")).to_contain_text("位客户中有", timeout=TRIAL_SECONDS * 1000)


def test_numbers_are_tried_before_they_are_proposed(open_as: OpenPage) -> None:
    page = open_as("sales_trading_hq", "/segmentation/policies/new/")
    try_numbers(page)
    expect(page.get_by_label("金卡起点", exact=True)).to_have_value(re.compile("80"))
    moving = page.locator("#trial .moves a[href$='/tier/silver/gold/']")
    count = number(moving)
    assert count > 0
    moving.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("银卡 → 金卡")
    assert counted(page) == count
    expect(page.locator("#list [data-row]")).to_have_count(min(count, 50))
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_have_text("试算")
    expect(page.locator("#trial-calls")).to_contain_text("营业部")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_trial_stands_beside_what_is_typed(open_as: OpenPage, size: dict[str, int]) -> None:
    page = open_as("sales_trading_hq", "/segmentation/policies/new/", size=size)
    gold, differs = page.get_by_label("金卡起点", exact=True), page.locator("#trial [data-tried-differs]")
    page.get_by_label("名称", exact=True).fill("放宽金卡")
    gold.fill("400万")  # more than a platinum card asks for
    page.get_by_role("button", name=re.compile("^试算")).click()
    expect(page.locator(".policy-line.field-bad")).to_have_count(2)
    expect(gold).to_have_value("400万")
    expect(page.locator("#trial")).to_contain_text("尚未试算")

    try_numbers(page)
    expect(page.locator(".field-bad")).to_have_count(0)
    expect(page.get_by_label("名称", exact=True)).to_have_value("放宽金卡")
    expect(gold).to_have_value("80万")
    expect(page.locator("#trial .trial-counts")).to_contain_text("金卡")
    expect(page.locator("#trial .matrix")).to_have_count(2)
    expect(differs).to_be_hidden()
    form, panel = page.locator("#proposal").bounding_box(), page.locator("#trial").bounding_box()
    assert form is not None
    assert panel is not None
    if size is PHONE:
        assert panel["y"] >= form["y"] + form["height"]
    else:
        assert panel["x"] >= form["x"] + form["width"]

    gold.fill("70万")
    expect(differs).to_be_visible()
    gold.fill("80万")
    expect(differs).to_be_hidden()


def test_a_policy_needs_two(open_as: OpenPage) -> None:
    name = f"放宽金卡 {uuid.uuid4().hex[:8]}"
    page = open_as("sales_trading_hq", "/segmentation/policies/")
    page.keyboard.press("n")
    page.get_by_label("名称", exact=True).fill(name)
    page.get_by_label("生效日期").fill(f"{FAR:%F}")
    page.get_by_label("理由", exact=True).fill("金卡客户偏少，客户经理服务有余。")
    page.get_by_label("金卡起点", exact=True).fill("900,000")
    page.get_by_role("button", name="提交").click()
    page.locator("#confirm").get_by_role("button", name="提交").dblclick()
    expect(page.locator(".page-head .badge")).to_have_text("待批准")
    expect(page.locator("#decision")).to_contain_text("须由他人审批")
    expect(page.get_by_role("button", name="批准")).to_have_count(0)
    address = page.url

    page.get_by_role("link", name="分类标准", exact=True).first.click()
    expect(page.locator("#list [data-row]", has_text=name)).to_have_count(1)  # pressed twice, proposed once

    second = open_as("compliance", "/")
    second.locator(".alert", has_text=name).get_by_role("link").click()
    expect(second).to_have_url(address)
    expect(second.locator(".content")).to_contain_text("900,000 元")
    second.get_by_role("button", name="批准").click()
    second.locator("#confirm").get_by_role("button", name="批准").click()
    expect(second.locator(".page-head .badge")).to_have_text("已批准")
    page.goto(address)
    expect(page.locator(".page-head .badge")).to_have_text("已批准")
