"""Preferences and needs: shown, kept, and what happens when two people edit at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from clients.profile.models import Client, ClientWishes, ExtraPhone
from clients.profile.wishes import update_wishes
from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import browser_of, get
from tests.factories.clients import ExtraPhoneFactory, WishesFactory, client
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db
URL = "/clients/10800001/wishes/"
OPENED = {
    "preferred_name": "陈先生", "call_days": "rest", "call_from": dt.time(9), "call_until": dt.time(11, 30),
    "preferred_hours": "上午", "declared_preference": "steady", "horizon": "short",
    "interests": ["shares", "ETF"], "needs": "养老", "opt_outs": ["sms"],
}  # fmt: skip


@pytest.fixture
def here() -> Unit:
    return branch()


@pytest.fixture
def clerk(here: Unit) -> User:
    return person("counter_clerk", here, name="刘倩")


@pytest.fixture
def one(here: Unit) -> Client:
    return client(client_no="10800001", branch=here)


def post(by: User, **fields: Any) -> Any:
    return browser_of(by).post(URL, OPENED | {"version": 1} | fields)


@pytest.fixture
def stored(one: Client) -> ClientWishes:
    made: ClientWishes = WishesFactory(client=one, version=1, **OPENED)
    return made


def test_kept(one: Client, clerk: User) -> None:
    assert browser_of(clerk).post(URL, OPENED | {"version": 0, "interests": ["shares"]})["Location"] == URL
    kept = ClientWishes.objects.get()
    assert (kept.version, kept.interests, kept.opt_outs) == (1, ["shares"], ["sms"])
    assert (kept.call_days, kept.call_from, kept.call_until) == ("rest", dt.time(9), dt.time(11, 30))
    page = get(clerk, "/clients/10800001/").content.decode()
    assert "Shares" in page
    assert "Days off, 09:00–11:30" in page
    assert "No SMS" in page


def test_older_words_of_interests_are_not_lost(stored: ClientWishes, clerk: User) -> None:
    assert post(clerk, needs="子女教育").status_code == 302
    stored.refresh_from_db()
    assert (stored.interests, stored.needs) == (["shares", "ETF"], "子女教育")


@pytest.mark.parametrize(
    "wrong",
    [
        {"horizon": "x"},
        {"interests": ["gold"]},
        {"version": "x"},
        {"needs": "\0"},
        {"call_days": "sunday"},
        {"call_from": "25:00"},
        {"call_from": ""},
        {"call_until": ""},
        {"call_until": "09:00"},
    ],
)
def test_refused(stored: ClientWishes, clerk: User, wrong: dict[str, Any]) -> None:
    response = post(clerk, preferred_name="保留我", **wrong)
    assert response.status_code == 422
    assert "保留我" in response.content.decode()


def test_a_conflict_shows_both_versions_and_loses_nothing(
    one: Client, stored: ClientWishes, clerk: User, here: Unit
) -> None:
    other = person("counter_clerk", here, name="孙一")
    theirs = OPENED | {"needs": "孙一写的", "preferred_hours": "下午", "call_until": dt.time(12)}
    update_wishes(client=one, wishes=theirs, version=1, by=other)

    answer = post(clerk, needs="我写的", preferred_name="陈总")

    assert answer.status_code == 409
    page, conflict = answer.content.decode(), answer.context["conflict"]
    assert "孙一" in page
    found = {one.label: (one.stored, one.typed, one.is_yours, one.is_disputed) for one in conflict.differences}
    assert found == {
        "Preferred name": ("陈先生", "陈总", True, False),
        "Calls until": ("12:00", "11:30", False, False),
        "Preferred hours": ("下午", "上午", False, False),
        "Needs": ("孙一写的", "我写的", True, True),
    }
    merged = answer.context["form"].initial
    assert (merged["needs"], merged["preferred_name"], merged["preferred_hours"]) == ("我写的", "陈总", "下午")
    stored.refresh_from_db()
    assert stored.needs == "孙一写的"

    assert browser_of(clerk).post(URL, merged).status_code == 302
    stored.refresh_from_db()
    assert (stored.needs, stored.preferred_hours, stored.version) == ("我写的", "下午", 3)


def test_only_reading_for_who_may_not(one: Client, stored: ClientWishes, here: Unit) -> None:
    page = get(person("region_head", here.parent), URL).content.decode()
    assert "养老" in page
    assert "<textarea" not in page


class TestPhones:
    def test_added_masked_and_removed(self, one: Client, clerk: User) -> None:
        browser = browser_of(clerk)
        assert browser.post("/clients/10800001/phones/", {"phone": "12"}).status_code == 422
        browser.post("/clients/10800001/phones/", {"phone": "13900005678", "remark": "办公室"})
        page = browser.get(URL).content.decode()
        assert "139****5678" in page
        assert "13900005678" not in page
        kept = ExtraPhone.objects.get()
        for _ in range(2):
            assert browser.post(f"/clients/10800001/phones/{kept.pk}/remove/").status_code == 302
        assert not ExtraPhone.objects.exists()

    def test_in_clear_for_the_own_manager(self, one: Client, here: Unit) -> None:
        me = person("customer_manager", here)
        Client.objects.filter(pk=one.pk).update(manager=me)
        ExtraPhoneFactory(client=one, phone="13900005678")
        assert "13900005678" in get(me, URL).content.decode()

    def test_of_another_client_it_stays(self, one: Client, clerk: User) -> None:
        other = ExtraPhoneFactory()
        browser_of(clerk).post(f"/clients/10800001/phones/{other.pk}/remove/")
        assert ExtraPhone.objects.filter(pk=other.pk).exists()

    def test_who_may(self, one: Client) -> None:
        for address in ("phones/", "phones/1/remove/"):
            assert browser_of(person("auditor")).post(f"/clients/10800001/{address}").status_code == 403
            assert browser_of(person("counter_clerk")).post(f"/clients/10800001/{address}").status_code == 404


def test_the_history_tells_of_wishes_and_phones(one: Client, stored: ClientWishes, clerk: User) -> None:
    post(clerk, interests=["bonds"], call_days="any", call_until="18:00")
    browser = browser_of(clerk)
    browser.post("/clients/10800001/phones/", {"phone": "13900005678"})
    browser.post(f"/clients/10800001/phones/{ExtraPhone.objects.get().pk}/remove/")

    page = get(clerk, "/clients/10800001/history/").content.decode()
    assert "Bonds" in page
    assert "Any day" in page
    assert "18:00<" in page
    assert "Shares, ETF" in page
    assert page.count("139****5678") == 2
    assert "刘倩" in page
