"""The queue: two people press "next" at once; a supervisor moves a queue; headquarters tries a plan."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import firm as firms
from tests.e2e.conftest import OpenPage

pytestmark = pytest.mark.e2e

AGENT, CHIEF = "call_centre_agent", "call_centre_supervisor"
# Calls of the call centre's pool to clients who may be called around the clock, most urgent of all.
LAY = """
import datetime as dt
from django.utils import timezone
from callbacks.calls.models import Call, CallReason
from callbacks.calls.units import call_centre_unit
from callbacks.scripts.models import Script
from clients.profile.models import Client, ClientWishes
unit, now = call_centre_unit(), timezone.now()
script = Script.objects.get(code="assigned")
clients = Client.objects.filter(status="active", kind="individual", calls__isnull=True, wishes__isnull=True)
for client in clients.order_by("-client_no")[:{number}]:
    ClientWishes.objects.create(client=client, call_days="any", call_from=dt.time(0), call_until=dt.time(23, 59))
    call = Call.objects.create(client=client, branch=client.branch, unit=unit, kind="assigned", rank=-20, made_at=now,
        ready=True, due_at=now + dt.timedelta(hours=5), own_hours=True, closes_at=now + dt.timedelta(hours=23))
    CallReason.objects.create(call=call, client=client, branch=client.branch, kind="assigned", subject=f"e:{{call.pk}}",
        facts={{"what": "{what}"}}, script=script, rank=-20, due_at=call.due_at, made_at=now)
    print(call.pk)
"""


def lay_calls(firm: firms.Firm, number: int, what: str) -> list[int]:
    """So many calls that wait in the call centre's pool."""
    return [
        int(line) for line in firms.run_inside(firm, LAY.format(number=number, what=what)).split() if line.isdigit()
    ]


def claimed_on(page: Page) -> int:
    """The number of the call that the page shows."""
    expect(page).to_have_url(re.compile(r"/calls/\d+/$"))
    return int(page.url.rstrip("/").rpartition("/")[2])


def test_two_people_press_next_at_once_and_get_two_calls(firm: firms.Firm, open_as: OpenPage) -> None:
    laid = lay_calls(firm, 2, "同时领取")
    agent, chief = open_as(AGENT, "/calls/queue/"), open_as(CHIEF, "/calls/queue/")
    for page in (agent, chief):  # neither waits for the other's answer
        page.evaluate("document.querySelector('form[action$=\"/calls/next/\"]').requestSubmit()")
    got = {claimed_on(agent), claimed_on(chief)}
    assert got == set(laid)
    again = open_as(AGENT, "/calls/queue/")
    again.keyboard.press("n")
    assert claimed_on(again) == claimed_on(agent)
    for page in (agent, chief):
        _release(page)


def _release(page: Page) -> None:
    """Give the call back, so that other tests find their people free."""
    page.evaluate(
        """() => {
            const form = document.querySelector('form[action$="/release/"]');
            form.requestSubmit();
        }"""
    )
    expect(page).not_to_have_url(re.compile(r"/calls/\d+/$"))


def test_a_supervisor_moves_a_queue(firm: firms.Firm, open_as: OpenPage) -> None:
    laid = lay_calls(firm, 3, "移动队列")
    page = open_as(CHIEF, "/calls/?kind=assigned&sort=urgency")
    rows = page.locator("#list [data-row]")
    expect(rows.first).to_be_visible()
    for pk in laid:
        page.locator(f"#list input[type=checkbox][value='{pk}']").check()
    page.locator("[data-bulk]").get_by_role("button", name="分派", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("分派")
    name = firms.run_inside(
        firm,
        "from crm.organisation.models import User;"
        f"print(User.objects.get(staff_no='{firm.accounts[AGENT].staff_no}').name)",
    ).strip()
    page.get_by_label(re.compile(name)).check()
    page.locator("main form[method=post] button.btn-primary").click()
    expect(page).to_have_url(re.compile(r"/calls/bulk/\d+/$"))
    expect(page.locator("main")).to_contain_text("3")
    agent = open_as(AGENT, "/calls/queue/")
    expect(agent.locator("section[aria-labelledby=mine-title]")).to_contain_text("移动队列")
    board = open_as(CHIEF, "/calls/board/")
    expect(board.get_by_role("heading", level=1)).to_be_visible()
