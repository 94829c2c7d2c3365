"""Uploading a file: what is refused with clear words, what is kept, what becomes of it."""

from __future__ import annotations

import datetime as dt
import gzip
import io
from typing import Any

import pytest
import time_machine
import xlsxwriter
from django.test import Client as Browser

from clients.feeds.choices import BatchState
from clients.feeds.models import FeedBatch
from clients.ledger.models import AssetSnapshot
from crm.jobs import services as jobs
from crm.jobs.models import Job
from crm.organisation.models import User
from tests.clients.feeds.pages.helpers import ASSETS, at, batch, browser_of, fields
from tests.factories.clients import client
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db
THURSDAY = dt.date(2025, 11, 20)
ROW = "C1,2025-11-19,100.00,200.00\n"


@pytest.fixture(autouse=True)
def thursday() -> Any:
    with time_machine.travel(at(THURSDAY, 10), tick=False):
        yield


@pytest.fixture
def centre() -> User:
    return person("operations_centre")


@pytest.fixture
def browser(centre: User) -> Browser:
    client(client_no="C1")
    return browser_of(centre)


def send(browser: Browser, text: str | bytes, name: str = "assets.csv", **more: str) -> Any:
    return browser.post("/imports/new/", fields(text, name, **more))


def sent(browser: Browser, text: str | bytes = ASSETS + ROW, name: str = "assets.csv", **more: str) -> FeedBatch:
    """A file that was kept."""
    response = send(browser, text, name, **more)
    assert response.status_code == 302, response.context["form"].errors
    return FeedBatch.objects.latest("pk")


def workbook(*rows: tuple[Any, ...]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return stream.getvalue()


class TestForm:
    def test_a_stranger_is_sent_to_sign_in(self) -> None:
        assert browser_of(None).get("/imports/new/").status_code == 302
        assert browser_of(None).post("/imports/new/", fields(ASSETS)).status_code == 302
        assert not FeedBatch.objects.exists()

    @pytest.mark.parametrize("role", ["compliance", "general_manager", "auditor"])
    def test_who_may_see_and_not_load_is_told_so(self, role: str) -> None:
        for response in (browser_of(person(role)).get("/imports/new/"), send(browser_of(person(role)), ASSETS + ROW)):
            assert response.status_code == 403
            assert "Load any feed" in response.content.decode()
        assert not FeedBatch.objects.exists()

    def test_headquarters_are_offered_every_feed_a_branch_its_own(self, browser: Browser) -> None:
        page = browser.get("/imports/new/").content.decode()
        assert all(f'value="{code}"' in page for code in ("branches", "assets", "complaints"))
        page = browser_of(person("operations_director", branch())).get("/imports/new/").content.decode()
        assert 'value="service_records"' in page
        assert 'value="assets"' not in page

    def test_a_branch_cannot_send_a_feed_that_is_not_its_own(self) -> None:
        response = send(browser_of(person("operations_director", branch())), ASSETS + ROW)
        assert response.status_code == 200
        assert "feed" in response.context["form"].errors

    def test_the_board_leads_here_with_feed_and_day_filled_in(self, browser: Browser) -> None:
        page = browser.get("/imports/new/?feed=trades&day=2025-11-18").content.decode()
        assert 'value="trades" selected' in page
        assert 'value="2025-11-18"' in page
        assert browser.get("/imports/new/?feed=nonsense&day=2025-99-99").status_code == 200


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "name", "words"),
        [
            (b"", "assets.csv", "empty"),
            (ASSETS + ROW, "assets.pdf", "Only .csv"),
            (ASSETS + ROW, "assets.xlsx", "name ends in .xlsx"),
            (ASSETS + ROW, "assets.csv.gz", "name ends in .csv.gz"),
            (gzip.compress((ASSETS + ROW).encode(), mtime=0), "assets.csv", "name ends in .csv"),
            (b"\xd0\xcf\x11\xe0old", "assets.xlsx", "old Excel"),
            ((ASSETS + ROW).encode("utf-16"), "assets.csv", "UTF-16"),
        ],
    )
    def test_a_file_that_is_not_what_it_seems(self, browser: Browser, text: str | bytes, name: str, words: str) -> None:
        response = send(browser, text, name, business_date="2025-11-19", rows_stated="1")
        form = response.context["form"]
        assert words in str(form.errors["file"])
        assert not FeedBatch.objects.exists()
        page = response.content.decode()
        assert 'value="2025-11-19"' in page, "what was typed stays"
        assert 'value="assets" selected' in page

    def test_too_large(self, browser: Browser, settings: Any) -> None:
        settings.FEED_UPLOAD_MAX_BYTES = 20
        response = send(browser, ASSETS + ROW)
        assert "at most" in str(response.context["form"].errors["file"])
        assert not FeedBatch.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("business_date", "2025-11-21"),
            ("business_date", "soon"),
            ("rows_stated", "-1"),
            ("rows_stated", "many"),
            ("feed", ""),
        ],
    )
    def test_a_bad_field_is_said_at_the_field(self, browser: Browser, field: str, value: str) -> None:
        response = send(browser, ASSETS + ROW, **{field: value})
        assert field in response.context["form"].errors
        assert not FeedBatch.objects.exists()

    def test_no_file_at_all(self, browser: Browser) -> None:
        response = browser.post("/imports/new/", {"feed": "assets"})
        assert "Choose a file" in str(response.context["form"].errors["file"])


