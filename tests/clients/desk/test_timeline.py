"""The timeline: everything that happens with a client, newest first, page by page, kind by kind, at a flat cost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from clients.contacts.services import keep_promise
from clients.contacts.services import promise as make_promise
from clients.corrections.services import decide_correction
from clients.desk.timeline.kinds import KINDS
from clients.desk.timeline.page import large_flow
from clients.desk.timeline.reading import PAGE, read_page, read_place, write_place
from clients.desk.timeline.sources import SOURCES
from clients.profile.additions import add_note
from clients.profile.models import Client
from clients.segmentation.models import Standing
from clients.segmentation.rules import Movement
from crm.audit.services import acting
from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import browser_of, get, make_change, make_run
from tests.factories.care import correction
from tests.factories.clients import PermissionRequestFactory, RiskAssessmentFactory, ServiceRecordFactory, client
from tests.factories.ledger import AlertFactory, CashFlowFactory, at_ten
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 10, 12)
CODES = [source.code for source in SOURCES]
LARGE = Decimal(50_000)
MOST_QUERIES = 25


@pytest.fixture
def here() -> Unit:
    return branch()


@pytest.fixture
def clerk(here: Unit) -> User:
    return person("counter_clerk", here, name="刘倩")


@pytest.fixture
def one(here: Unit) -> Client:
    return client(client_no="10800001", branch=here)


def everything(one: Client, by: User) -> None:
    """One entry of every kind, and of those with several steps every step."""
    ServiceRecordFactory(client=one, staff=by, occurred_at=at_ten(DAY), topic="银证转账", summary="<b>限额</b>")
    ServiceRecordFactory(client=one, staff=by, source="message", channel="sms", topic="测评到期")
    add_note(client=one, text="白天不便", by=by)
    due = timezone.now() + dt.timedelta(hours=1)
    keep_promise(promise=make_promise(client=one, what="回电", due_at=due, owner=by, by=by), result="已回", by=by)
    make_change(make_run(DAY), one, tier="gold", old_tier="silver")
    decide_correction(correction=correction(one, by), approve=True, by=person("operations_director", one.branch))
    with acting(by=by, reason="换人"):
        Client.objects.filter(pk=one.pk).update(manager=person("customer_manager", one.branch, name="新经理"))
    RiskAssessmentFactory(client=one, assessed_on=DAY, level="C4")
    PermissionRequestFactory(client=one, requested_on=DAY, permission="star")
    AlertFactory(client=one, raised_on=DAY, closed_on=DAY + dt.timedelta(days=1), kind="频繁撤单")
    CashFlowFactory(client=one, day=DAY, direction="out", amount=Decimal("5500000"), kind="bank_transfer")


def test_every_kind_is_told(one: Client, clerk: User) -> None:
    everything(one, clerk)
    page = get(clerk, "/clients/10800001/").content.decode()

    for words in (
        "银证转账", "&lt;b&gt;限额", "Message sent", "测评到期", "白天不便", "Promised by", "Promise kept: 回电",
        "已回", "Gold card", "Correction proposed: Phone", "Correction approved: Phone", "nobody → 新经理", "换人",
        "C4 Aggressive", "STAR Market", "Alert: 频繁撤单", "Alert closed: 频繁撤单", "−5.5M", "刘倩",
    ):  # fmt: skip
        assert words in page, words
    assert "13900001111" not in page


def test_small_flows_and_those_not_of_the_client_stay_out(one: Client) -> None:
    CashFlowFactory(client=one, amount=LARGE - 1)
    CashFlowFactory(client=one, amount=LARGE * 9, kind="dividend")
    CashFlowFactory(client=one, amount=LARGE, kind="")
    assert [entry.body["amount"] for entry in read_page(one.pk, CODES, large=LARGE).entries] == ["50000.00"]


@pytest.mark.parametrize(("assets", "large"), [("0", "50000"), ("1000000", "300000.0"), ("9000000", "500000")])
def test_what_is_large_follows_the_policy(assets: str, large: str) -> None:
    assert large_flow(Standing(average_assets=Decimal(assets)), Movement()) == Decimal(large)


def many(one: Client) -> int:
    """Entries of several sources, many of them at the very same instant or day."""
    for n in range(20):
        day = DAY + dt.timedelta(days=n % 3)
        ServiceRecordFactory(client=one, occurred_at=at_ten(day))
        RiskAssessmentFactory(client=one, assessed_on=DAY - dt.timedelta(days=n + 1))
        AlertFactory(client=one, raised_on=day, closed_on=day)
        CashFlowFactory(client=one, day=day, amount=LARGE)
        make_change(make_run(DAY - dt.timedelta(days=n + 1)), one)
    return 20 * 6


@pytest.mark.parametrize("size", [1, 7, 30])
def test_pages_hold_every_entry_once_in_order(one: Client, size: int) -> None:
    number, seen, place = many(one), [], None
    while True:
        page = read_page(one.pk, CODES, large=LARGE, after=place, size=size)
        seen += [(entry.at, entry.code, entry.number) for entry in page.entries]
        place = page.next
        if place is None:
            break
        place = read_place(write_place(place, "x"), "x")

    assert len(seen) == len(set(seen)) == number
    assert [at for at, _code, _number in seen] == sorted((at for at, _c, _n in seen), reverse=True)
    whole = read_page(one.pk, CODES, large=LARGE, size=number)
    assert [(entry.at, entry.code, entry.number) for entry in whole.entries] == seen
    assert whole.next is None


def test_a_place_serves_its_own_timeline_alone() -> None:
    one = client()
    many(one)
    place = read_page(one.pk, CODES, large=LARGE).next
    assert place is not None
    text = write_place(place, "timeline:1:")
    assert read_place(text, "timeline:1:") == place
    for other in ("timeline:2:", "timeline:1:notes"):
        assert read_place(text, other) is None
    for broken in ("", "x", text[:-2], "😀", "%00"):
        assert read_place(broken, "timeline:1:") is None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code or "everything")
def test_narrowed_to_a_kind(one: Client, clerk: User, kind: Any) -> None:
    everything(one, clerk)
    response = get(clerk, f"/clients/10800001/?kind={kind.code}")
    timeline = response.context["timeline"]

    assert [chip["label"] for chip in timeline.chips if chip["active"]] == [str(kind.label)]
    found = read_page(one.pk, kind.source_codes, large=timeline.large).entries
    assert found
    assert {entry.code for entry in found} == set(kind.source_codes)
    assert len(timeline.lines) == len(found)


def test_older_entries_come_as_a_part(one: Client, clerk: User) -> None:
    many(one)
    browser = browser_of(clerk)
    first = browser.get("/clients/10800001/").context["timeline"]
    assert len(first.lines) == PAGE
    part = browser.get(first.older_url, headers={"HX-Request": "true", "HX-Target": "timeline-older"})
    whole = browser.get(first.older_url)

    assert part.content.decode().count("timeline-when") == PAGE
    assert "<html" not in part.content.decode()
    assert "<section" not in part.content.decode()
    assert whole.context["timeline"].is_older
    assert "To the newest" in whole.content.decode()
    chips = browser.get("/clients/10800001/?kind=alerts", headers={"HX-Request": "true", "HX-Target": "timeline"})
    assert chips.content.decode().count("<section") == 1


@pytest.mark.parametrize(
    "query", ["kind=%00", "kind=nothing", "before=x", "before=%F0%9F%98%80", "kind=notes&before=1"]
)
def test_what_the_address_has_wrong_is_left_out(one: Client, clerk: User, query: str) -> None:
    assert get(clerk, f"/clients/10800001/?{query}").status_code == 200


def test_two_queries_a_page_whatever_is_on_it(one: Client, clerk: User) -> None:
    everything(one, clerk)
    many(one)
    with CaptureQueriesContext(connection) as captured:
        assert read_page(one.pk, CODES, large=LARGE, size=100).entries
    assert len(captured) == 2


def test_few_queries_with_500_entries(
    here: Unit, one: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    me = person("customer_manager", here)
    everything(one, person("counter_clerk", here))
    Client.objects.filter(pk=one.pk).update(manager=me)
    many(one)
    for n in range(380):
        ServiceRecordFactory(client=one, staff=me, occurred_at=at_ten(DAY - dt.timedelta(days=n)))
    browser = browser_of(me)
    browser.get("/clients/10800001/")
    with django_assert_max_num_queries(MOST_QUERIES):
        assert browser.get("/clients/10800001/").status_code == 200


def test_of_another_client_nothing(one: Client, clerk: User, here: Unit) -> None:
    other = client(branch=here)
    everything(other, clerk)
    assert read_page(one.pk, CODES, large=Decimal(0)).entries == []
