"""The lists of calls: whose, which, in which order, as a file, and what they cost."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from callbacks.calls.choices import CallState, Hold, ReasonKind
from callbacks.calls.models import Call
from crm.exports.registry import Asked, find
from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import browser_of, get, stand
from tests.factories.calls import (
    CallFactory,
    MakingFactory,
    OutcomeCodeFactory,
    PlanFactory,
    ReasonFactory,
    claimed,
)
from tests.factories.clients import client
from tests.factories.people import person
from tests.factories.units import branch as make_branch

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


@pytest.fixture
def unit() -> Unit:
    return make_branch(code="SZ", name="深圳红岭路营业部")


@pytest.fixture
def clerk(unit: Unit) -> User:
    return person("callback_clerk", unit)


@pytest.fixture
def supervisor() -> User:
    return person("call_centre_supervisor")


def call(unit: Unit, number: str = "", **fields: Any) -> Call:
    """A call with its reason, to a client of `unit`."""
    if number:
        fields.setdefault("client", client(client_no=number, branch=unit))
    fields.setdefault("client", client(branch=unit))
    made: Call = CallFactory(unit=unit, **fields)
    ReasonFactory(call=made)
    return made


def ended(unit: Unit, number: str, **fields: Any) -> Call:
    values: dict[str, Any] = {"state": CallState.DONE, "ended_at": timezone.now(), "ready": False}
    return call(unit, number, **(values | fields))


def shown(response: Any) -> list[str]:
    assert response.status_code == 200, response.content[:300]
    return [line.one.client_no for line in response.context["lines"]]


def open_list(user: User | None, query: str = "", language: str = "en") -> Any:
    return get(user, f"/calls/{query}", language)


class TestWho:
    def test_a_stranger_is_sent_to_sign_in(self) -> None:
        assert open_list(None).status_code == 302
        assert get(None, "/calls/finished/").status_code == 302

    def test_without_the_permission_403_says_why(self) -> None:
        for path in ("/calls/", "/calls/finished/"):
            response = get(person("administrator"), path)
            assert response.status_code == 403
            assert "See calls" in response.content.decode()

    def test_a_branch_sees_its_own_clients_calls(self, unit: Unit, clerk: User) -> None:
        call(unit, "HERE")
        call(make_branch(), "THERE")

        assert shown(open_list(clerk)) == ["HERE"]
        assert shown(open_list(clerk, "?q=THERE")) == []

    def test_a_manager_sees_the_calls_to_his_clients(self, unit: Unit) -> None:
        manager = person("customer_manager", unit)
        call(unit, client=client(client_no="MINE", branch=unit, manager=manager), kind="core")
        call(unit, client=client(client_no="CHECK", branch=unit, manager=manager), kind="conduct_sample")
        call(unit, "OTHER", kind="core")

        assert shown(open_list(manager)) == ["MINE"]

    def test_the_company_sees_all(self, unit: Unit, supervisor: User) -> None:
        call(unit, "A")
        call(make_branch(), "B")

        assert sorted(shown(open_list(supervisor))) == ["A", "B"]

    def test_names_are_masked_but_those_of_own_clients(self, unit: Unit, clerk: User) -> None:
        manager = person("customer_manager", unit)
        call(unit, client=client(name="王小明", branch=unit, manager=manager), kind="core")

        assert "王**" in open_list(clerk).content.decode()
        assert "王小明" in open_list(manager).content.decode()


class TestTabs:
    def test_mine_and_my_team(self, unit: Unit, clerk: User) -> None:
        call(unit, "ASSIGNED", assignee=clerk)
        call(unit, "POOL")
        centre = person("call_centre_agent").appointments.get().unit
        call(centre, client=client(client_no="CENTRAL", branch=unit), branch=unit)
        claimed(clerk, client=client(client_no="HELD", branch=unit), unit=unit)

        assert sorted(shown(open_list(clerk, "?whose=mine"))) == ["ASSIGNED", "HELD"]
        assert sorted(shown(open_list(clerk, "?whose=team"))) == ["ASSIGNED", "HELD", "POOL"]
        assert sorted(shown(open_list(clerk, "?whose=branch"))) == ["ASSIGNED", "CENTRAL", "HELD", "POOL"]

    def test_finished_ones_are_a_list_of_their_own(self, unit: Unit, clerk: User) -> None:
        call(unit, "OPEN")
        ended(unit, "EARLIER", ended_at=timezone.now() - dt.timedelta(hours=1))
        ended(unit, "LATER", state=CallState.LAPSED)

        assert shown(open_list(clerk)) == ["OPEN"]
        assert shown(get(clerk, "/calls/finished/")) == ["LATER", "EARLIER"]
        assert shown(get(clerk, "/calls/finished/?state=lapsed")) == ["LATER"]


class TestOrderAndFilters:
    def test_by_urgency_then_due_then_age(self, unit: Unit, clerk: User) -> None:
        soon, late = timezone.now() + dt.timedelta(hours=1), timezone.now() + dt.timedelta(days=3)
        call(unit, "C", rank=20, due_at=soon)
        call(unit, "B", rank=10, due_at=late)
        call(unit, "A", rank=10, due_at=soon)

        assert shown(open_list(clerk)) == ["A", "B", "C"]
        assert shown(open_list(clerk, "?sort=due"))[-1] == "B"

    def test_each_filter_leaves_its_own(self, unit: Unit, clerk: User) -> None:
        now = timezone.now()
        plan = PlanFactory(code="new-clients")
        call(unit, "PLAIN", due_at=now + dt.timedelta(days=40))
        call(unit, "KIND", kind=ReasonKind.DORMANT, due_at=now + dt.timedelta(days=40))
        call(unit, "LATE", due_at=now - dt.timedelta(days=1))
        call(unit, "HELD", hold=Hold.OPT_OUT, due_at=now + dt.timedelta(days=40))
        call(unit, "HIS", assignee=clerk, due_at=now + dt.timedelta(days=40))
        call(unit, "LETTER", form="letter", due_at=now + dt.timedelta(days=40))
        made = call(unit, "MADE", due_at=now + dt.timedelta(days=40))
        ReasonFactory(call=made, plan=plan, making=MakingFactory(plan=plan))
        rich = call(unit, "RICH", due_at=now + dt.timedelta(days=40))
        assert rich.client is not None
        stand(rich.client, tier="diamond")

        expected = {
            "reason=dormant": ["KIND"],
            "due=overdue": ["LATE"],
            "held=opt_out": ["HELD"],
            f"assignee={clerk.staff_no}": ["HIS"],
            "form=letter": ["LETTER"],
            "plan=new-clients": ["MADE"],
            "tier=diamond": ["RICH"],
        }
        for query, numbers in expected.items():
            assert shown(open_list(clerk, f"?{query}")) == numbers, query
        assert "HIS" not in shown(open_list(clerk, "?assignee=nobody"))

    def test_the_outcome_of_finished_ones(self, unit: Unit, clerk: User) -> None:
        ended(unit, "DONE", outcome=OutcomeCodeFactory(code="fine", reached=True))
        ended(unit, "GONE", state=CallState.WITHDRAWN)

        assert shown(get(clerk, "/calls/finished/?outcome=fine")) == ["DONE"]
        assert shown(get(clerk, "/calls/finished/?outcome=none")) == ["GONE"]
        assert sorted(shown(get(clerk, "/calls/finished/?ended=today"))) == ["DONE", "GONE"]
        assert shown(get(clerk, "/calls/finished/?reason=core")) == []

    def test_an_unknown_value_is_named_and_left_out(self, unit: Unit, clerk: User) -> None:
        call(unit, "A")

        response = open_list(clerk, "?reason=moon")

        assert shown(response) == ["A"]
        assert "has no value “moon”" in response.content.decode()

    def test_what_is_left_and_why_stand_in_the_row(self, unit: Unit, clerk: User) -> None:
        one = call(unit, due_at=timezone.now() - dt.timedelta(days=10), kind=ReasonKind.COVERAGE)
        ReasonFactory(call=one, kind=ReasonKind.COVERAGE, facts={"year": 2026}, rank=1)

        text = open_list(clerk).content.decode()

        assert "coverage of 2026; and 1 more reason" in text
        assert "overdue by" in text


class TestFile:
    def test_the_export_equals_the_list(self, unit: Unit, clerk: User) -> None:
        now = timezone.now()
        for number in range(7):
            call(unit, f"N{number}", rank=number % 3, due_at=now + dt.timedelta(days=number), assignee=clerk)
        call(unit, "OTHER", kind=ReasonKind.CORE)
        exporter = find("calls")
        assert exporter is not None

        extract = exporter.open(
            Asked(
                user=clerk, query="reason=movement&sort=due", columns=["number", "why", "assignee"], picked=(), at=now
            )
        )

        page = open_list(clerk, "?reason=movement&sort=due")
        rows = list(extract.rows())
        assert [row[0] for row in rows] == shown(page)
        assert [row[1] for row in rows] == [line.why for line in page.context["lines"]]
        assert extract.count() == 7
        assert {row[2] for row in rows} == {clerk.name}

    def test_finished_ones_too(self, unit: Unit, clerk: User) -> None:
        ended(unit, "A")
        exporter = find("calls-ended")
        assert exporter is not None

        extract = exporter.open(
            Asked(user=clerk, query="", columns=["number", "state", "ended"], picked=(), at=timezone.now())
        )

        assert [row[:2] for row in extract.rows()] == [["A", "Finished"]]


class TestCost:
    def many(self, unit: Unit, number: int) -> None:
        """So many calls, set-based: the list's cost must not grow with them."""
        one = client(branch=unit)
        now = timezone.now()
        Call.objects.bulk_create(
            Call(
                client=one, branch=unit, unit=unit, kind=ReasonKind.CORE, rank=n % 90, made_at=now,
                due_at=now + dt.timedelta(minutes=n), ready=True,
            )
            for n in range(number)
        )  # fmt: skip

    def test_the_same_queries_for_fifty_and_five_thousand(
        self, unit: Unit, clerk: User, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        self.many(unit, 50)
        browser = browser_of(clerk)
        browser.get("/calls/")
        with django_assert_max_num_queries(MOST_QUERIES) as few:
            browser.get("/calls/")
        self.many(unit, 4_950)
        browser.get("/calls/")
        with django_assert_max_num_queries(MOST_QUERIES) as many:
            assert len(shown(browser.get("/calls/"))) == 50
        assert len(many) == len(few)

    def test_a_page_of_the_company_is_no_dearer(
        self, unit: Unit, supervisor: User, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        self.many(unit, 120)
        browser = browser_of(supervisor)
        browser.get("/calls/")
        with django_assert_max_num_queries(MOST_QUERIES):
            browser.get("/calls/")


def test_in_chinese(unit: Unit, clerk: User) -> None:
    call(unit)

    assert "待办回访" in open_list(clerk, language="zh-hans").content.decode()
