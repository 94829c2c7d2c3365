"""The administrator's tables in a real browser: nothing that our content security policy refuses, nothing lost."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import OpenPage

pytestmark = pytest.mark.e2e

TABLES = ("unit", "user", "appointment", "standin", "calendarday")
PAGES = [
    "/admin/",
    *(f"/admin/crm/{table}/{page}" for table in TABLES for page in ("", "add/")),
    *(f"/admin/crm/{table}/{page}/" for table in ("unit", "calendarday") for page in ("import", "export")),
    "/admin/crm/calendarday/2026-02-17/change/",
    "/admin/crm/calendarday/2026-02-17/history/",
]
NOTICE = "day,working,exchange_open,remark\n2028-01-03,0,,元旦\n"


@pytest.mark.parametrize("path", PAGES)
def test_opens_without_complaint(open_as: OpenPage, path: str) -> None:
    page = open_as("administrator", path)
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "zh-hans"


def test_people_are_found_while_typing(open_as: OpenPage) -> None:
    page = open_as("administrator", "/admin/crm/appointment/add/")
    page.click(".field-user .select2-selection")
    page.locator(".select2-results__option[role=option], .select2-results__option--highlighted").first.wait_for()


def test_a_year_is_previewed(open_as: OpenPage) -> None:
    page = open_as("administrator", "/admin/crm/calendarday/import/")
    file = {"name": "notice.csv", "mimeType": "text/csv", "buffer": NOTICE.encode()}
    page.set_input_files("[name=import_file]", file)  # type: ignore[arg-type]
    page.click("input[type=submit]")
    assert page.locator("table.import-preview ins").first.inner_text() == "0"
    assert page.locator("[name=confirm]").count() == 1
