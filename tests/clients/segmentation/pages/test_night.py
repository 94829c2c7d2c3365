"""The night in a line on the pages: made, at work, failed, or waiting, and for what."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from clients.segmentation.night_page import Night
from clients.segmentation.nightly import ask_for_night
from crm.jobs.models import Job
from tests.clients.desk.helpers import get
from tests.clients.feeds.pages.helpers import batch
from tests.clients.segmentation.pages.firm import SHANGHAI, Firm
from tests.factories.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

MONDAY = dt.date(2026, 11, 23)
PAGES = ("/segmentation/", "/segmentation/runs/")


def morning_of(day: dt.date, hour: int = 9) -> Any:
    return time_machine.travel(dt.datetime.combine(day, dt.time(hour), SHANGHAI), tick=False)


def night(role: str = "operations_centre", language: str = "en") -> Night:
    """What both pages say of the night."""
    first, second = (get(person(role), page, language).context["night"] for page in PAGES)
    assert first == second
    found: Night = first
    return found


def test_an_exchange_day_waits_for_its_feeds_and_names_them() -> None:
    with morning_of(MONDAY + dt.timedelta(days=1)):
        batch(feed="trades", business_date=MONDAY)
        batch(feed="assets", business_date=MONDAY, state="failed")
        waits = night()
        assert (waits.tone, waits.title) == ("loud", "The night of 2026-11-23 waits since 02:00.")
        assert waits.text.startswith("Not in yet, or not with every row: Assets, Cash flows.")
        assert ask_for_night(today=timezone.localdate()) is None


def test_before_two_it_is_no_worry_yet() -> None:
    with morning_of(MONDAY + dt.timedelta(days=1), hour=1):
        waits = night()
        assert (waits.tone, waits.title) == ("", "The night of 2026-11-23 starts at 02:00.")


@pytest.mark.parametrize(("role", "url"), [("general_manager", "/imports/"), ("call_centre_supervisor", "")])
def test_what_waits_leads_to_the_files_whoever_may_see_them(role: str, url: str) -> None:
    with morning_of(MONDAY + dt.timedelta(days=1)):
        assert night(role).url == url


def test_other_days_run_on_what_is_there() -> None:
    with morning_of(MONDAY, hour=1):
        assert night().text == "Its feeds are complete."
    with morning_of(MONDAY):
        assert (night().tone, night().title) == ("", "The night of 2026-11-22 is due.")


def test_at_work() -> None:
    with morning_of(MONDAY):
        job = ask_for_night(today=MONDAY)
        assert job is not None
        works = night()
        assert (works.title, works.text) == ("The night of 2026-11-22 is at work.", "It waits for a free worker.")
        assert (works.url, night("general_manager").url) == (f"/jobs/{job.pk}/", "")


def test_one_that_failed_is_loud_and_says_why() -> None:
    with morning_of(MONDAY):
        job = ask_for_night(today=MONDAY)
        assert job is not None
        Job.objects.filter(pk=job.pk).update(state="failed", error="No policy.", ended_at=timezone.now())
        failed = night()
        assert (failed.tone, failed.title, failed.text) == ("loud", "The night of 2026-11-22 failed.", "No policy.")


def test_one_that_is_made_leads_to_what_it_changed(firm: Firm) -> None:
    made = night()
    assert (made.tone, made.url) == ("fine", f"/segmentation/runs/{firm.night.pk}/")
    assert made.title.startswith("The night of 2026-11-20 is done: today 09:00")
    assert "2026-11-20" in night(language="zh-hans").title
    assert "night" not in night(language="zh-hans").title
