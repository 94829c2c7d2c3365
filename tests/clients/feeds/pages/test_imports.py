"""The list of feed files and the board: whose files, which days, how it looks, what it costs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from clients.feeds.choices import BatchSource, BatchState
from clients.feeds.filters import feed_labels
from crm.organisation.models import Unit, User
from tests.clients.feeds.pages.helpers import at, batch, browser_of
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
THURSDAY = dt.date(2025, 11, 20)


@pytest.fixture(autouse=True)
def thursday() -> Any:
    with time_machine.travel(at(THURSDAY, 10), tick=False):
        yield


@pytest.fixture
def centre() -> User:
    return person("operations_centre")


def open_list(user: User | None, query: str = "", language: str = "en", **headers: str) -> Any:
    return browser_of(user, language).get(f"/imports/{query}", headers=headers)


def shown(response: Any) -> list[str]:
    assert response.status_code == 200
    return [row.batch.file_name for row in response.context["batches"]]


def cell(response: Any, feed: str, day: dt.date) -> Any:
    board = response.context["board"]
    row = next(row for row in board.rows if row.code == feed)
    return row.cells[[one.day for one in board.days].index(day)]


class TestWho:
    def test_a_stranger_is_sent_to_sign_in(self) -> None:
        assert open_list(None).status_code == 302

    @pytest.mark.parametrize("role", ["customer_manager", "callback_clerk", "administrator", None])
    def test_without_the_permission_403_says_why(self, role: str | None) -> None:
        response = open_list(person(role))
        assert response.status_code == 403
        assert "feed files" in response.content.decode()

    @pytest.mark.parametrize("role", ["operations_centre", "sales_trading_hq", "compliance", "auditor"])
    def test_headquarters_see_everything_and_the_board(self, role: str) -> None:
        batch(file_name="a.csv")
        response = open_list(person(role))
        assert shown(response) == ["a.csv"]
        assert response.context["board"]

    def test_a_branch_sees_what_its_own_people_brought_and_no_board(self) -> None:
        here: Unit = branch()
        director, manager = person("operations_director", here), person("general_manager", here)
        batch(file_name="core.csv")
        batch(file_name="ours.csv", by=director, source=BatchSource.UPLOAD)
        batch(file_name="theirs.csv", by=person("operations_director"), source=BatchSource.UPLOAD)
        response = open_list(manager)
        assert shown(response) == ["ours.csv"]
        assert "board" not in response.context

    @pytest.mark.parametrize(
        ("role", "may"), [("operations_centre", True), ("operations_director", True), ("compliance", False)]
    )
    def test_the_upload_is_offered_to_those_who_may_load(self, role: str, may: bool) -> None:
        assert ("/imports/new/" in open_list(person(role)).content.decode()) is may


class TestList:
    def test_newest_first(self, centre: User) -> None:
        batch(file_name="old.csv", created_at=at(dt.date(2025, 11, 18)))
        batch(file_name="new.csv", created_at=at(dt.date(2025, 11, 19)))
        assert shown(open_list(centre)) == ["new.csv", "old.csv"]

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("?feed=trades", ["t.csv"]),
            ("?feed=trades&feed=clients", ["c.csv", "t.csv"]),
            ("?state=partly", ["c.csv"]),
            ("?source=upload", ["c.csv"]),
            ("?day=2025-11-18", ["t.csv"]),
            ("?day=2020-01-01", ["c.csv"]),
            ("?feed=nonsense", ["c.csv", "t.csv", "a.csv"]),
            ("?day=yesterday", ["c.csv", "t.csv", "a.csv"]),
        ],
    )
    def test_filters(self, centre: User, query: str, names: list[str]) -> None:
        batch(file_name="a.csv")
        batch(file_name="t.csv", feed="trades", business_date=dt.date(2025, 11, 18))
        batch(
            file_name="c.csv",
            feed="clients",
            state=BatchState.PARTLY,
            source=BatchSource.UPLOAD,
            business_date=dt.date(2020, 1, 1),
        )
        assert shown(open_list(centre, query)) == names

    def test_pages_follow_each_other_without_gap(self, centre: User) -> None:
        for number in range(55):
            batch(file_name=f"{number:02d}.csv")
        first = open_list(centre)
        second = browser_of(centre).get(first.context["page"].next_url)
        assert shown(first) + shown(second) == [f"{number:02d}.csv" for number in reversed(range(55))]

    def test_htmx_gets_the_list_alone(self, centre: User) -> None:
        response = open_list(centre, **{"HX-Request": "true", "HX-Target": "list"})
        assert b"<html" not in response.content
        assert b'id="list"' in response.content

    def test_an_empty_page_says_what_will_be_here(self, centre: User) -> None:
        page = open_list(centre).content.decode()
        assert "No file has come in yet" in page
        assert "No file fits" in open_list(centre, "?state=failed").content.decode()

    def test_formulas_and_markup_in_names_are_text(self, centre: User) -> None:
        batch(file_name="<script>alert(1)</script>.csv")
        assert b"<script>alert(1)" not in open_list(centre).content

    def test_in_chinese(self, centre: User) -> None:
        batch()
        page = open_list(centre, language="zh-hans").content.decode()
        assert "导入" in page
        assert "Business date" not in page

    def test_query_budget(self, centre: User, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
        for number in range(60):
            batch(file_name=f"{number}.csv", by=person("operations_centre") if number < 3 else None)
        browser = browser_of(centre)
        browser.get("/imports/")
        with django_assert_max_num_queries(MOST_QUERIES):
            browser.get("/imports/")


class TestBoard:
    def test_fourteen_exchange_days_newest_first_without_weekends(self, centre: User) -> None:
        days = [one.day for one in open_list(centre).context["board"].days]
        assert len(days) == 14
        assert days[0] == THURSDAY
        assert days == sorted(days, reverse=True)
        assert all(day.weekday() < 5 for day in days)

    def test_the_needed_feeds_always_have_a_row(self, centre: User) -> None:
        board = open_list(centre).context["board"]
        assert [row.code for row in board.rows] == ["assets", "trades", "cashflows"]
        assert all(row.needed for row in board.rows)

    def test_other_feeds_have_one_when_a_file_came(self, centre: User) -> None:
        batch(feed="clients", business_date=dt.date(2025, 11, 19))
        board = open_list(centre).context["board"]
        assert [row.code for row in board.rows][-1] == "clients"
        assert cell(open_list(centre), "clients", dt.date(2025, 11, 18)).state == "none"

    def test_today_is_waited_for_and_the_past_is_missing(self, centre: User) -> None:
        response = open_list(centre)
        assert cell(response, "assets", THURSDAY).state == "waiting"
        missing = cell(response, "assets", dt.date(2025, 11, 19))
        assert missing.state == "missing"
        assert missing.url == "/imports/new/?feed=assets&day=2025-11-19"

    def test_who_may_not_load_gets_no_way_to_the_upload(self) -> None:
        response = open_list(person("compliance"))
        assert cell(response, "assets", dt.date(2025, 11, 19)).url == ""

    @pytest.mark.parametrize(
        ("state", "shown_as"),
        [
            (BatchState.DONE, "in"),
            (BatchState.PARTLY, "partly"),
            (BatchState.RUNNING, "running"),
            (BatchState.FAILED, "failed"),
        ],
    )
    def test_a_file_shows_its_state(self, centre: User, state: BatchState, shown_as: str) -> None:
        made = batch(business_date=dt.date(2025, 11, 19), state=state, rejected=3, created_at=at(dt.date(2025, 11, 19)))
        found = cell(open_list(centre), "assets", dt.date(2025, 11, 19))
        assert (found.state, found.url) == (shown_as, f"/imports/{made.pk}/")

    def test_a_taken_file_counts_before_a_later_failure(self, centre: User) -> None:
        taken = batch(business_date=dt.date(2025, 11, 19))
        batch(business_date=dt.date(2025, 11, 19), state=BatchState.FAILED)
        assert cell(open_list(centre), "assets", dt.date(2025, 11, 19)).url == f"/imports/{taken.pk}/"

    @pytest.mark.parametrize("state", [BatchState.UPLOADED, BatchState.DISCARDED])
    def test_what_was_never_taken_does_not_count(self, centre: User, state: BatchState) -> None:
        batch(business_date=dt.date(2025, 11, 19), state=state)
        assert cell(open_list(centre), "assets", dt.date(2025, 11, 19)).state == "missing"

    def test_every_feed_of_the_firm_has_a_name(self) -> None:
        labels = feed_labels()
        assert {"assets", "trades", "cashflows", "complaints"} <= set(labels)