class TestPreview:
    def preview(self, browser: Browser, made: FeedBatch, query: str = "") -> Any:
        return browser.get(f"/imports/{made.pk}/preview/{query}", headers={"HX-Request": "true"})

    def test_the_page_asks_for_it_and_works_without_scripts(self, browser: Browser) -> None:
        made = sent(browser)
        page = browser.get(f"/imports/{made.pk}/").content.decode()
        assert f'hx-get="/imports/{made.pk}/preview/"' in page
        whole = browser.get(f"/imports/{made.pk}/preview/").content.decode()
        assert "<html" in whole
        assert "Take 1 row" in whole

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            (ASSETS + ROW, "assets.csv"),
            (gzip.compress((ASSETS + ROW).encode(), mtime=0), "assets.csv.gz"),
            (workbook(("client_no", "date", "cash", "securities"), ("C1", "2025-11-19", 100, 200)), "assets.xlsx"),
        ],
    )
    def test_counts_what_would_happen_and_changes_nothing(self, browser: Browser, text: str | bytes, name: str) -> None:
        made = sent(browser, text, name)
        page = self.preview(browser, made).content.decode()
        assert "Take 1 row" in page
        assert "Every row of this file can be taken." in page
        assert not AssetSnapshot.objects.exists()

    def test_names_line_column_and_reason_of_bad_rows_and_unknown_columns(self, browser: Browser) -> None:
        text = "client_no,date,cash,securities,colour\nC1,2025-11-19,1.00,2.00,red\nC9,2025-11-19,1.00,2.00,red\n"
        page = self.preview(browser, sent(browser, text)).content.decode()
        assert "Take 1 row, leave 1 out" in page
        assert "client_no" in page
        assert "C9" in page
        assert "colour" in page

    @pytest.mark.parametrize(
        ("text", "more", "words"),
        [
            ("client_no,day\nC1,2025-11-19\n", {}, "date"),
            ("\xff\xfe".encode("latin-1")[:1] + b"client_no\n\xe9\n", {}, "UTF-8"),
            (ASSETS + ROW, {"rows_stated": "7"}, "control total"),
        ],
    )
    def test_a_file_that_cannot_be_taken_says_why_and_cannot_be_confirmed(
        self, browser: Browser, text: str | bytes, more: dict[str, str], words: str
    ) -> None:
        made = sent(browser, text, **more)
        page = self.preview(browser, made).content.decode()
        assert words in page
        assert f"/imports/{made.pk}/confirm/" not in page
        assert f"/imports/{made.pk}/discard/" in page

    def test_is_kept_and_looked_at_again_on_demand(self, browser: Browser) -> None:
        made = sent(browser, ASSETS + "C2" + ROW[2:])
        assert "Confirm: nothing changes" in self.preview(browser, made).content.decode()
        client(client_no="C2")
        assert "Confirm: nothing changes" in self.preview(browser, made).content.decode()
        assert "Take 1 row" in self.preview(browser, made, "?again=1").content.decode()

    def test_a_file_that_is_gone_is_said(self, browser: Browser, settings: Any) -> None:
        made = sent(browser)
        (settings.MEDIA_ROOT / made.stored_as).unlink()
        assert "is gone" in self.preview(browser, made).content.decode()

    def test_of_a_file_that_waits_no_longer_the_page_is_loaded_again(self, browser: Browser) -> None:
        made = batch()
        assert self.preview(browser, made).headers["HX-Refresh"] == "true"
        assert browser.get(f"/imports/{made.pk}/preview/").headers["Location"] == f"/imports/{made.pk}/"


