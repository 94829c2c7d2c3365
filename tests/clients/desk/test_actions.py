"""What is done from a client's page: by whom, once, with what was typed kept when it is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import NoReverseMatch
from django.utils import timezone

from clients.contacts.models import FollowUp, ServiceRecord
from clients.desk import panels
from clients.profile.models import Client, ClientNote
from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import browser_of, get
from tests.factories.care import promise
from tests.factories.clients import client
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db
PARTS = ("contacts/new/", "promises/new/", "notes/new/", "wishes/")
KEY = "0b6f2f5e-7a0e-4ad5-9a58-0d7c7e0b1111"


@pytest.fixture
def here() -> Unit:
    return branch()


@pytest.fixture
def clerk(here: Unit) -> User:
    return person("counter_clerk", here, name="刘倩")


@pytest.fixture
def one(here: Unit) -> Client:
    return client(client_no="10800001", name="陈志远", branch=here)


def url(part: str = "") -> str:
    return f"/clients/10800001/{part}"


def local(hours: int) -> str:
    return f"{timezone.localtime() + dt.timedelta(hours=hours):%Y-%m-%dT%H:%M}"


def typed(**fields: Any) -> dict[str, Any]:
    values = {"key": KEY, "channel": "phone", "way": "inbound", "occurred_at": local(-1), "topic": "银证转账"}
    return values | {"summary": "问限额", "outcome": "已解答"} | fields


@pytest.mark.parametrize("part", PARTS)
class TestWho:
    def test_strangers(self, one: Client, part: str) -> None:
        assert get(None, url(part))["Location"].startswith("/account/login/")

    def test_out_of_scope(self, one: Client, part: str) -> None:
        assert get(person("counter_clerk"), url(part)).status_code == 404

    def test_forbidden(self, one: Client, part: str) -> None:
        auditor = person("auditor")
        assert browser_of(auditor).post(url(part), typed()).status_code == 403

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_open(self, one: Client, clerk: User, part: str, language: str) -> None:
        response = get(clerk, url(part), language)
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]


def test_buttons_for_who_may(one: Client, clerk: User, here: Unit) -> None:
    page = get(clerk, url()).content.decode()
    assert "/contacts/new/" in page
    assert 'href="/clients/10800001/message/"' not in page
    assert "/message/" in get(person("callback_clerk", here), url()).content.decode()
    assert "/contacts/new/" not in get(person("auditor"), url()).content.decode()


class TestContact:
    def test_written_once_with_its_promise(self, one: Client, clerk: User) -> None:
        browser = browser_of(clerk)
        data = typed(what="回电", due_at=local(30), owner=clerk.pk)
        for _ in range(2):
            assert browser.post(url("contacts/new/"), data)["Location"] == url()

        record = ServiceRecord.objects.get()
        assert (record.channel, record.direction, record.topic, record.staff) == ("phone", "inbound", "银证转账", clerk)
        assert FollowUp.objects.get().record == record
        page = browser.get(url()).content.decode()
        assert "回电" in page
        assert "问限额" in page

    @pytest.mark.parametrize(
        "wrong",
        [
            {"topic": ""}, {"channel": "fax"}, {"way": ""}, {"occurred_at": "gestern"}, {"key": "1"},
            {"occurred_at": local(5)}, {"what": "回电"}, {"due_at": local(5)}, {"what": "回电", "due_at": local(-5)},
            {"what": "回电", "due_at": local(5), "owner": "999999"}, {"topic": "x" * 101}, {"summary": "\0"},
        ],
    )  # fmt: skip
    def test_refused_it_keeps_what_was_typed(self, one: Client, clerk: User, wrong: dict[str, Any]) -> None:
        response = browser_of(clerk).post(url("contacts/new/"), typed(outcome="保留我") | wrong)

        assert response.status_code == 422
        assert "保留我" in response.content.decode()
        assert not ServiceRecord.objects.exists()


def test_a_promise_and_its_end(one: Client, clerk: User) -> None:
    browser = browser_of(clerk)
    data = {"what": "寄资料", "due_at": local(3), "owner": clerk.pk}
    for _ in range(2):
        assert browser.post(url("promises/new/"), data)["Location"] == url()
    made = FollowUp.objects.get()

    assert "寄资料" in browser.get(url()).content.decode()
    answer = browser.post(f"/promises/{made.pk}/end/", {"verb": "keep", "back": "client"})
    assert answer["Location"] == url()
    made.refresh_from_db()
    assert made.state == "done"


def test_a_note(one: Client, clerk: User) -> None:
    browser = browser_of(clerk)
    assert browser.post(url("notes/new/"), {"text": ""}).status_code == 422
    assert browser.post(url("notes/new/"), {"text": "白天\n不便"})["Location"] == url()
    assert ClientNote.objects.get().by == clerk


class TestPromises:
    def test_my_own_first_the_overdue(self, one: Client, clerk: User, here: Unit) -> None:
        now, colleague = timezone.now(), person("counter_clerk", here)
        for hours, owner in ((50, clerk), (-50, clerk), (1, colleague), (-2, clerk)):
            promise(one, owner, what=f"in {hours}", due_at=now + dt.timedelta(hours=hours))
        promise(one, clerk, what="done", state="done", ended_at=now, ended_by=clerk)

        def shown(query: str) -> list[str]:
            return [line.promise.what for line in get(clerk, f"/promises/?{query}").context["lines"]]

        assert shown("") == ["in -50", "in -2", "in 50"]
        assert shown("whose=all") == ["in -50", "in -2", "in 1", "in 50"]
        assert shown("due=overdue") == ["in -50", "in -2"]
        assert shown("due=later&whose=all")[-1] == "in 50"

    def test_who_sees_one(self, one: Client, clerk: User) -> None:
        address = f"/promises/{promise(one, clerk).pk}/"

        assert get(None, address).status_code == 302
        assert get(person("counter_clerk"), address).status_code == 404
        assert get(person("administrator"), address).status_code == 403
        assert "Hand over" not in get(person("auditor"), address).content.decode()
        assert "陈志远" not in get(clerk, address).content.decode()
        assert browser_of(person("auditor")).post(f"{address}end/", {"verb": "keep"}).status_code == 403
        assert browser_of(person("counter_clerk")).post(f"{address}end/", {"verb": "keep"}).status_code == 404

    def test_dropped_with_a_reason(self, one: Client, clerk: User) -> None:
        made = promise(one, clerk)
        browser = browser_of(clerk)
        assert browser.post(f"/promises/{made.pk}/end/", {"verb": "drop", "result": ""}).status_code == 422
        browser.post(f"/promises/{made.pk}/end/", {"verb": "drop", "result": "客户取消"})
        made.refresh_from_db()
        assert (made.state, made.result) == ("dropped", "客户取消")
        assert browser.post(f"/promises/{made.pk}/end/", {"verb": "keep"}).status_code == 302
        made.refresh_from_db()
        assert made.state == "dropped"

    def test_handed_on(self, one: Client, clerk: User, here: Unit) -> None:
        made, colleague = promise(one, clerk), person("callback_clerk", here)
        browser = browser_of(clerk)
        assert browser.post(f"/promises/{made.pk}/hand/", {"owner": person("auditor").pk}).status_code == 422
        browser.post(f"/promises/{made.pk}/hand/", {"owner": colleague.pk})
        made.refresh_from_db()
        assert made.owner == colleague

    def test_home_says_what_is_due(self, one: Client, clerk: User) -> None:
        promise(one, clerk, what="昨天的", due_at=timezone.now() - dt.timedelta(days=1))
        promise(one, clerk, what="下周的", due_at=timezone.now() + dt.timedelta(days=7))
        page = get(clerk, "/").content.decode()

        assert "昨天的" in page
        assert "下周的" not in page
        assert "1 overdue, 0 today" in page


class TestLookUp:
    def test_from_the_number_to_the_record(self, one: Client) -> None:
        elsewhere = person("counter_clerk")
        browser = browser_of(elsewhere)
        answer = browser.post("/enquiries/", {"q": "10800001"})
        (card,) = answer.context["cards"]
        assert "陈**" in answer.content.decode()
        assert "1080 0001<" in answer.content.decode()
        assert "陈志远" not in answer.content.decode()

        address = f"/enquiries/new/?pass={card.number_pass}"
        assert "陈**" in browser.get(address).content.decode()
        assert browser.post(address, typed(topic="")).status_code == 422
        assert browser.post(address, typed())["Location"] == "/enquiries/"
        assert ServiceRecord.objects.get().client == one

    def test_of_nobody_we_know(self, clerk: User) -> None:
        assert "exactly this" in browser_of(clerk).post("/enquiries/", {"q": "99999999"}).content.decode()
        assert browser_of(clerk).post("/enquiries/new/", typed()).status_code == 302
        assert ServiceRecord.objects.get().client is None

    def test_a_pass_of_somebody_else_finds_nobody(self, one: Client, clerk: User) -> None:
        (card,) = browser_of(clerk).post("/enquiries/", {"q": "10800001"}).context["cards"]
        address = f"/enquiries/new/?pass={card.number_pass}"
        assert get(person("counter_clerk"), address).status_code == 404
        assert get(clerk, "/enquiries/new/?pass=x").status_code == 404

    def test_who_may(self) -> None:
        for address in ("/enquiries/", "/enquiries/new/"):
            assert get(None, address).status_code == 302
            assert get(person("region_head"), address).status_code == 403


def test_panels_of_later_apps(one: Client, clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [url for _label, url in panels.panels_of("10800001")] == ["/clients/10800001/calls/"]

    def reverse(name: str, args: list[str]) -> str:
        if name == "complaints:client-panel":
            return f"/complaints/of/{args[0]}/"
        raise NoReverseMatch(name)

    monkeypatch.setattr(panels, "reverse", reverse)
    page = get(clerk, url()).content.decode()
    assert 'hx-get="/complaints/of/10800001/" hx-trigger="load"' in page
