"""A run that somebody asks for: the day, what it would mean, yes; and then one job, however often it is asked."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client as Browser

from clients.profile.models import Client
from clients.segmentation.choices import RunKind
from clients.segmentation.models import Run, SegmentChange
from clients.segmentation.services import request_run
from crm.jobs import services as jobs
from crm.jobs.models import Job, JobState
from crm.organisation.models import User
from tests.clients.desk.helpers import browser_of, get
from tests.clients.segmentation.pages.firm import BASE, MORNING, NIGHT, Firm
from tests.clients.segmentation.pages.reading import text
from tests.factories.ledger import AlertFactory
from tests.factories.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

URL = "/segmentation/runs/new/"
EARLIER = BASE - dt.timedelta(days=1)


@pytest.fixture
def officer() -> User:
    return person("operations_centre")


@pytest.fixture
def browser(officer: User) -> Browser:
    return browser_of(officer)


def sure(browser: Browser, day: dt.date) -> Any:
    """Ask for the run of `day` and say yes."""
    return browser.post(URL, {"as_of": f"{day:%F}", "sure": f"{day:%F}"})


def said(browser: Browser) -> str:
    """What the next page says first."""
    return " ".join(str(message) for message in browser.get("/segmentation/runs/").context["messages"])


class TestWho:
    def test_a_stranger_is_sent_to_sign_in(self) -> None:
        assert get(None, URL).status_code == 302
        assert sure(browser_of(None), NIGHT).status_code == 302
        assert not Job.objects.exists()

    @pytest.mark.parametrize("role", ["general_manager", "region_head", "compliance", "auditor", "customer_manager"])
    def test_who_may_not_is_told_who_may(self, role: str) -> None:
        browser = browser_of(person(role))
        for response in (browser.get(URL), sure(browser, NIGHT)):
            assert response.status_code == 403
            assert "these roles hold: " in response.content.decode()
        assert not Job.objects.exists()

    def test_the_service_refuses_too(self) -> None:
        with pytest.raises(PermissionDenied, match="Start a segmentation run or a backfill"):
            request_run(as_of=NIGHT, by=person("compliance"))

    def test_not_by_other_methods(self, browser: Browser) -> None:
        assert browser.delete(URL).status_code == 405


class TestMeaning:
    def meant(self, browser: Browser, day: dt.date) -> str:
        page = text(browser.post(URL, {"as_of": f"{day:%F}"}))
        assert not Job.objects.exists()
        return page

    def test_yesterday_is_proposed(self, browser: Browser) -> None:
        assert 'value="2026-11-20"' in text(browser.get(URL))

    def test_a_day_that_has_its_run(self, browser: Browser, firm: Firm) -> None:
        page = self.meant(browser, NIGHT)
        assert "Under policy version 1" in page
        assert "This day has a run already." in page
        assert "callbacks are told" in page
        assert "Not in yet for this day: Assets, Trades, Cash flows" in page
        assert "this is a backfill" not in page

    def test_an_earlier_day_is_a_backfill(self, browser: Browser, firm: Firm) -> None:
        page = self.meant(browser, EARLIER)
        assert "this is a backfill" in page
        assert "This day has a run already." not in page

    def test_the_first(self, browser: Browser) -> None:
        assert "It is the firm's first run" in self.meant(browser, NIGHT)

    def test_without_a_policy_there_is_no_button(self, browser: Browser) -> None:
        page = self.meant(browser, dt.date(1989, 12, 31))
        assert "the run would be refused" in page
        assert "Start the run" not in page
        sure(browser, dt.date(1989, 12, 31))
        assert said(browser) == "No approved policy is in force on 1989-12-31."
        assert not Job.objects.exists()

    def test_yes_to_another_day_is_no_yes(self, browser: Browser) -> None:
        response = browser.post(URL, {"as_of": f"{NIGHT:%F}", "sure": f"{BASE:%F}"})
        assert "Run segmentation as of 2026-11-20?" in text(response)
        assert not Job.objects.exists()

    def test_chinese(self, browser: Browser, officer: User, firm: Firm) -> None:
        page = text(browser_of(officer, "zh-hans").post(URL, {"as_of": f"{EARLIER:%F}"}))
        assert "补跑" in page
        assert "backfill" not in page

    @pytest.mark.parametrize("day", ["", "x", "2026-02-30", "2026-11-21", "2099-01-01", "0000-00-00", "0001-01-01"])
    def test_a_day_that_cannot_be_makes_no_job(self, browser: Browser, day: str) -> None:
        response = browser.post(URL, {"as_of": day, "sure": day})
        assert response.status_code == 200
        assert not Job.objects.exists()
        if day > "2026":
            assert "field-error" in text(response)
        if day.startswith("20") and day > "2026-11":
            assert "The latest possible day is 2026-11-20." in text(response)


class TestJob:
    def test_yes_makes_a_job_and_the_job_the_run(self, browser: Browser, officer: User, firm: Firm) -> None:
        AlertFactory(client=Client.objects.get(client_no="SZ1-up"), raised_on=NIGHT)

        response = sure(browser, NIGHT)

        job = Job.objects.get()
        assert response["Location"] == f"/jobs/{job.pk}/"
        assert (job.requested_by, job.params) == (officer, {"as_of": "2026-11-20"})
        assert Run.objects.filter(as_of=NIGHT).count() == 1  # the page itself runs nothing
        assert jobs.run(job.pk)
        run = Run.objects.get(as_of=NIGHT, replaced_by=None)
        assert (run.kind, run.by, run.job, run.changed) == (RunKind.MANUAL, officer, job, 1)
        assert Job.objects.get().state == JobState.DONE

    def test_unchanged_data_leave_everything_as_it_is(self, browser: Browser, firm: Firm) -> None:
        history = SegmentChange.objects.count()
        sure(browser, NIGHT)
        jobs.run(Job.objects.get().pk)
        assert list(Run.objects.order_by("pk")) == [firm.base, firm.night]
        assert SegmentChange.objects.count() == history
        assert Job.objects.get().result == {"run": firm.night.pk, "changed": 0}

    def test_an_earlier_day_is_made_as_a_backfill(self, browser: Browser, firm: Firm) -> None:
        history = SegmentChange.objects.count()
        sure(browser, EARLIER)
        jobs.run(Job.objects.get().pk)
        assert Run.objects.get(as_of=EARLIER).kind == RunKind.BACKFILL
        assert SegmentChange.objects.count() == history

    def test_twice_is_the_same_job(self, browser: Browser) -> None:
        first = sure(browser, NIGHT)
        with time_machine.travel(MORNING + dt.timedelta(minutes=1), tick=False):
            second = sure(browser, NIGHT)
            assert said(browser) == "This run has been asked for already; here it is."
        assert first["Location"] == second["Location"]
        assert Job.objects.count() == 1

    def test_a_colleague_gets_no_second_one(self, browser: Browser) -> None:
        sure(browser, NIGHT)
        colleague = browser_of(person("sales_trading_hq"))  # sees his own jobs alone
        assert sure(colleague, NIGHT)["Location"] == "/segmentation/runs/"
        assert said(colleague) == "A colleague has asked for this run already."
        assert Job.objects.count() == 1

    def test_another_day_is_another_job(self, browser: Browser) -> None:
        assert sure(browser, NIGHT)["Location"] != sure(browser, BASE)["Location"]

    @pytest.mark.parametrize("how", ["done", "stopped"])
    def test_when_it_has_ended_it_may_be_asked_for_again(self, browser: Browser, officer: User, how: str) -> None:
        sure(browser, NIGHT)
        job = Job.objects.get()
        if how == "done":
            jobs.run(job.pk)
        else:
            jobs.cancel(job, by=officer)
        with time_machine.travel(MORNING + dt.timedelta(minutes=1), tick=False):
            sure(browser, NIGHT)
        assert Job.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_get_one_job() -> None:
    officers = [person("operations_centre"), person("sales_trading_hq")]

    def ask(n: int) -> int:
        try:
            return request_run(as_of=NIGHT, by=officers[n % 2], at=MORNING + dt.timedelta(microseconds=n)).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    assert Job.objects.count() == 1
