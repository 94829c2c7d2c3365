"""The page of one file: counters, reasons, history, the errors file, and who may see it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from clients.feeds.batch_page import errors_note, preview_of
from clients.feeds.batches import fail
from clients.feeds.choices import BatchState
from clients.feeds.models import FeedBatch
from crm.audit.models import ReadKind, ReadLog
from crm.audit.services import acting
from crm.organisation.models import User
from tests.clients.feeds.pages.helpers import batch, browser_of
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db
MOST_QUERIES = 16


@pytest.fixture
def centre() -> User:
    return person("operations_centre")


def with_errors_file(settings: Any, **more: Any) -> FeedBatch:
    path = Path(settings.MEDIA_ROOT) / "feeds" / "errors" / "1.csv"
    path.parent.mkdir(parents=True)
    path.write_text("line,column,reason\n7,cash,“x” is not a number\n")
    return batch(state=BatchState.PARTLY, rejected=1, rows=9, errors_file="feeds/errors/1.csv", **more)


class TestPage:
    def test_counters_add_up_on_the_page(self, centre: User) -> None:
        made = batch(
            rows=1234, inserted=1000, updated=200, unchanged=30, repeats=2, rejected=2, state=BatchState.PARTLY
        )
        response = browser_of(centre).get(f"/imports/{made.pk}/")
        values = [stat.value for stat in response.context["stats"]]
        assert values == ["1,234", "1,000", "200", "30", "2", "0"]
        assert "of them 2 repeated" in response.content.decode()

    def test_reasons_of_the_first_rejected_rows(self, centre: User) -> None:
        made = batch(state=BatchState.PARTLY, rejected=80, first_errors=[[7, "cash", "“x” is not a number"]])
        page = browser_of(centre).get(f"/imports/{made.pk}/").content.decode()
        assert "“x” is not a number" in page
        assert "the first 1 of 80" in page

    def test_a_failed_file_says_why(self, centre: User) -> None:
        made = batch(state=BatchState.RUNNING, ended_at=None)
        fail(made, "The control total is wrong.")
        page = browser_of(centre).get(f"/imports/{made.pk}/").content.decode()
        assert "The control total is wrong." in page
        assert "alert-loud" in page

    def test_history_names_who_did_what(self, centre: User) -> None:
        with acting(by=centre):
            made = batch(state=BatchState.UPLOADED, by=centre, source="upload")
        response = browser_of(centre).get(f"/imports/{made.pk}/")
        (entry,) = response.context["history"]
        assert entry.text == "To be confirmed"
        assert centre.name in entry.note

    def test_markup_in_names_and_reasons_is_text(self, centre: User) -> None:
        evil = "<img src=x onerror=alert(1)>"
        made = batch(
            file_name=evil, state=BatchState.PARTLY, rejected=1, first_errors=[[1, evil, evil]], unknown_columns=[evil]
        )
        assert b"<img src=x" not in browser_of(centre).get(f"/imports/{made.pk}/").content

    @pytest.mark.parametrize("state", list(BatchState))
    def test_every_state_in_both_languages(self, centre: User, state: BatchState) -> None:
        made = batch(state=state)
        for language in ("en", "zh-hans"):
            assert browser_of(centre, language).get(f"/imports/{made.pk}/").status_code == 200

    def test_query_budget(self, centre: User, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
        made = batch(state=BatchState.RUNNING, by=centre)
        browser = browser_of(centre)
        browser.get("/imports/")
        with django_assert_max_num_queries(MOST_QUERIES):
            browser.get(f"/imports/{made.pk}/")


class TestWho:
    PAGES = ("", "preview/", "progress/", "errors/")

    @pytest.mark.parametrize("page", PAGES)
    def test_a_stranger_is_sent_to_sign_in(self, page: str) -> None:
        assert browser_of(None).get(f"/imports/{batch().pk}/{page}").status_code == 302

    @pytest.mark.parametrize("page", PAGES)
    def test_without_the_permission_403(self, page: str) -> None:
        assert browser_of(person("callback_clerk")).get(f"/imports/{batch().pk}/{page}").status_code == 403

    @pytest.mark.parametrize("page", PAGES)
    def test_a_branch_does_not_know_what_the_core_system_sent(self, page: str) -> None:
        assert browser_of(person("general_manager")).get(f"/imports/{batch().pk}/{page}").status_code == 404

    def test_a_branch_sees_its_own(self) -> None:
        here = branch()
        made = batch(by=person("operations_director", here), source="upload")
        assert browser_of(person("general_manager", here)).get(f"/imports/{made.pk}/").status_code == 200

    @pytest.mark.parametrize("page", PAGES)
    def test_a_number_that_is_none_is_not_found(self, centre: User, page: str) -> None:
        assert browser_of(centre).get(f"/imports/999999/{page}").status_code == 404


class TestErrorsFile:
    def test_is_downloaded_as_csv_for_excel_and_logged(self, centre: User, settings: Any) -> None:
        made = with_errors_file(settings)
        response = browser_of(centre).get(f"/imports/{made.pk}/errors/")
        body = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        assert list(csv.reader(body.splitlines())) == [
            ["line", "column", "reason"],
            ["7", "cash", "“x” is not a number"],
        ]
        assert "attachment" in response.headers["Content-Disposition"]
        assert f"assets-{made.pk}" in response.headers["Content-Disposition"]
        read = ReadLog.objects.get(kind=ReadKind.DOWNLOAD)
        assert (read.by, read.subject_no, read.rows) == (centre, str(made.pk), 1)

    def test_none_where_there_is_none(self, centre: User) -> None:
        assert browser_of(centre).get(f"/imports/{batch().pk}/errors/").status_code == 404
        assert browser_of(centre).get(f"/imports/{batch(errors_file='gone.csv').pk}/errors/").status_code == 404
        assert not ReadLog.objects.filter(kind=ReadKind.DOWNLOAD).exists()


def test_the_note_over_the_reasons_says_how_many_are_shown() -> None:
    assert errors_note(1, 1) == "1 row"
    assert errors_note(50, 50) == "50 rows"
    assert errors_note(1200, 50) == "the first 50 of 1,200"


def test_a_preview_of_a_lost_file_can_only_be_discarded(centre: User) -> None:
    made = batch(state=BatchState.UPLOADED, by=centre, stored_as="feeds/uploads/none.csv")
    seen = preview_of(made)
    assert seen.outcome is None
    assert seen.confirm_word == ""
