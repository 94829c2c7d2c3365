"""The client list: whose clients, which of them, how they look, and what it costs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from clients.profile.models import Client
from crm.access.roles import ROLES, Reach
from crm.audit.models import ReadKind, ReadLog
from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import browser_of, get, stand
from tests.factories.clients import ServiceRecordFactory, client
from tests.factories.people import StandInFactory, person
from tests.factories.units import RegionFactory, branch

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


def open_list(user: User | None, query: str = "", language: str = "en", **headers: str) -> Any:
    return get(user, f"/clients/{query}", language, **headers)


def shown(response: Any) -> list[str]:
    """The client numbers on a page, in its order."""
    assert response.status_code == 200
    return [row.number.replace(" ", "") for row in response.context["rows"]]


@pytest.fixture
def shenzhen() -> Unit:
    return branch(code="SZ", name="深圳红岭路营业部")


@pytest.fixture
def clerk(shenzhen: Unit) -> User:
    return person("callback_clerk", shenzhen)


class TestWho:
    def test_a_stranger_is_sent_to_sign_in(self) -> None:
        response = open_list(None)

        assert response.status_code == 302
        assert response["Location"] == "/account/login/?next=%2Fclients%2F"

    @pytest.mark.parametrize("role", ["administrator", "education_editor", None])
    def test_without_the_permission_403_says_why(self, role: str | None) -> None:
        response = open_list(person(role))

        assert response.status_code == 403
        assert "See: clients" in response.content.decode()

    @pytest.mark.parametrize("role", [code for code, role in ROLES.items() if role.reach is Reach.OWN])
    def test_own_scope_shows_ones_own_clients_alone(self, role: str, shenzhen: Unit) -> None:
        me = person(role, shenzhen)
        client(client_no="MINE", branch=shenzhen, manager=me)
        client(client_no="OTHER", branch=shenzhen, manager=person("customer_manager", shenzhen))
        client(client_no="NOBODY", branch=shenzhen)

        response = open_list(me)

        assert shown(response) == ["MINE"]
        assert "My clients" in response.content.decode()
        assert not {"branch", "manager"} & set(response.context["page"].state.column_names)

    def test_branch_scope_shows_the_branch_alone(self, clerk: User, shenzhen: Unit) -> None:
        client(client_no="HERE", branch=shenzhen)
        client(client_no="THERE")

        response = open_list(clerk)

        assert shown(response) == ["HERE"]
        assert "manager" in response.context["page"].state.column_names
        assert "branch" not in response.context["page"].state.column_names

    def test_region_scope_shows_its_branches(self) -> None:
        region = RegionFactory()
        client(client_no="A", branch=branch(parent=region))
        client(client_no="B", branch=branch(parent=region))
        client(client_no="C")

        response = open_list(person("region_head", region), "?sort=number")

        assert shown(response) == ["A", "B"]
        assert "branch" in response.context["page"].state.column_names

    @pytest.mark.parametrize("role", [code for code, role in ROLES.items() if role.reach is Reach.ALL])
    def test_all_scope_shows_everybody(self, role: str) -> None:
        client(client_no="A")
        client(client_no="B")

        assert shown(open_list(person(role), "?sort=number")) == ["A", "B"]

    def test_a_branch_that_is_not_mine_cannot_be_asked_for(self, clerk: User, shenzhen: Unit) -> None:
        other = branch(code="BJ")
        client(client_no="HERE", branch=shenzhen)
        client(client_no="THERE", branch=other)

        assert shown(open_list(clerk, "?branch=BJ")) == ["HERE"]
        assert shown(open_list(clerk, "?q=THERE")) == []

    def test_a_deputy_sees_the_absent_colleagues_clients(self, shenzhen: Unit) -> None:
        absent, deputy = person("customer_manager", shenzhen), person("customer_manager", shenzhen)
        client(client_no="HIS", branch=shenzhen, manager=absent)

        assert shown(open_list(deputy)) == []
        StandInFactory(absent=absent, deputy=deputy)
        assert shown(open_list(deputy)) == ["HIS"]


class TestNames:
    def test_masked_for_everybody_but_the_own_manager(self, shenzhen: Unit) -> None:
        me = person("customer_manager", shenzhen)
        client(name="张博伟", branch=shenzhen, manager=me)

        assert "张博伟" in open_list(me).content.decode()
        for other in (person("general_manager", shenzhen), person("compliance"), person("auditor")):
            page = open_list(other).content.decode()
            assert "张博伟" not in page
            assert "张**" in page

    def test_clear_names_are_logged(self, shenzhen: Unit) -> None:
        me = person("customer_manager", shenzhen)
        for _n in range(3):
            client(branch=shenzhen, manager=me)

        open_list(me)

        log = ReadLog.objects.get(kind=ReadKind.OWN_CLEAR)
        assert (log.by, log.rows, log.fields, log.url) == (me, 3, "name", "/clients/")

    def test_masked_names_are_not(self, clerk: User, shenzhen: Unit) -> None:
        client(branch=shenzhen)
        open_list(clerk)
        assert not ReadLog.objects.exists()

    @pytest.mark.parametrize(
        "name", ["=cmd|'/c calc'!A1", "<script>alert(1)</script>", "😀" * 100, "名" * 200, "a'b\"c&d", "{{ 7|add:7 }}"]
    )
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_any_name_comes_out_as_text(self, name: str, language: str, shenzhen: Unit) -> None:
        me = person("customer_manager", shenzhen)
        client(name=name, branch=shenzhen, manager=me)

        response = open_list(me, language=language)

        page = response.content.decode()
        assert response.context["rows"][0].name == name
        assert "<script>alert" not in page
        assert "{{" not in page.replace(name, "")


class TestFilters:
    @pytest.fixture(autouse=True)
    def some(self, shenzhen: Unit) -> None:
        today = timezone.localdate()
        manager = person("customer_manager", shenzhen, staff_no="M1", name="周敏")
        gold = client(client_no="GOLD", branch=shenzhen, manager=manager, opened_on=dt.date(2021, 5, 6))
        stand(
            gold,
            tier="gold",
            style="trader",
            group="movement",
            average_assets=Decimal("1500000"),
            risk_level="C4",
            risk_until=today,
        )
        late = client(client_no="LATE", branch=shenzhen, opened_on=dt.date(2024, 5, 6))
        stand(
            late,
            tier="silver",
            group="new",
            average_assets=Decimal("300"),
            risk_level="C1",
            risk_until=today - dt.timedelta(days=1),
        )
        client(client_no="NONE", branch=shenzhen, status="suspended", opened_on=dt.date(2022, 5, 6))
        client(client_no="GONE", branch=shenzhen, status="closed", closed_on=today)

    @pytest.mark.parametrize(
        ("query", "numbers"),
        [
            ("", ["GOLD", "LATE", "NONE"]),
            ("?tier=gold", ["GOLD"]),
            ("?tier=gold&tier=silver", ["GOLD", "LATE"]),
            ("?style=trader", ["GOLD"]),
            ("?group=movement&group=new", ["GOLD", "LATE"]),
            ("?tier=gold&group=new", []),
            ("?risk=C4", ["GOLD"]),
            ("?risk=expired", ["LATE"]),
            ("?risk=none", ["NONE"]),
            ("?risk=none&risk=C4&risk=expired", ["GOLD", "LATE", "NONE"]),
            ("?manager=M1", ["GOLD"]),
            ("?manager=none", ["LATE", "NONE"]),
            ("?status=closed", ["GONE"]),
            ("?status=suspended", ["NONE"]),
            ("?status=active&status=suspended&status=closed", ["GOLD", "LATE", "NONE", "GONE"]),
            ("?sort=number", ["GOLD", "LATE", "NONE"]),
            ("?sort=-number", ["NONE", "LATE", "GOLD"]),
            ("?sort=opened", ["LATE", "NONE", "GOLD"]),
            ("?sort=-assets&status=active", ["LATE", "GOLD"]),
        ],
    )
    def test_each(self, clerk: User, query: str, numbers: list[str]) -> None:
        response = open_list(clerk, query)

        assert sorted(shown(response)) == sorted(numbers)
        if "sort" in query:
            assert shown(response) == numbers
        assert not response.context["page"].problems

    @pytest.mark.parametrize("query", ["?tier=iron", "?sort=name", "?at=zzz", "?branch=XX", "?q=a", "?manager=%00"])
    def test_what_is_wrong_is_said_and_left_out(self, clerk: User, query: str) -> None:
        response = open_list(clerk, query)

        if "branch" not in query and "%00" not in query:
            assert len(response.context["page"].problems) == 1
            assert 'role="alert"' in response.content.decode()
        assert shown(response)[0] == "GOLD"

    def test_a_closed_client_is_marked(self, clerk: User) -> None:
        assert "Closed" in open_list(clerk, "?status=closed").context["rows"][0].status
        assert open_list(clerk, "?tier=gold").context["rows"][0].status == ""

    def test_an_expired_profile_is_said_in_words(self, clerk: User) -> None:
        assert "C1 expired" in open_list(clerk, "?risk=expired").content.decode()

    def test_the_lowest_class_is_said_in_words(self, clerk: User, shenzhen: Unit) -> None:
        stand(client(client_no="LOW", branch=shenzhen), risk_level="C1-lowest")

        assert open_list(clerk, "?risk=C1-lowest").context["rows"][0].risk == "C1 lowest"

    def test_nobody_matches_says_so_and_how_to_go_on(self, clerk: User) -> None:
        page = open_list(clerk, "?tier=diamond&q=zbw").content.decode()

        assert "No client matches" in page
        assert 'href="/clients/"' in page

    def test_the_managers_of_chosen_branches_are_offered(self, shenzhen: Unit) -> None:
        for _n in range(4):
            branch()
        officer = person("compliance")

        def offered(query: str) -> list[str]:
            chips = {chip["name"]: chip for chip in open_list(officer, query).context["page"].chips}
            return [option.value for option in chips.get("manager", {"options": ()})["options"]]

        assert offered("") == []
        assert offered("?branch=SZ") == ["M1", "none"]
        assert offered("?manager=M1") == ["M1", "none"]


class TestSearch:
    def test_a_whole_number_leads_to_the_client(self, clerk: User, shenzhen: Unit) -> None:
        client(client_no="108002314477", branch=shenzhen)

        response = open_list(clerk, "?q=1080+0231+4477")

        assert (response.status_code, response["Location"]) == (302, "/clients/108002314477/")

    def test_but_not_inside_the_list(self, clerk: User, shenzhen: Unit) -> None:
        client(client_no="108002314477", branch=shenzhen)

        response = open_list(clerk, "?q=108002314477", **{"HX-Request": "true", "HX-Target": "list"})

        assert response.status_code == 200

    def test_by_name_and_initials_within_the_scope(self, clerk: User, shenzhen: Unit) -> None:
        client(client_no="A-1", name="张博伟", branch=shenzhen)
        client(client_no="A-2", name="张博伟")

        assert shown(open_list(clerk, "?q=张博")) == ["A-1"]
        assert shown(open_list(clerk, "?q=zbw")) == ["A-1"]

    def test_personal_searches_are_logged_without_the_clear_phone(self, clerk: User, shenzhen: Unit) -> None:
        client(phone="13812341234", branch=shenzhen)

        assert len(shown(open_list(clerk, "?q=13812341234"))) == 1

        log = ReadLog.objects.get()
        assert (log.kind, log.by, log.fields, log.reason, log.rows) == ("search", clerk, "phone", "138****1234", 1)
        assert "13812341234" not in log.url

    def test_a_search_by_number_is_no_personal_search(self, clerk: User) -> None:
        open_list(clerk, "?q=10800")
        assert not ReadLog.objects.exists()


class TestPages:
    @pytest.fixture
    def many(self, shenzhen: Unit) -> list[Client]:
        made = [client(client_no=f"N{n:03d}", branch=shenzhen) for n in range(120)]
        for n, one in enumerate(made):
            stand(one, average_assets=Decimal(n // 40))
        return made

    def test_forward_and_back_through_equal_figures(self, many: list[Client], clerk: User) -> None:
        browser = browser_of(clerk)
        first = browser.get("/clients/")
        second = browser.get(first.context["page"].next_url)
        third = browser.get(second.context["page"].next_url)

        everyone = shown(first) + shown(second) + shown(third)
        assert (len(shown(first)), len(shown(third))) == (50, 20)
        assert len(set(everyone)) == 120
        assert not third.context["page"].next_url
        assert shown(browser.get(third.context["page"].previous_url)) == shown(second)
        assert "120 clients" in first.content.decode()

    def test_a_cursor_of_another_filter_leads_to_the_first_page(self, many: list[Client], clerk: User) -> None:
        browser = browser_of(clerk)
        place = browser.get("/clients/").context["page"].next_url.partition("at=")[2]

        response = browser.get(f"/clients/?tier=none&at={place}")

        assert len(response.context["page"].problems) == 1
        assert response.context["page"].previous_url == ""

    def test_htmx_gets_the_list_alone(self, many: list[Client], clerk: User) -> None:
        part = open_list(clerk, **{"HX-Request": "true", "HX-Target": "list"})
        whole = open_list(clerk)

        assert "<html" not in part.content.decode()
        assert 'id="list"' in part.content.decode()
        assert "<html" in whole.content.decode()
        assert {"HX-Request", "HX-Target"} <= {name.strip() for name in part["Vary"].split(",")}
        assert "no-store" in part["Cache-Control"]

    @pytest.mark.parametrize("query", ["", "?tier=none&group=general&risk=none", "?q=zh", "?sort=opened&status=closed"])
    @pytest.mark.parametrize("role", ["customer_manager", "callback_clerk", "compliance"])
    def test_few_queries(
        self,
        many: list[Client],
        shenzhen: Unit,
        role: str,
        query: str,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        me = person(role, None if role == "compliance" else shenzhen)
        Client.objects.filter(client_no__lt="N060").update(manager=me)
        browser = browser_of(me)
        browser.get("/clients/")
        with django_assert_max_num_queries(MOST_QUERIES):
            response = browser.get(f"/clients/{query}")
        assert response.status_code == 200
        if following := response.context["page"].next_url:
            with django_assert_max_num_queries(MOST_QUERIES):
                browser.get(following)

    def test_the_last_contact_is_the_newest(self, clerk: User, shenzhen: Unit) -> None:
        one = client(branch=shenzhen)
        ServiceRecordFactory(client=one, occurred_at=timezone.now() - dt.timedelta(days=400))
        newest = timezone.now() - dt.timedelta(days=20)
        ServiceRecordFactory(client=one, occurred_at=newest)

        assert f"{timezone.localtime(newest):%m-%d}" in open_list(clerk).context["rows"][0].contact

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_an_empty_list_says_what_will_be_here(self, clerk: User, language: str) -> None:
        response = open_list(clerk, language=language)

        assert response.status_code == 200
        assert ("No clients yet" in response.content.decode()) is (language == "en")


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_only_reading(clerk: User, method: str) -> None:
    assert getattr(browser_of(clerk), method)(reverse("clients:list")).status_code == 405
