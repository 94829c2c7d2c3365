"""Recordings in the browser: the recorder with Chromium's fake microphone, reloads and lost networks, the player."""

from __future__ import annotations

import subprocess
import sys

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e import firm as firms
from tests.e2e.conftest import PHONE, WIDE, OpenPage

pytestmark = pytest.mark.e2e

# A call of the first client, and a recording of it: what the pages of the queue would have brought.
LAY = """
import datetime as dt
from django.utils import timezone
from callbacks.calls.models import Attempt, Call
from callbacks.recordings.choices import Source
from callbacks.recordings.services import Of, keep_recording
from callbacks.recordings.telephony.simulator import tone
from clients.profile.models import Client
from crm.organisation.models import User
agent = User.objects.get(staff_no="{staff_no}")
client = Client.objects.order_by("client_no").first()
now = timezone.now()
call = Call.objects.create(client=client, branch=client.branch, unit=client.branch, kind="assigned", rank=90,
    due_at=now + dt.timedelta(days=9), made_at=now)
Attempt.objects.create(call=call, number=1, by=agent, started_at=now, ended_at=now)
if {recorded}:
    keep_recording([tone(6)], by=agent, of=Of(call=call), source=Source.UPLOAD, name="tone.wav")
print(call.pk)
"""


def lay_call(firm: firms.Firm, *, recorded: bool = False) -> int:
    """The number of a new call."""
    code = LAY.format(staff_no=firm.accounts["call_centre_agent"].staff_no, recorded=recorded)
    output = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=firms.PROJECT,
        env=firms._environment(firm.var, int(firm.url.rpartition(":")[2])),
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return int(output.split()[-1])


@pytest.fixture
def call(firm: firms.Firm) -> int:
    return lay_call(firm)


def started(open_as: OpenPage, call: int, *, seconds: int) -> Page:
    """A page whose recorder runs, for some seconds already."""
    page = open_as("call_centre_agent", f"/calls/{call}/recordings/")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="录音", exact=True).click()
    expect(page.locator("[data-recorder]")).to_have_attribute("data-state", "recording")
    expect(page.locator("[data-recorder] [data-time]")).to_have_text(f"0:0{seconds}")
    return page


def stop(page: Page) -> None:
    page.get_by_role("button", name="停止并保存").click()


def test_record_pause_go_on_and_keep(open_as: OpenPage, call: int) -> None:
    page = started(open_as, call, seconds=2)
    expect(page.locator("[data-level]")).not_to_have_js_property("value", 0)  # the fake microphone beeps
    page.get_by_role("button", name="暂停").click()
    expect(page.locator("[data-recorder]")).to_have_attribute("data-state", "paused")
    page.get_by_role("button", name="继续").click()
    expect(page.locator("[data-recorder] [data-time]")).to_have_text("0:04")
    stop(page)
    expect(page.locator("[data-player]")).to_have_count(1)
    expect(page.locator(".recording-line")).to_contain_text("0:0")
    expect(page.get_by_text("曾中断")).to_have_count(0)
    assert page.evaluate("localStorage.getItem('crm-takes-waiting')") is None
    hear(page)


def hear(page: Page) -> None:
    """What a browser recorded says neither its length nor where what is: it is played and sought in all the same."""
    page.get_by_role("button", name="播放", exact=True).click()
    expect(page.locator("[data-seek]")).not_to_have_value("0")
    expect(page.locator(".player-bars").first).not_to_have_attribute("d", "M0 32H400")  # drawn by this browser
    page.locator("[data-seek]").fill("2500")
    expect(page.locator("[data-time]").first).to_have_text("0:03")


def test_a_reload_loses_nothing(open_as: OpenPage, call: int) -> None:
    page = started(open_as, call, seconds=4)
    page.reload()
    expect(page.locator("[data-player]")).to_have_count(1)
    expect(page.get_by_text("曾中断")).to_have_count(1)
    expect(page.locator(".recording-line")).to_contain_text("0:0")


def test_what_was_recorded_without_a_network_is_sent_when_it_is_back(
    firm: firms.Firm, open_as: OpenPage, call: int
) -> None:
    page = started(open_as, call, seconds=1)
    page.route(f"{firm.url}/recordings/**", lambda route: route.abort())
    expect(page.locator("[data-recorder] [data-time]")).to_have_text("0:03")
    stop(page)
    expect(page.locator("[data-recorder] [data-said]")).to_contain_text("暂时无法连接服务器")
    page.unroute(f"{firm.url}/recordings/**")
    expect(page.locator("[data-player]")).to_have_count(1)
    expect(page.get_by_text("曾中断")).to_have_count(0)


def test_play_seek_and_mark(firm: firms.Firm, open_as: OpenPage) -> None:
    call = lay_call(firm, recorded=True)
    page = open_as("call_centre_agent", f"/calls/{call}/recordings/")
    page.locator(".recording-line a").click()
    parts: list[int] = []
    page.on("response", lambda answer: parts.append(answer.status) if "/sound/" in answer.url else None)
    expect(page.locator("[data-seek]")).to_have_attribute("aria-valuetext", "0:00 / 0:06")  # the player is there
    page.keyboard.press("Space")
    player = page.locator("[data-player]")
    expect(player).to_have_class("player is-playing")
    expect(page.locator("[data-seek]")).not_to_have_value("0")
    page.keyboard.press("Space")
    expect(player).to_have_class("player")
    page.keyboard.press("ArrowRight")
    assert float(page.locator("[data-seek]").input_value()) > 5000
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-time]")).to_have_text("0:00")
    page.locator("[data-seek]").fill("4000")
    page.keyboard.press("m")
    page.keyboard.type("客户确认")
    page.keyboard.press("Enter")
    mark = page.locator(".marks li")
    expect(mark).to_contain_text("0:04")
    expect(mark).to_contain_text("客户确认")
    page.get_by_role("button", name="从 0:04 处播放").click()
    expect(player).to_have_class("player is-playing")
    assert set(parts) == {206}


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_keeps_anybody_out(firm: firms.Firm, open_as: OpenPage, size: dict[str, int]) -> None:
    call = lay_call(firm, recorded=True)
    page = open_as("call_centre_agent", f"/calls/{call}/recordings/", size=size)
    page.get_by_text("上传录音").click()
    check(page)
    page.locator(".recording-line a").first.click()
    expect(page.locator("#marks")).to_be_visible()
    check(page)


def check(page: Page) -> None:
    """Nothing against accessibility, nothing wider than the window."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
