"""The call screen by keyboard alone: ten calls; a reload, a lost network and a second window lose nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e import firm as firms
from tests.e2e.conftest import PHONE, WIDE, OpenPage

pytestmark = pytest.mark.e2e

# Calls assigned to one person, to clients who may be called around the clock, so that the test runs at any hour.
LAY = """
import datetime as dt
from django.utils import timezone
from callbacks.calls.laying import lay_outcomes
from callbacks.calls.models import Call, CallReason
from callbacks.scripts.models import Script
from callbacks.scripts.shipping import lay_shipped
from clients.profile.models import Client, ClientWishes
from crm.access.scope import appointments_of
from crm.organisation.models import User
lay_outcomes()
lay_shipped()
clerk = User.objects.get(staff_no="{staff_no}")
unit = appointments_of(clerk)[0].unit
now = timezone.now()
kinds = ["movement", "new_client", "core", "risk_expiry", "dormant"]
clients = Client.objects.filter(branch=unit, status="active", kind="individual", calls__isnull=True)
for place, client in enumerate(clients.order_by("client_no")[:{number}]):
    kind = kinds[place % len(kinds)]
    hours = {{"call_days": "any", "call_from": dt.time(0), "call_until": dt.time(23, 59)}}
    ClientWishes.objects.update_or_create(client=client, defaults=hours)
    call = Call.objects.create(client=client, branch=unit, unit=unit, kind=kind, rank=-10, made_at=now, ready=True,
        due_at=now + dt.timedelta(hours=5), own_hours=True, closes_at=now + dt.timedelta(hours=23), assignee=clerk)
    CallReason.objects.create(call=call, client=client, branch=unit, kind=kind, subject=f"test:{{call.pk}}",
        script=Script.objects.get(code=kind), rank=-10, due_at=call.due_at, made_at=now)
    print(call.pk)