class TestConfirm:
    def confirm(self, browser: Browser, made: FeedBatch) -> Any:
        return browser.post(f"/imports/{made.pk}/confirm/")

    def test_twice_makes_one_job_and_loads_once(self, browser: Browser) -> None:
        made = sent(browser)
        assert self.confirm(browser, made).status_code == 302
        second = browser.post(f"/imports/{made.pk}/confirm/", follow=True)
        assert "waits no longer" in second.content.decode()
        job = Job.objects.get()
        assert jobs.run(job.pk)
        made.refresh_from_db()
        assert (made.state, made.inserted) == (BatchState.DONE, 1)
        assert AssetSnapshot.objects.count() == 1

    def test_shows_progress_until_it_has_ended(self, browser: Browser) -> None:
        made = sent(browser)
        self.confirm(browser, made)
        page = browser.get(f"/imports/{made.pk}/").content.decode()
        assert f'hx-get="/imports/{made.pk}/progress/"' in page
        part = browser.get(f"/imports/{made.pk}/progress/", headers={"HX-Request": "true"})
        assert b"<html" not in part.content
        jobs.run(Job.objects.get().pk)
        part = browser.get(f"/imports/{made.pk}/progress/", headers={"HX-Request": "true"})
        assert part.headers["HX-Refresh"] == "true"

    def test_discarding_takes_nothing_and_removes_the_file(
        self, browser: Browser, settings: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        made = sent(browser)
        with django_capture_on_commit_callbacks(execute=True):
            response = browser.post(f"/imports/{made.pk}/discard/", follow=True)
        assert "was discarded" in response.content.decode()
        made.refresh_from_db()
        assert made.state == BatchState.DISCARDED
        assert not (settings.MEDIA_ROOT / made.stored_as).exists()
        assert "waits no longer" in browser.post(f"/imports/{made.pk}/discard/", follow=True).content.decode()

    @pytest.mark.parametrize("verb", ["confirm", "discard"])
    def test_who_may_only_look_is_refused_with_words(self, browser: Browser, verb: str) -> None:
        made = sent(browser)
        response = browser_of(person("compliance")).post(f"/imports/{made.pk}/{verb}/")
        assert response.status_code == 403
        assert "operations centre" in response.content.decode()
        made.refresh_from_db()
        assert made.state == BatchState.UPLOADED

    @pytest.mark.parametrize("verb", ["confirm", "discard"])
    def test_another_branch_does_not_know_the_file(self, verb: str) -> None:
        made = batch(state=BatchState.UPLOADED, by=person("operations_director"), source="upload")
        response = browser_of(person("operations_director", branch())).post(f"/imports/{made.pk}/{verb}/")
        assert response.status_code == 404

    @pytest.mark.parametrize("verb", ["confirm", "discard"])
    def test_not_by_following_a_link(self, browser: Browser, verb: str) -> None:
        assert browser.get(f"/imports/{sent(browser).pk}/{verb}/").status_code == 405
