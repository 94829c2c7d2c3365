"""A file from the desk to the tables: upload, preview, confirmation, progress, result, the rows that were left out."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import OpenPage

pytestmark = pytest.mark.e2e

GOOD = 3
TAKES_SECONDS = 60
HEADER = ("record_no", "client_no", "occurred_at", "channel", "topic", "summary")
DAY = "2026-06-03"

Rows = Sequence[Sequence[str]]


def as_csv(rows: Rows) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def as_workbook(rows: Rows) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def service_records(client_no: str) -> Rows:
    """Records with numbers of their own; the last one is about nobody's client."""
    stem = uuid.uuid4().hex
    lines = [(f"{stem}-{n}", client_no, f"{DAY}T09:3{n}:00", "phone", "例行问候", "近况良好") for n in range(GOOD)]
    return [HEADER, *lines, (f"{stem}-x", "000000000000", f"{DAY}T10:00:00", "phone", "", "")]


def give(page: Page, name: str, content: bytes) -> None:
    """Choose a file as by hand."""
    page.get_by_label("文件", exact=True).set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


def figure(page: Page, label: str) -> Locator:
    """The value of one counter."""
    return page.locator(".stat", has=page.get_by_text(label, exact=True)).locator(".stat-value")


def client_of(page: Page) -> str:
    page.goto("/clients/")
    return page.locator("#list [data-row-link]").first.inner_text().replace(" ", "")


@pytest.mark.parametrize(
    ("ending", "written"), [("csv", as_csv), ("xlsx", as_workbook)], ids=["a CSV file", "a workbook"]
)
def test_a_file_with_one_bad_row(open_as: OpenPage, ending: str, written: Callable[[Rows], bytes]) -> None:
    page = open_as("operations_centre", "/")
    rows = service_records(client_of(page))
    page.goto("/imports/")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_have_text("上传文件")
    give(page, f"service_records_{DAY}.{ending}", written(rows))
    expect(page.locator("[name=feed]")).to_have_value("service_records")
    expect(page.locator("[name=business_date]")).to_have_value(DAY)
    page.get_by_role("button", name="检查文件").click()

    expect(page.get_by_text("尚未入库", exact=True)).to_be_visible()
    for label, count in (("行数", GOOD + 1), ("新增", GOOD), ("剔除", 1)):
        expect(figure(page, label)).to_have_text(str(count))
    expect(page.locator("#rejected tbody tr")).to_have_count(1)
    expect(page.locator("#rejected")).to_contain_text("000000000000")

    page.get_by_role("button", name=f"入库 {GOOD} 行，剔除 1 行").dblclick()
    state = page.locator(".page-head .badge")
    expect(state).to_have_text("部分入库", timeout=TAKES_SECONDS * 1000)
    for label, count in (("行数", GOOD + 1), ("新增", GOOD), ("剔除", 1)):
        expect(figure(page, label)).to_have_text(str(count))
    expect(page.locator(".timeline li", has_text="导入中")).to_have_count(1)  # the second click did nothing

    with page.expect_download() as download:
        page.get_by_role("link", name="剔除明细（CSV）").click()
    lines = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    assert len(lines) == 2
    assert f"{GOOD + 2}" in lines[1]  # the fifth line of the file, its header counted


def test_the_same_file_again_changes_nothing(open_as: OpenPage) -> None:
    page = open_as("operations_centre", "/")
    content = as_csv(service_records(client_of(page))[:-1])
    for left in ("新增", "未变"):
        page.goto("/imports/new/")
        give(page, f"service_records_{DAY}.csv", content)
        page.get_by_role("button", name="检查文件").click()
        expect(figure(page, left)).to_have_text(str(GOOD))
        page.get_by_role("button", name=re.compile("入库|无变化")).click()
        expect(page.locator(".page-head .badge")).to_have_text("已入库", timeout=TAKES_SECONDS * 1000)


def test_what_is_not_wanted_is_thrown_away(open_as: OpenPage) -> None:
    page = open_as("operations_centre", "/")
    content = as_csv(service_records(client_of(page)))
    page.goto("/imports/new/")
    give(page, f"service_records_{DAY}.csv", content)
    page.get_by_role("button", name="检查文件").click()
    page.get_by_role("button", name="放弃").click()
    question = page.locator("#confirm")
    expect(question).to_contain_text("放弃此文件")
    question.get_by_role("button", name="取消").click()
    expect(page.get_by_text("尚未入库", exact=True)).to_be_visible()
    page.get_by_role("button", name="放弃").click()
    question.get_by_role("button", name="放弃").click()
    expect(page.get_by_text("其内容未入库")).to_be_visible()
    expect(page.locator("#list [data-row]").first).to_contain_text("已放弃")


def test_a_file_that_is_not_what_its_name_says(open_as: OpenPage) -> None:
    page = open_as("operations_centre", "/imports/new/")
    give(page, f"service_records_{DAY}.csv", as_workbook([HEADER]))
    page.get_by_role("button", name="检查文件").click()
    expect(page.get_by_role("alert").or_(page.locator(".field-error")).first).to_contain_text("请核对发送的文件")
    expect(page.locator("[name=business_date]")).to_have_value(DAY)  # what was typed stays
