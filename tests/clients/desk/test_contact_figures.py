"""The page of contact figures: period, scope, words, file."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from clients.desk.contact_figures import MOST_DAYS, Period, clock, period_of
from crm.exports.errors import ExportRefused
from crm.exports.registry import Asked, find
from crm.organisation.models import User
from tests.clients.desk.helpers import browser_of
from tests.factories.clients import ServiceRecordFactory, client
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db
URL = "/contacts/figures/"
NOW = dt.datetime(2026, 11, 25, 2, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 25)
MOST_QUERIES = 20


@pytest.fixture(autouse=True)
def morning() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def director() -> User:
    """With three contacts in his branch, and one elsewhere."""
    here = branch(code="B1")
    known = client(branch=here)
    agent = person("callback_clerk", here, name="刘倩", staff_no="A1024")
    for number in range(3):
        ServiceRecordFactory(
            client=known, occurred_at=NOW - dt.timedelta(days=number * 20), direction="inbound", wait_seconds=15,
            duration_seconds=125, staff=agent, staff_no=agent.staff_no, topic="银证转账",
        )  # fmt: skip
    ServiceRecordFactory(occurred_at=NOW, topic="别处的事")
    return person("marketing_director", here, language="en")


def test_the_last_days_in_scope(director: User) -> None:
    page = browser_of(director).get(URL).content.decode()
    assert "刘倩 (A1024)" in page
    assert "2:05" in page
    assert "100.0%" in page
    assert "别处的事" not in page
    assert page.count("银证转账") == 1
    assert "2026-10-27 to 2026-11-25" in page


def test_another_period_and_one_that_is_none(director: User) -> None:
    browser = browser_of(director)
    assert (
        "No contact in this period" in browser.get(URL, {"from": "2026-11-20", "until": "2026-11-21"}).content.decode()
    )
    for wrong in ({"from": "31-02-2026"}, {"from": "2026-11-25", "until": "2026-11-01"}, {"until": "\0"}):
        page = browser.get(URL, wrong).content.decode()
        assert "That is no period" in page
        assert "刘倩 (A1024)" in page


def test_periods() -> None:
    assert period_of({"from": "2026-11-25", "until": "2026-11-25"}, TODAY) == (Period(TODAY, TODAY), "")
    long, problem = period_of({"from": "1999-01-01", "until": "2026-11-25"}, TODAY)
    assert ((long.last - long.first).days + 1, bool(problem)) == (MOST_DAYS, True)
    assert (long.ends - long.begins).days == MOST_DAYS
    for year in ("0001", "9999"):
        assert period_of({"from": f"{year}-12-31", "until": f"{year}-12-31"}, TODAY)[1]


def test_words_of_a_time() -> None:
    assert [clock(one) for one in (None, 0, 59.5, 65, 3600, 3_723_661)] == [
        "–",
        "0:00",
        "1:00",
        "1:05",
        "1:00:00",
        "1,034:21:01",
    ]


def test_who_may_look(director: User) -> None:
    for role in ("call_centre_supervisor", "compliance", "auditor"):
        assert browser_of(person(role, is_demo=True)).get(URL).status_code == 200
    for role in ("call_centre_agent", "customer_manager", "administrator"):
        refused = browser_of(person(role, is_demo=True)).get(URL)
        assert refused.status_code == 403
    assert Browser().get(URL).status_code == 302


def test_as_many_queries_whatever_there_is(
    director: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser = browser_of(director)
    browser.get(URL)
    with django_assert_max_num_queries(MOST_QUERIES):
        assert browser.get(URL).status_code == 200


def test_as_a_file(director: User) -> None:
    exporter = find("contact-figures")
    assert exporter is not None
    query = "from=2026-10-27&until=2026-11-25"
    extract = exporter.open(Asked(director, query, [], [], NOW))
    rows = [dict(zip([field.heading for field in extract.fields], row, strict=True)) for row in extract.rows()]
    assert len(rows) == extract.count()
    assert rows[0]["Contacts"] == 2
    topic = next(row for row in rows if row["What"] == "银证转账")
    assert (topic["By"], topic["Mean talk (seconds)"], topic["Answered within 20 seconds (%)"]) == ("Topic", 125, 100)
    with pytest.raises(ExportRefused):
        exporter.open(Asked(director, "from=x&until=y", [], [], NOW))


def test_the_box_for_the_file(director: User) -> None:
    with_rights = person("general_manager", director.appointments.get().unit, language="en")
    page = browser_of(with_rights).get(URL).content.decode()
    assert 'name="list_name" value="contact-figures"' in page
    assert 'value="from=2026-10-27&amp;until=2026-11-25"' in page