"""
CLERK = "callback_clerk"


def lay_calls(firm: firms.Firm, number: int) -> list[int]:
    """So many new calls for the callback clerk, most urgent of all."""
    code = LAY.format(staff_no=firm.accounts[CLERK].staff_no, number=number)
    output = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=firms.PROJECT,
        env=firms._environment(firm.var, int(firm.url.rpartition(":")[2])),
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [int(line) for line in output.split() if line.isdigit()]


def next_call(page: Page) -> None:
    """The next call by its key, from the queue or a finished call."""
    page.keyboard.press("n")
    expect(page.locator("[data-call]")).to_be_visible()
    expect(page.locator("[data-count]")).to_have_text(re.compile(r"第 \d+ 题"))


def answer(page: Page) -> bool:
    """Answer the question that is shown as if all were well, and go on; False once the script is through."""
    box = page.locator("[data-asks]:visible")
    if box.count() == 0:
        return False
    choice = box.locator("[data-digit]:not([data-critical])")
    if choice.count():
        page.keyboard.press(str(choice.first.get_attribute("data-digit")))
    elif box.locator("[data-value]").count():
        page.keyboard.press("Tab")  # from the question to its field
        kind = box.get_attribute("data-kind")
        page.keyboard.type({"date": "2026-12-31", "number": "3"}.get(str(kind), "没有其他需要"))
        page.keyboard.press("Tab")
        if box.locator("[data-remark]:visible").count() == 0:
            page.locator("[data-note]").evaluate("one => one.blur()")
    page.keyboard.press("Enter")
    return True


def through(page: Page) -> None:
    """Every question of the script."""
    for _turn in range(60):
        if not answer(page):
            break
    expect(page.locator("#call-through")).to_be_visible()


def complete(page: Page) -> None:
    """The outcome "complete", with the reason why there is no recording."""
    if page.locator("[data-finding]").count():
        page.keyboard.press("f")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Escape")
    page.keyboard.press("Shift+Digit1")
    expect(page.locator("#call-finish")).to_be_visible()
    page.locator("[name=no_recording]").focus()
    page.keyboard.type("录音设备故障")
    page.keyboard.press("Enter")
    expect(page.get_by_text("话术已问完")).to_have_count(0)
    expect(page.locator(".page-head .badge", has_text="已完成")).to_be_visible()


def test_ten_calls_by_keyboard_alone(open_as: OpenPage, firm: firms.Firm) -> None:
    lay_calls(firm, 10)
    page = open_as(CLERK, "/calls/queue/")
    for _number in range(10):
        next_call(page)
        page.keyboard.press("d")
        page.keyboard.press("a") if page.get_by_role("button", name="已接通").count() else None
        expect(page.locator("[data-since]")).to_be_visible()
        through(page)
        complete(page)


def test_the_keys_stand_in_the_sheet(open_as: OpenPage, firm: firms.Firm) -> None:
    lay_calls(firm, 1)
    page = open_as(CLERK, "/calls/queue/")
    next_call(page)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("选择答案")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(page.locator("#call-skip")).to_be_visible()
    page.keyboard.press("Escape")


@pytest.fixture
def lone_page(firm: firms.Firm, browser: Browser, signed_in: Callable[[str], Path]) -> Iterator[Page]:
    """A page whose failed requests are wanted."""
    context = browser.new_context(storage_state=signed_in(CLERK), viewport=WIDE, base_url=firm.url)  # type: ignore[arg-type]
    context.add_cookies([{"name": "django_language", "value": "zh-hans", "url": firm.url}])
    yield context.new_page()
    context.close()


def away(route: Route) -> None:
    route.abort()


def test_a_lost_network_and_a_reload_lose_nothing(lone_page: Page, firm: firms.Firm) -> None:
    lay_calls(firm, 1)
    page = lone_page
    page.goto("/calls/queue/")
    next_call(page)
    for address in ("**/answer/", "**/note/"):
        page.route(address, away)
    answer(page)
    answer(page)
    page.keyboard.press("m")
    page.keyboard.type("客户说下周再联系")
    expect(page.locator("#call-unsaved")).to_contain_text("尚未保存（3）")

    page.reload()
    expect(page.locator("[data-note]")).to_have_value("客户说下周再联系")
    expect(page.locator("#call-unsaved")).to_contain_text("尚未保存（3）")
    page.unroute("**/answer/")
    page.unroute("**/note/")
    expect(page.locator("#call-unsaved")).to_be_hidden(timeout=60_000)

    page.reload()
    expect(page.locator("[data-note]")).to_have_value("客户说下周再联系")
    kept = page.evaluate("JSON.stringify({...localStorage})")
    assert "客户说下周再联系" not in kept, "what has arrived stays in no browser"


def test_a_second_window_is_noticed_and_both_versions_are_shown(open_as: OpenPage, firm: firms.Firm) -> None:
    lay_calls(firm, 1)
    page = open_as(CLERK, "/calls/queue/")
    next_call(page)
    second = page.context.new_page()
    second.goto(page.url)
    expect(page.locator("#call-second")).to_be_visible()
    while page.locator("[data-asks]:visible [data-digit]").count() == 0:
        answer(page)
        answer(second)
    page.keyboard.press("1")
    expect(page.locator("[data-asks]:visible [data-digit='1']")).to_be_checked()
    page.wait_for_timeout(500)
    second.bring_to_front()
    second.keyboard.press("2")
    expect(second.locator("[data-conflict]:visible")).to_contain_text("另一窗口保存了不同的回答")
    second.get_by_role("button", name="保留已保存的").click()
    expect(second.locator("[data-asks]:visible [data-digit='1']")).to_be_checked()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_barriers(open_as: OpenPage, firm: firms.Firm, size: dict[str, int]) -> None:
    lay_calls(firm, 1)
    page = open_as(CLERK, "/calls/queue/", size=size)
    next_call(page)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.keyboard.press("Shift+Digit1")
    expect(page.locator("#call-finish")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
