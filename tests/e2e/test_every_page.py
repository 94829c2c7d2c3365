"""Every page as every role that has it: both languages, wide and narrow, nothing refused, no sideways scrolling."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import PHONE, WIDE, OpenPage

CLIENT_PAGES = ["/", "/clients/"]
BATCH_PAGES = ["/segmentation/", "/segmentation/runs/", "/segmentation/policies/"]
PAGES = {
    "customer_manager": CLIENT_PAGES,
    "callback_clerk": CLIENT_PAGES,
    "counter_clerk": CLIENT_PAGES,
    "call_centre_agent": CLIENT_PAGES,
    "general_manager": [*CLIENT_PAGES, *BATCH_PAGES],
    "operations_director": [*CLIENT_PAGES, "/imports/"],
    "operations_centre": [*CLIENT_PAGES, *BATCH_PAGES, "/imports/"],
    "sales_trading_hq": [*CLIENT_PAGES, *BATCH_PAGES],
    "compliance": [*CLIENT_PAGES, *BATCH_PAGES],
    "auditor": [*CLIENT_PAGES, *BATCH_PAGES, "/imports/"],
    "education_editor": ["/"],
    "administrator": ["/"],
}
MATRIX = [(role, path) for role, paths in PAGES.items() for path in paths]


def scrolls_sideways(page: Page) -> bool:
    wider: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wider


@pytest.mark.parametrize(("role", "path"), MATRIX)
def test_wide_in_chinese(open_as: OpenPage, role: str, path: str) -> None:
    page = open_as(role, path)
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert page.locator("h1").count() == 1
    assert not scrolls_sideways(page)


@pytest.mark.parametrize(("role", "path"), MATRIX)
def test_narrow_in_english(open_as: OpenPage, role: str, path: str) -> None:
    page = open_as(role, path, language="en", size=PHONE)
    assert page.locator("html").get_attribute("lang") == "en"
    assert not scrolls_sideways(page)


@pytest.mark.long
@pytest.mark.parametrize(
    ("role", "path"),
    [("operations_centre", path) for path in [*CLIENT_PAGES, *BATCH_PAGES, "/imports/"]]
    + [("customer_manager", path) for path in CLIENT_PAGES],
)
@pytest.mark.parametrize(("language", "size"), [("zh-hans", WIDE), ("en", PHONE)])
def test_no_accessibility_violations(
    open_as: OpenPage, role: str, path: str, language: str, size: dict[str, int]
) -> None:
    found = Axe().run(open_as(role, path, language=language, size=size))
    assert found.violations_count == 0, found.generate_report()
