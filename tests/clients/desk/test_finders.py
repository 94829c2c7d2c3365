"""The search of the product finds clients by every kind of words, inside the scope, masked, and puts it down."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from clients.desk.found_clients import EACH, find_clients
from clients.profile.models import Client
from crm.audit.models import ReadKind, ReadLog
from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import browser_of, get, stand
from tests.factories.clients import ClientFactory, ExtraPhoneFactory, client
from tests.factories.people import person
from tests.factories.units import RegionFactory, branch

pytestmark = pytest.mark.django_db


def search(user: User, words: str, *, box: bool = True) -> Any:
    headers = {"HX-Request": "true"} if box else {}
    return get(user, reverse("search", query={"q": words}), "en", **headers)


def group(response: Any, name: str = "clients") -> list[Any]:
    """The hits of one group."""
    assert response.status_code == 200
    return [hit for one in response.context["results"].groups if one.finder.name == name for hit in one.found.hits]


def numbers(response: Any) -> list[str]:
    return [hit.url.split("/")[2] for hit in group(response)]


@pytest.fixture
def shenzhen() -> Unit:
    return branch(code="SZ", name="深圳红岭路营业部")


@pytest.fixture
def clerk(shenzhen: Unit) -> User:
    return person("counter_clerk", shenzhen)


@pytest.fixture
def zhang(shenzhen: Unit) -> Client:
    made = client(
        client_no="108002314477",
        name="张博伟",
        phone="13812341234",
        id_number="11010119900101123X",
        branch=shenzhen,
    )
    ExtraPhoneFactory(client=made, phone="13700009999")
    return stand(made, tier="gold")


KINDS = [
    "108002314477",
    "1080 0231",
    "１０８００２３１",
    "张博",
    "张博伟",
    "博伟",
    "zbw",
    "ZBW",
    "13812341234",
    "138 1234 1234",
    "1234",
    "１２３４",
    "13700009999",
    "9999",
    "11010119900101123x",
]


class TestWhatIsFound:
    @pytest.mark.parametrize("words", KINDS)
    def test_every_kind_of_words(self, clerk: User, zhang: Client, words: str) -> None:
        assert numbers(search(clerk, words)) == [zhang.client_no]

    @pytest.mark.parametrize(
        ("name", "initials"), [("单雄信", "sxx"), ("曾国藩", "zgf"), ("仇英", "qy"), ("解缙", "xj"), ("尉迟恭", "ycg")]
    )
    def test_surnames_by_their_own_reading(self, clerk: User, shenzhen: Unit, name: str, initials: str) -> None:
        made = client(name=name, branch=shenzhen)
        assert numbers(search(clerk, initials)) == [made.client_no]

    @pytest.mark.parametrize("words", KINDS)
    def test_not_outside_the_scope(self, zhang: Client, shenzhen: Unit, words: str) -> None:
        elsewhere = person("operations_director")
        colleague = person("customer_manager", shenzhen)
        assert numbers(search(elsewhere, words)) == []
        assert numbers(search(colleague, words)) == []
        assert not ReadLog.objects.filter(rows__gt=0).exists()

    def test_a_region_sees_its_branches_and_is_told_which(self) -> None:
        region = RegionFactory()
        here, there = branch(parent=region, name="甲营业部"), branch(parent=region, name="乙营业部")
        for number, unit in (("A1", here), ("A2", there), ("A3", branch())):
            client(client_no=number, name="王小明", branch=unit)
        hits = group(search(person("region_head", region), "王小明"))
        assert [hit.line for hit in hits] == ["A1 · 甲", "A2 · 乙"]

    def test_nobody_without_the_permission(self, zhang: Client) -> None:
        response = search(person("administrator"), "张博伟")
        assert numbers(response) == []
        assert not ReadLog.objects.exists()

    def test_each_client_once(self, clerk: User, shenzhen: Unit) -> None:
        made = client(client_no="1234-5", phone="13800001234", branch=shenzhen)
        ExtraPhoneFactory(client=made, phone="13900001234")
        ExtraPhoneFactory(client=made, phone="13700001234")
        assert numbers(search(clerk, "1234")) == ["1234-5"]


class TestOrder:
    def test_the_whole_name_first_and_closed_clients_last(self, clerk: User, shenzhen: Unit) -> None:
        today = timezone.localdate()
        client(client_no="LONG", name="张伟强", branch=shenzhen)
        client(client_no="CLOSED", name="张伟", branch=shenzhen, status="closed", closed_on=today)
        client(client_no="WHOLE", name="张伟", branch=shenzhen)
        response = search(clerk, "张伟")
        assert numbers(response) == ["WHOLE", "LONG", "CLOSED"]
        assert [hit.marked for hit in group(response)] == [("tier", "none"), ("tier", "none"), ("client", "closed")]

    def test_the_end_of_a_phone_before_the_beginning_of_a_number(self, clerk: User, shenzhen: Unit) -> None:
        client(client_no="10801", name="赵一", branch=shenzhen)
        client(client_no="90000", name="赵小一", phone="13800001080", branch=shenzhen)
        assert numbers(search(clerk, "1080")) == ["90000", "10801"]

    def test_a_whole_number_before_those_that_begin_with_it(self, clerk: User, shenzhen: Unit) -> None:
        for number in ("100", "1001", "1002"):
            client(client_no=number, branch=shenzhen)
        assert numbers(search(clerk, "100"))[0] == "100"
        assert search(clerk, "100", box=False)["Location"] == "/clients/100/"

    def test_all_of_them_are_one_step_away(self, clerk: User, shenzhen: Unit) -> None:
        for n in range(8):
            client(client_no=f"N{n}", name="李想", branch=shenzhen, status="closed" if n == 7 else "active")
        response = search(clerk, "李想")
        assert len(numbers(response)) == 6
        found = response.context["results"].groups[0].found
        assert found.more
        listed = get(clerk, found.all_url)
        assert {row.number for row in listed.context["rows"]} == {f"N{n}" for n in range(8)}


class TestOpening:
    @pytest.mark.parametrize("words", ["108002314477", "13812341234", "11010119900101123X", "13700009999"])
    def test_whole_numbers_lead_to_the_client(self, clerk: User, zhang: Client, shenzhen: Unit, words: str) -> None:
        client(name="张博伟", branch=shenzhen)
        assert search(clerk, words, box=False)["Location"] == f"/clients/{zhang.client_no}/"

    def test_a_phone_of_two_clients_leads_to_both(self, clerk: User, zhang: Client, shenzhen: Unit) -> None:
        client(client_no="WIFE", phone="13812341234", branch=shenzhen)
        assert set(numbers(search(clerk, "13812341234", box=False))) == {"WIFE", zhang.client_no}


class TestMasks:
    def test_names_and_numbers_are_masked(self, clerk: User, zhang: Client) -> None:
        for words, shown in (("1234", "138****1234"), ("9999", "further phone ****9999"), ("zbw", "张**")):
            page = search(clerk, words).content.decode()
            assert shown in page
            assert "张博伟" not in page
            assert "13812341234" not in page
        assert "1****************X" in search(clerk, "11010119900101123X").content.decode()

    def test_own_clients_are_in_clear_and_that_is_logged(self, shenzhen: Unit) -> None:
        me = person("customer_manager", shenzhen)
        client(name="张博伟", branch=shenzhen, manager=me)
        assert "张博伟" in search(me, "zbw").content.decode()
        log = ReadLog.objects.get(kind=ReadKind.OWN_CLEAR)
        assert (log.by, log.rows, log.fields, log.url) == (me, 1, "name", "/search/")

    @pytest.mark.parametrize("name", ["<b>x</b>", "=cmd|'/c calc'!A1", "{{ 7|add:7 }}", "名" * 200])
    def test_any_name_comes_out_as_text(self, shenzhen: Unit, name: str) -> None:
        me = person("customer_manager", shenzhen)
        client(client_no="NO-1", name=name, branch=shenzhen, manager=me)
        response = search(me, "NO-1")
        assert group(response)[0].title == name
        assert "<b>x" not in response.content.decode()


class TestLog:
    @pytest.mark.parametrize(
        ("words", "fields", "kept"),
        [
            ("13812341234", "phone", "138****1234"),
            ("1234", "phone_tail", "1234"),
            ("11010119900101123X", "id_number", "1****************X"),
            ("张博", "name", "张博"),
        ],
    )
    def test_what_was_looked_for(self, clerk: User, zhang: Client, words: str, fields: str, kept: str) -> None:
        search(clerk, words)
        log = ReadLog.objects.get()
        assert (log.kind, log.by, log.fields, log.reason, log.rows) == (ReadKind.SEARCH, clerk, fields, kept, 1)
        assert "?" not in log.url

    def test_finding_nobody_is_a_search_too(self, clerk: User) -> None:
        search(clerk, "13800000000")
        assert ReadLog.objects.get().rows == 0

    def test_a_number_is_none(self, clerk: User, zhang: Client) -> None:
        search(clerk, "10800")
        assert not ReadLog.objects.exists()

    def test_the_same_display_is_one_row_a_minute(self, clerk: User, zhang: Client, shenzhen: Unit) -> None:
        with time_machine.travel(timezone.now(), tick=False):
            for words in ("zbw", "zb", "zbw", "zbw"):
                search(clerk, words)
            assert sorted(ReadLog.objects.values_list("reason", flat=True)) == ["zb", "zbw"]
            client(name="赵博文", branch=shenzhen)
            search(clerk, "zbw")
            assert ReadLog.objects.filter(reason="zbw").count() == 2

    def test_another_person_is_another_row(self, clerk: User, zhang: Client, shenzhen: Unit) -> None:
        search(clerk, "zbw")
        search(person("counter_clerk", shenzhen), "zbw")
        assert ReadLog.objects.filter(reason="zbw").count() == 2


class TestLately:
    def test_the_clients_whose_pages_one_opened(self, clerk: User, shenzhen: Unit) -> None:
        for number in ("A", "B", "C"):
            client(client_no=number, branch=shenzhen)
        browser = browser_of(clerk)
        for number in ("A", "B", "C", "A"):
            browser.get(f"/clients/{number}/")
        assert numbers(search(clerk, "")) == ["A", "C", "B"]
        assert numbers(search(person("counter_clerk", shenzhen), "")) == []

    def test_not_those_who_left_the_scope(self, clerk: User, zhang: Client) -> None:
        browser_of(clerk).get(f"/clients/{zhang.client_no}/")
        Client.objects.filter(pk=zhang.pk).update(branch=branch())
        assert numbers(search(clerk, "")) == []

    def test_not_what_was_opened_long_ago(self, clerk: User, zhang: Client) -> None:
        with time_machine.travel(timezone.now() - dt.timedelta(days=20)):
            browser_of(clerk).get(f"/clients/{zhang.client_no}/")
        assert numbers(search(clerk, "")) == []


class TestManagers:
    @pytest.fixture
    def manager(self, shenzhen: Unit) -> User:
        return person("customer_manager", shenzhen, staff_no="M100", name="周敏")

    @pytest.mark.parametrize("words", ["周敏", "M100", "m10"])
    def test_lead_to_their_clients(self, clerk: User, manager: User, words: str) -> None:
        hit = group(search(clerk, words), "managers")[0]
        assert (hit.title, hit.url, hit.line) == ("周敏", "/clients/?manager=M100", "M100 · 深圳红岭路营业部")

    def test_of_the_own_branches_alone(self, manager: User) -> None:
        assert group(search(person("counter_clerk"), "周敏"), "managers") == []
        assert len(group(search(person("auditor"), "周敏"), "managers")) == 1

    def test_not_for_who_sees_his_own_clients_alone(self, manager: User, shenzhen: Unit) -> None:
        assert group(search(person("customer_manager", shenzhen), "周敏"), "managers") == []

    def test_not_whose_appointment_ended(self, clerk: User, manager: User) -> None:
        manager.appointments.update(ends_on=timezone.localdate() - dt.timedelta(days=1))
        assert group(search(clerk, "周敏"), "managers") == []


class TestCost:
    @pytest.mark.parametrize("words", ["1080", "13812341234", "张博", "zbw"])
    def test_two_queries_whoever_searches(
        self, clerk: User, zhang: Client, words: str, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        find_clients(clerk, words, 6)
        with django_assert_num_queries(2):
            find_clients(clerk, words, 6)

    def test_a_search_is_few_queries(self, clerk: User, zhang: Client) -> None:
        browser = browser_of(clerk)
        with CaptureQueriesContext(connection) as made:
            browser.get("/search/?q=zbw", headers={"HX-Request": "true"})
        queries = [query["sql"] for query in made if "SAVEPOINT" not in query["sql"]]
        assert len(queries) <= 10, [q[:90] for q in queries]

    def test_a_common_name_reads_a_bounded_number_of_clients(self, clerk: User, shenzhen: Unit) -> None:
        ClientFactory.create_batch(EACH + 20, name="张伟", branch=shenzhen)
        found = find_clients(clerk, "张伟", EACH + 20)
        assert len(found.hits) == EACH
