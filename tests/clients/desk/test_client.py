"""The client's page: who sees it, how masked, what is put down, what stands on it, and what it costs."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from clients.profile.models import Client
from clients.segmentation.models import Standing
from crm.audit.models import ReadLog
from crm.audit.services import acting
from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import browser_of, get, stand
from tests.factories.clients import (
    PermissionRequestFactory,
    RiskAssessmentFactory,
    ServiceRecordFactory,
    WishesFactory,
    client,
)
from tests.factories.ledger import AlertFactory, AssetSnapshotFactory, CashFlowFactory, TradeFactory
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db
TABS = ("", "ledger/", "wishes/", "why/", "history/", "profile/", "trades/", "flows/", "contacts/")
MOST_QUERIES = 25
ID_NUMBER, PHONE = "11010119900101123X", "13812341234"


@pytest.fixture
def shenzhen() -> Unit:
    return branch(code="SZ", name="深圳红岭路营业部")


@pytest.fixture
def clerk(shenzhen: Unit) -> User:
    return person("callback_clerk", shenzhen)


@pytest.fixture
def manager(shenzhen: Unit) -> User:
    return person("customer_manager", shenzhen, name="周敏")


@pytest.fixture
def someone(shenzhen: Unit, manager: User) -> Client:
    return client(
        client_no="108002314477",
        name="陈志远",
        phone=PHONE,
        id_number=ID_NUMBER,
        email="chen@example.com",
        address="广东省深圳市罗湖区红岭路1号",
        birth_date=dt.date(1990, 1, 1),
        branch=shenzhen,
        manager=manager,
        opened_on=dt.date(2020, 7, 15),
    )


def text(response: Any) -> str:
    assert response.status_code == 200
    page: str = response.content.decode()
    return page


def url(part: str = "") -> str:
    return f"/clients/108002314477/{part}"


class TestWho:
    @pytest.mark.parametrize("part", TABS)
    def test_a_stranger_is_sent_to_sign_in(self, someone: Client, part: str) -> None:
        response = get(None, url(part))

        assert response.status_code == 302
        assert response["Location"].startswith("/account/login/")

    @pytest.mark.parametrize("part", TABS)
    def test_out_of_scope_there_is_no_such_client(self, someone: Client, part: str, shenzhen: Unit) -> None:
        for other in (person("callback_clerk"), person("customer_manager", shenzhen), person("region_head")):
            assert get(other, url(part)).status_code == 404
        assert not ReadLog.objects.exists()

    @pytest.mark.parametrize("part", TABS)
    def test_without_the_permission_403_says_why(self, someone: Client, part: str) -> None:
        response = get(person("administrator"), url(part))

        assert response.status_code == 403
        assert "Customer manager" in response.content.decode()

    @pytest.mark.parametrize("part", TABS)
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_in_scope_it_opens_in_both_languages(self, someone: Client, clerk: User, part: str, language: str) -> None:
        page = text(get(clerk, url(part), language))

        assert "陈**" in page
        assert "1080 0231 4477" in page

    def test_a_number_that_nobody_has(self, clerk: User) -> None:
        for number in ("0", "x" * 300, "%00", "..%2F..", "<b>"):
            assert get(clerk, f"/clients/{number}/").status_code == 404

    @pytest.mark.parametrize("part", [part for part in TABS if part != "wishes/"])
    def test_only_reading(self, someone: Client, clerk: User, part: str) -> None:
        assert browser_of(clerk).post(url(part)).status_code == 405

    def test_never_kept_by_the_browser(self, someone: Client, clerk: User) -> None:
        for part in TABS:
            assert "no-store" in get(clerk, url(part))["Cache-Control"]


class TestMasks:
    @pytest.mark.parametrize("part", TABS)
    def test_others_see_nothing_in_clear(self, someone: Client, shenzhen: Unit, part: str) -> None:
        for role in ("callback_clerk", "general_manager"):
            page = text(get(person(role, shenzhen), url(part)))
            for clear in ("陈志远", PHONE, ID_NUMBER, "chen@example.com", "红岭路1号", "1990-01-01"):
                assert clear not in page

    @pytest.mark.parametrize("part", TABS)
    def test_the_own_manager_sees_name_and_phone_alone(self, someone: Client, manager: User, part: str) -> None:
        page = text(get(manager, url(part)))

        assert "陈志远" in page
        assert PHONE in page
        assert ID_NUMBER not in page
        assert "chen@example.com" not in page

    def test_on_paper_the_own_managers_client_is_masked_too(self, someone: Client, manager: User) -> None:
        """What a browser prints: the head for paper, and nothing of what is marked as not for paper."""
        page = text(get(manager, url("ledger/")))
        (head,) = re.findall(r'<p class="print-only print-head">(.*?)</p>', page, re.S)
        assert "陈**" in head
        assert "陈志远" not in head
        assert manager.staff_no in head
        assert re.search(r"<time data-printed>\d{4}-\d\d-\d\d \d\d:\d\d</time>", head)
        (name,) = re.findall(r"<h1[^>]*>", page)
        assert "no-print" in name
        (title,) = re.findall(r"<title>(.*?)</title>", page, re.S)
        assert "陈** 1080 0231 4477" in title
        assert "陈志远" not in title
        assert re.search(r'class="client-contact soft no-print"', page)
        assert "data-print>" in page

    def test_masked_forms(self, someone: Client, clerk: User) -> None:
        page = text(get(clerk, url("profile/")))

        for masked in ("陈**", "138****1234", "1****************X", "c***@example.com", "罗湖区****"):
            assert masked in page

    def test_former_names_are_masked_in_the_history(self, someone: Client, clerk: User, manager: User) -> None:
        with acting(by=manager, reason="marriage"):
            Client.objects.filter(pk=someone.pk).update(name="欧阳志远", birth_date=dt.date(1991, 2, 2))

        page = text(get(clerk, url("history/")))
        assert "marriage" in page
        assert "欧**" in page
        for clear in ("陈志远", "欧阳志远", "1990-01-01", "1991-02-02"):
            assert clear not in page
        assert "欧阳志远" in text(get(manager, url("history/")))

    @pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "<script>alert(1)</script>", "😀" * 50, "名" * 200])
    def test_any_name_comes_out_as_text(self, name: str, someone: Client, manager: User) -> None:
        Client.objects.filter(pk=someone.pk).update(name=name)
        for part in TABS:
            page = text(get(manager, url(part)))
            assert "<script>alert" not in page


class TestLog:
    @pytest.mark.parametrize("part", TABS)
    def test_every_opening_is_put_down(self, someone: Client, clerk: User, part: str) -> None:
        get(clerk, url(part))

        log = ReadLog.objects.get()
        assert (log.by, log.kind, log.subject, log.subject_no) == (clerk, "page", "client", "108002314477")
        assert log.url == url(part)

    def test_clear_name_and_phone_of_own_clients_too(self, someone: Client, manager: User) -> None:
        get(manager, url())

        page, clear = ReadLog.objects.order_by("pk")
        assert (page.kind, clear.kind, clear.fields) == ("page", "own_clear", "name,phone")


class TestOverview:
    def test_head(self, someone: Client, clerk: User) -> None:
        today = timezone.localdate()
        stand(someone, risk_level="C4", risk_until=today + dt.timedelta(days=10))
        AlertFactory(client=someone, raised_on=today, kind="频繁撤单", summary="三日内撤单 <b>61</b> 次")
        AlertFactory(client=someone, raised_on=today - dt.timedelta(days=9), closed_on=today, kind="已结")

        page = text(get(clerk, url()))

        assert f"valid until {today + dt.timedelta(days=10)}" in page
        assert "频繁撤单" in page
        assert "&lt;b&gt;61" in page
        assert "Open alert since" in page
        assert page.count("已结") == 2  # raised and closed in the timeline, nothing in the head
        assert "周敏" in page
        assert "Not in any segment yet" in page

    def test_an_expired_risk_profile_is_loud(self, someone: Client, clerk: User) -> None:
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        stand(someone, risk_level="C4", risk_until=yesterday)

        assert f"expired on {yesterday}" in text(get(clerk, url()))

    def test_months_hold_what_the_ledger_says(self, someone: Client, clerk: User) -> None:
        today = timezone.localdate()
        this_month, last_month = today.replace(day=1), today.replace(day=1) - dt.timedelta(days=1)
        AssetSnapshotFactory(
            client=someone, day=last_month - dt.timedelta(days=45), cash=Decimal(1), securities=Decimal(2)
        )
        AssetSnapshotFactory(client=someone, day=last_month, cash=Decimal("10.50"), securities=Decimal("20"))
        for order in ("", "", "O1", "O1"):
            TradeFactory(client=someone, day=this_month, order_no=order)
        TradeFactory(client=client(), day=this_month)

        months = get(clerk, url()).context["months"]

        assert len(months) == 13
        assert months[-1].trades == 3
        assert [str(month.assets) for month in months[-3:]] == ["3.00", "30.50", "30.50"]
        assert months[0].assets is None
        assert months[-1].first_day == this_month
        assert months[-1].last_day == today

    def test_recent_rows_are_the_newest_six(self, someone: Client, clerk: User) -> None:
        for n in range(8):
            day = dt.date(2026, 1, 5 + n)
            TradeFactory(client=someone, day=day, symbol=f"60000{n}")
            CashFlowFactory(client=someone, day=day, amount=Decimal(100 + n), direction="out")

        context = get(clerk, url("ledger/")).context

        assert [trade.symbol for trade in context["trades"]] == [f"60000{n}" for n in (7, 6, 5, 4, 3, 2)]
        assert context["flows"][0].amount == 107

    def test_wishes_stand_beside(self, someone: Client, clerk: User) -> None:
        WishesFactory(client=someone, interests=["ETF", "可转债"], needs="<i>退休</i>", horizon="short")

        page = text(get(clerk, url()))

        assert "ETF, 可转债" in page
        assert "&lt;i&gt;退休" in page

    @pytest.mark.parametrize("part", TABS)
    def test_a_client_without_anything_is_a_page_too(self, someone: Client, clerk: User, part: str) -> None:
        assert text(get(clerk, url(part)))


class TestFacts:
    def test_pages_of_trades_by_keyset(self, someone: Client, clerk: User) -> None:
        for n in range(60):
            TradeFactory(client=someone, day=dt.date(2026, 1, 5 + n // 30), trade_no=f"T{n:03d}", side="sell")
        browser = browser_of(clerk)

        first = browser.get(url("trades/"))
        second = browser.get(first.context["page"].next_url)

        numbers = [row.trade_no for row in (*first.context["page"].rows, *second.context["page"].rows)]
        assert numbers == [f"T{n:03d}" for n in reversed(range(60))]
        assert list(browser.get(url("trades/?side=buy")).context["page"].rows) == []
        part = browser.get(url("trades/"), headers={"HX-Request": "true", "HX-Target": "list"})
        assert "<html" not in part.content.decode()

    def test_flows_in_and_out(self, someone: Client, clerk: User) -> None:
        CashFlowFactory(client=someone, direction="out", amount=Decimal("5500000"))
        CashFlowFactory(client=someone, direction="in", amount=Decimal("12.30"))

        page = text(get(clerk, url("flows/")))

        assert "−5,500,000.00" in page
        assert "+12.30" in page

    def test_another_clients_facts_stay_with_him(self, someone: Client, clerk: User, shenzhen: Unit) -> None:
        other = client(branch=shenzhen)
        TradeFactory(client=other)
        CashFlowFactory(client=other)
        ServiceRecordFactory(client=other)

        for part in ("trades/", "flows/", "contacts/"):
            assert list(get(clerk, url(part)).context["page"].rows) == []


class TestProfile:
    def test_assessments_and_permissions(self, someone: Client, clerk: User) -> None:
        RiskAssessmentFactory(
            client=someone, assessed_on=dt.date(2020, 1, 1), level="C5", valid_until=dt.date(2022, 1, 1)
        )
        PermissionRequestFactory(client=someone, permission="star", status="opened")

        page = text(get(clerk, url("profile/")))

        assert "C5" in page
        assert "expired" in page
        assert "STAR Market" in page

    def test_reveal_is_offered_with_the_permission_alone(self, someone: Client, clerk: User, shenzhen: Unit) -> None:
        assert "reveal/" not in text(get(clerk, url("profile/")))
        assert "reveal/" in text(get(person("general_manager", shenzhen), url("profile/")))


@pytest.mark.parametrize("part", TABS)
@pytest.mark.parametrize("role", ["customer_manager", "general_manager", "compliance"])
def test_few_queries(
    shenzhen: Unit,
    someone: Client,
    role: str,
    part: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    me = person(role, None if role == "compliance" else shenzhen)
    Client.objects.filter(pk=someone.pk).update(manager=me)
    WishesFactory(client=someone)
    for n in range(12):
        AlertFactory(client=someone, raised_on=timezone.localdate())
        TradeFactory(client=someone)
        CashFlowFactory(client=someone)
        ServiceRecordFactory(client=someone, staff=person())
        RiskAssessmentFactory(client=someone, assessed_on=dt.date(2020, 1, 1 + n))
        PermissionRequestFactory(client=someone)
        with acting(by=person(), reason="moved"):
            Client.objects.filter(pk=someone.pk).update(contact_person=str(n), branch=branch())
    Client.objects.filter(pk=someone.pk).update(branch=shenzhen)
    assert Standing.objects.get(client=someone).branch == shenzhen
    browser = browser_of(me)
    browser.get(url(part))
    with django_assert_max_num_queries(MOST_QUERIES):
        assert browser.get(url(part)).status_code == 200
