"""Every page as every role that has it: both languages, wide and narrow, nothing refused, no sideways scrolling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

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
LOOKS = [(language, size) for language in ("zh-hans", "en") for size in (WIDE, PHONE)]
FIRST_ROW = "#list [data-row-link]"
A_FILE = ("record_no,client_no,occurred_at,channel\n", "a11y-1,000000000000,2026-06-03T09:30:00,phone\n")


def _choose_a_file(page: Page) -> None:
    file = {"name": "service_records.csv", "mimeType": "text/csv", "buffer": "".join(A_FILE).encode()}
    page.set_input_files("[type=file]", file)  # type: ignore[arg-type]


def _keep_twice(page: Page) -> None:
    """Keep the wishes, and once more from a form that was opened before: the conflict."""
    for words, opened in (("养老规划", ""), ("子女教育", "0")):
        page.fill("[name=needs]", words)
        if opened:
            page.locator("[name=version]").evaluate("(field, version) => { field.value = version; }", opened)
        page.locator("form:has([name=version]) [type=submit]").click()
        page.wait_for_load_state()


def _look_up_the_first(page: Page) -> None:
    """Look up the first client of the list as somebody who calls and gives his number."""
    number = page.locator(FIRST_ROW).first.inner_text()
    page.goto("/enquiries/")
    page.fill("main [name=q]", number)


# What a stop does that is no click.
DEEDS: dict[str, Callable[[Page], object]] = {
    "a file": _choose_a_file,
    "keep twice": _keep_twice,
    "a tag": lambda page: page.select_option("[name=tag]", index=1),
    "a reason": lambda page: page.select_option("#export-reason", index=1),
    "a caller": _look_up_the_first,
    "another threshold": lambda page: page.locator("[name$=gold]").first.fill("80万"),
}


@dataclass(frozen=True)
class Stop:
    """A page that has no address of its own to name: where one begins, and what is clicked from there."""

    role: str
    path: str
    clicks: tuple[str, ...] = ()
    shows: str = "h1"  # what is there once the page has arrived

    def __str__(self) -> str:
        return " ".join((self.role, self.path, *self.clicks))

    def reached(self, open_as: OpenPage, language: str, size: dict[str, int]) -> Page:
        page = open_as(self.role, self.path, language=language, size=size)
        for click in self.clicks:
            if click in DEEDS:
                DEEDS[click](page)
            else:
                page.locator(click).first.click()
        expect(page.locator(self.shows).first).to_be_visible(timeout=60_000)
        return page


def tab(name: str) -> tuple[str, ...]:
    """The way from the list to a tab of the first client's page."""
    return (FIRST_ROW, f".tabs a[href$='/{name}/']")


DIAMONDS = "all_matching=1&query=tier%3Ddiamond"
EXPORT = ("summary:has(use[href$='#file-spreadsheet'])", "a reason", ".view-box:has(#export-reason) [type=submit]")
TRY = ("[name=do][value=try]",)
STOPS = [
    *(Stop(role, "/") for role in PAGES),
    *(Stop("operations_centre", path) for path in [*CLIENT_PAGES[1:], *BATCH_PAGES, "/imports/", "/jobs/"]),
    Stop("customer_manager", "/overnight/"),
    Stop("customer_manager", "/clients/"),
    Stop("customer_manager", "/clients/?q=zzzz"),
    Stop("customer_manager", "/clients/", (FIRST_ROW,)),
    *(Stop("customer_manager", "/clients/", tab(name)) for name in ("ledger", "wishes", "why", "history", "profile")),
    Stop("compliance", "/clients/", (*tab("profile"), "dl .reveal summary"), "details[open] fieldset"),
    Stop("compliance", "/contacts/figures/"),
    *(
        Stop("customer_manager", "/clients/", (*tab("ledger"), f".card-side a[href$='/{kind}/']"))
        for kind in ("trades", "flows")
    ),
    Stop("customer_manager", "/clients/?sort=-opened", (FIRST_ROW,)),
    Stop("operations_director", "/corrections/"),
    Stop("operations_director", "/corrections/", (FIRST_ROW,), "#decision"),
    Stop("counter_clerk", "/clients/", (FIRST_ROW, "a[href$='/profile/']", "a[href$='/correct/email/']"), "#id_value"),
    Stop("operations_director", "/handovers/"),
    Stop("operations_director", "/handovers/new/", ("[data-row-link]",), "[name=rule]"),
    Stop("operations_director", "/handovers/new/?from=1112&to=1107&to=1108&rule=in_turn", (), "#preview"),
    Stop("operations_centre", "/outgoing/"),
    *(
        Stop("operations_director", path)
        for path in ("/promises/?whose=all", "/overnight/", "/client-lists/", "/bulk/")
    ),
    Stop("operations_director", "/search/?q=1080", (), "main h2"),
    Stop("operations_director", "/client-lists/", ("main table a",)),
    *(Stop("operations_director", f"/bulk/new/?verb={verb}&{DIAMONDS}") for verb in ("tag", "add", "assign", "export")),
    Stop("operations_director", f"/bulk/new/?verb=tag&{DIAMONDS}", ("a tag", "main form [type=submit]"), ".pairs"),
    Stop("operations_director", "/clients/?tier=diamond", EXPORT, "form[action$='/download/']"),
    Stop("operations_director", "/clients/", (*tab("wishes"), "keep twice"), "main .table-top"),
    Stop("operations_centre", "/tags/"),
    Stop("counter_clerk", "/clients/", ("a caller", "main form [type=submit]"), "main .pairs"),
    Stop("operations_centre", "/imports/", (FIRST_ROW,)),
    Stop("operations_centre", "/imports/new/"),
    Stop("operations_centre", "/imports/new/", ("a file", "main button[type=submit]"), "#rejected"),
    Stop("operations_centre", "/segmentation/runs/", (FIRST_ROW,)),
    Stop("operations_centre", "/segmentation/runs/new/"),
    Stop("operations_centre", "/segmentation/runs/new/", ("main button[type=submit]",), ".run-meaning"),
    Stop("sales_trading_hq", "/segmentation/policies/1/"),
    Stop("compliance", "/segmentation/policies/2/"),
    Stop("sales_trading_hq", "/segmentation/policies/new/"),
    Stop("sales_trading_hq", "/segmentation/policies/new/?as=json"),
    Stop("sales_trading_hq", "/segmentation/policies/new/", TRY, "#trial .trial-matrix"),
    Stop("sales_trading_hq", "/segmentation/policies/new/", (*TRY, "#trial .card-picked a"), ".page-head .btn"),
    Stop(
        "sales_trading_hq", "/segmentation/policies/new/", ("another threshold", *TRY, "#trial .moves a"), "#list tbody"
    ),
    *(Stop("administrator", f"/account/{page}/") for page in ("sessions", "password", "codes", "logout")),
]
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
@pytest.mark.parametrize(("language", "size"), LOOKS)
@pytest.mark.parametrize("stop", STOPS, ids=str)
def test_no_accessibility_violations(open_as: OpenPage, stop: Stop, language: str, size: dict[str, int]) -> None:
    page = stop.reached(open_as, language, size)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert not scrolls_sideways(page)
