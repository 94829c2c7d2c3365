"""What is typed and not saved is there again after a reload, in no browser's storage, and gone once it is saved."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, WIDE, OpenPage

pytestmark = pytest.mark.e2e

AGAIN = "尚未提交的内容"
# The first draft that a page sends stays on its way.
FIRST_UNANSWERED = """() => {
  const real = window.fetch;
  window.fetch = () => {
    window.fetch = real;
    console.info("asked");
    return new Promise(() => {});
  };
}"""


def first_client(page: Page) -> str:
    """The address of the first client of the list."""
    address = page.locator("#list [data-row-link]").first.get_attribute("href")
    assert address is not None
    return address


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_typed_reloaded_saved(open_as: OpenPage, size: dict[str, int]) -> None:
    text = f"客户想了解国债逆回购 {uuid.uuid4().hex[:8]}"
    page = open_as("counter_clerk", "/clients/", size=size)
    form = f"{first_client(page)}notes/new/"
    page.goto(form)
    page.get_by_label("备注", exact=True).fill("")
    page.get_by_label("备注", exact=True).press_sequentially(text)
    expect(page.locator("[data-draft-said]")).to_have_text(re.compile(r"草稿已于 \d\d:\d\d 保存"))
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert text not in kept

    page.reload()
    expect(page.locator(".alert", has_text=AGAIN)).to_be_visible()
    expect(page.get_by_label("备注", exact=True)).to_have_value(text)
    page.get_by_label("备注", exact=True).press("Control+End")
    page.keyboard.type("，下周回复")
    page.goto("/")  # at once: what was typed last is sent as the page is left
    page.goto(form)
    expect(page.get_by_label("备注", exact=True)).to_have_value(f"{text}，下周回复")

    page.get_by_role("button", name="保存备注").click()
    expect(page.locator("#timeline")).to_contain_text(text)
    page.goto(form)
    expect(page.get_by_label("备注", exact=True)).to_have_value("")
    expect(page.locator(".alert", has_text=AGAIN)).to_have_count(0)


def test_what_is_typed_while_a_slow_answer_is_awaited_is_sent_before_the_page_is_left(open_as: OpenPage) -> None:
    text = f"慢网络 {uuid.uuid4().hex[:8]}"
    page = open_as("counter_clerk", "/clients/")
    form = f"{first_client(page)}promises/new/"
    page.goto(form)
    page.evaluate(FIRST_UNANSWERED)
    field = page.get_by_label("承诺事项")
    with page.expect_console_message(lambda message: message.text == "asked"):
        field.fill(text)
    field.press("End")
    page.keyboard.type("，明天")
    page.goto("/")
    page.goto(form)
    expect(field).to_have_value(f"{text}，明天")


def test_a_second_window_is_told_and_a_draft_can_be_discarded(open_as: OpenPage) -> None:
    page = open_as("counter_clerk", "/clients/")
    form = f"{first_client(page)}wishes/"
    page.goto(form)
    other = page.context.new_page()
    other.goto(form)
    page.get_by_label("需求").fill("第一个窗口")
    expect(page.locator("[data-draft-said]")).to_contain_text("草稿已于")
    with other.expect_response(re.compile("/drafts/wishes/")) as answer:
        other.get_by_label("需求").fill("第二个窗口")
    assert answer.value.status == 409
    expect(other.locator("[data-draft-said]")).to_contain_text("此表单同时在其他窗口打开")
    other.close()

    page.reload()
    expect(page.get_by_label("需求")).to_have_value("第一个窗口")
    page.get_by_role("button", name="放弃", exact=True).click()
    page.locator("#confirm").get_by_role("button", name="放弃").click()
    expect(page.locator(".alert", has_text=AGAIN)).to_have_count(0)
    expect(page).to_have_url(re.compile(f"{re.escape(form)}$"))
