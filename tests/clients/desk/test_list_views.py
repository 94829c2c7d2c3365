"""The client list as people keep it: views, which opens first, columns; and what of it no longer fits."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from clients.desk.cells import CELLS
from clients.desk.exporters import CELLS as EXPORTED
from clients.desk.listing import client_list
from crm.organisation.models import Unit, User
from crm.web.figures import NONE
from crm.web.models import Preference, SavedView
from tests.clients.desk.helpers import browser_of, stand
from tests.factories.clients import client
from tests.factories.kept import SavedViewFactory
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


@pytest.fixture
def unit() -> Unit:
    return branch(code="SZ", name="深圳红岭路营业部")


@pytest.fixture
def me(unit: Unit) -> User:
    return person("operations_director", unit)


@pytest.fixture
def browser(me: User) -> Browser:
    return browser_of(me)


@pytest.fixture(autouse=True)
def some(unit: Unit) -> None:
    for number, tier in (("GOLD", "gold"), ("SILVER", "silver"), ("NONE", "none")):
        stand(client(client_no=number, branch=unit), tier=tier)


def numbers(response: Any) -> list[str]:
    assert response.status_code == 200
    return sorted(row.number.replace(" ", "") for row in response.context["rows"])


def headings(response: Any) -> list[str]:
    """The words of the columns; the one that ticks rows has none."""
    head = re.search(r"<thead.*?</thead>", response.content.decode(), re.S)
    assert head
    words = [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<th .*?</th>", head[0], re.S)]
    return [word for word in words if word]


def chosen(response: Any) -> dict[str, bool]:
    """The lines of the choice of columns, in their order: a word each, and whether it is ticked."""
    lines = re.search(r"<ol class=\"order\".*?</ol>", response.content.decode(), re.S)
    assert lines
    found = re.findall(r'name="column" value="\w+"( checked)?(?: disabled)?><span>(.*?)</span>', lines[0])
    return {word: bool(ticked) for ticked, word in found}


class TestViews:
    def test_saved_from_the_page_and_opened_by_its_tab(self, browser: Browser, me: User) -> None:
        page = browser.get("/clients/?tier=gold&sort=number&q=GO").context["page"]
        form = {
            "name": "Gold",
            "query": page.state.query_to_keep,
            "columns": page.bar.columns_to_keep,
            "next": page.bar.here,
        }

        saved = browser.post("/lists/clients/views/", form)

        view = SavedView.objects.get(owner=me)
        assert view.query == "tier=gold&sort=number"  # without the words looked for
        assert saved["Location"] == f"/clients/?view={view.pk}"
        opened = browser.get(saved["Location"])
        assert numbers(opened) == ["GOLD"]
        assert 'aria-current="page">Gold' in opened.content.decode()
        assert not opened.context["page"].bar.changed

    def test_the_first_opens_without_parameters_and_all_is_one_click_away(self, browser: Browser, me: User) -> None:
        SavedViewFactory(owner=me, name="Gold", query="tier=gold", is_default=True)

        first = browser.get("/clients/")

        assert numbers(first) == ["GOLD"]
        assert 'href="/clients/?all=1"' in first.content.decode()
        assert numbers(browser.get("/clients/?all=1")) == ["GOLD", "NONE", "SILVER"]
        assert numbers(browser.get("/clients/?tier=silver")) == ["SILVER"]
        assert numbers(browser.get("/clients/?q=")) == ["GOLD", "NONE", "SILVER"]

    def test_no_link_of_the_page_falls_back_into_the_view(self, browser: Browser, me: User) -> None:
        view = SavedViewFactory(owner=me, name="Gold", query="tier=gold", is_default=True)
        for address in ("/clients/", f"/clients/?view={view.pk}", "/clients/?tier=gold"):
            page = browser.get(address).context["page"]

            (chip,) = [chip for chip in page.chips if chip["name"] == "tier"]
            assert numbers(browser.get(chip["clear_url"])) == ["GOLD", "NONE", "SILVER"]
            assert numbers(browser.get(page.clear_url)) == ["GOLD", "NONE", "SILVER"]
            assert "all" in dict(page.hidden)

    def test_what_was_changed_is_told_and_can_be_kept(self, browser: Browser, me: User) -> None:
        view = SavedViewFactory(owner=me, name="Gold", query="tier=gold")

        page = browser.get(f"/clients/?view={view.pk}&tier=silver").context["page"]

        assert page.bar.changed
        assert page.bar.is_own
        form = {"query": page.state.query_to_keep, "columns": "", "next": page.bar.here}
        answer = browser.post(f"/lists/views/{view.pk}/overwrite/", form)
        assert numbers(browser.get(answer["Location"])) == ["SILVER"]

    def test_a_view_that_no_longer_fits_says_so(self, browser: Browser, me: User) -> None:
        view = SavedViewFactory(owner=me, name="Iron", query="tier=iron&tier=gold")

        response = browser.get(f"/clients/?view={view.pk}")

        assert numbers(response) == ["GOLD"]
        assert response.context["page"].problems[0] == "The view “Iron” no longer fits this list."
        assert "“iron”" in response.context["page"].problems[1]
        assert response.context["page"].bar.changed

    def test_a_view_whose_filter_is_gone_says_so(self, browser: Browser, me: User) -> None:
        view = SavedViewFactory(owner=me, name="Tagged", query="tag=5&tier=gold")

        page = browser.get(f"/clients/?view={view.pk}").context["page"]

        gone = "This list has no filter “tag” any more."
        assert page.problems == ("The view “Tagged” no longer fits this list.", gone)
        assert page.bar.changed
        assert browser.get("/clients/?tag=5").context["page"].problems == (gone,)

    @pytest.mark.parametrize("number", ["999999", "x", "\0", "-1"])
    def test_a_view_that_is_gone_says_so_and_shows_all(self, browser: Browser, number: str) -> None:
        response = browser.get("/clients/", {"view": number})

        assert numbers(response) == ["GOLD", "NONE", "SILVER"]
        assert response.context["page"].problems == ("This view no longer exists, or is no longer shared with you.",)

    def test_a_shared_view_shows_each_his_own_scope(self, me: User, unit: Unit) -> None:
        view = SavedViewFactory(owner=me, name="Gold", query="tier=gold", unit=unit)
        mine = client(client_no="MINE", branch=unit, manager=(manager := person("customer_manager", unit)))
        stand(mine, tier="gold")

        response = browser_of(manager).get(f"/clients/?view={view.pk}")

        assert numbers(response) == ["MINE"]
        assert not response.context["page"].bar.is_own
        assert f"/lists/views/{view.pk}/" not in response.content.decode()
        assert "Shared by" in response.content.decode()

    def test_anothers_view_is_neither_seen_nor_changed(self, browser: Browser) -> None:
        view = SavedViewFactory(query="tier=gold")

        assert numbers(browser.get(f"/clients/?view={view.pk}")) == ["GOLD", "NONE", "SILVER"]
        for verb in ("overwrite", "describe", "first", "delete"):
            assert browser.post(f"/lists/views/{view.pk}/{verb}/").status_code == 404

    def test_a_colleague_may_not_change_a_shared_view(self, me: User, unit: Unit) -> None:
        view = SavedViewFactory(owner=me, unit=unit)
        colleague = browser_of(person("counter_clerk", unit))
        for verb in ("overwrite", "describe", "first", "delete"):
            answer = colleague.post(f"/lists/views/{view.pk}/{verb}/", {"name": "x"})
            assert answer.status_code == 403
            assert "Only whoever saved a view" in answer.content.decode()

    def test_renamed_made_first_and_deleted(self, browser: Browser, me: User, unit: Unit) -> None:
        view = SavedViewFactory(owner=me)
        browser.post(f"/lists/views/{view.pk}/describe/", {"name": "Best", "unit": unit.pk, "next": "/clients/"})
        browser.post(f"/lists/views/{view.pk}/first/", {"opens_first": "1", "next": "/clients/"})
        view.refresh_from_db()
        assert (view.name, view.unit, view.is_default) == ("Best", unit, True)

        gone = browser.post(f"/lists/views/{view.pk}/delete/", {"next": "/clients/?tier=gold"})

        assert gone["Location"] == "/clients/?all=1"
        assert not SavedView.objects.exists()

    def test_a_name_that_is_taken_is_said_above_the_list(self, browser: Browser, me: User) -> None:
        SavedViewFactory(owner=me, name="Gold")
        form = {"name": "Gold", "query": "tier=silver", "next": "/clients/?tier=silver"}

        answer = browser.post("/lists/clients/views/", form, follow=True)

        assert "You already have a view called “Gold”." in answer.content.decode()
        assert numbers(answer) == ["SILVER"]

    @pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/x", ""])
    def test_nobody_is_led_elsewhere(self, browser: Browser, target: str) -> None:
        answer = browser.post("/lists/clients/views/", {"name": "x", "next": target})
        assert answer["Location"].startswith("/?view=")

    def test_more_views_than_tabs_are_in_a_menu_the_open_one_in_front(self, browser: Browser, me: User) -> None:
        views = [SavedViewFactory(owner=me, name=f"v{n}") for n in range(8)]

        bar = browser.get(f"/clients/?view={views[7].pk}").context["page"].bar

        assert [tab.name for tab in bar.tabs] == ["v0", "v1", "v2", "v3", "v4", "v7"]
        assert [tab.name for tab in bar.more] == ["v5", "v6"]

    def test_a_stranger_is_sent_to_sign_in(self) -> None:
        for address in ("/lists/clients/views/", "/lists/clients/columns/", "/lists/views/1/delete/"):
            assert browser_of(None).post(address)["Location"].startswith("/account/login/")


class TestColumns:
    def test_exactly_those_in_their_order_the_lead_first(self, browser: Browser) -> None:
        response = browser.get("/clients/?cols=opened,tier,number")

        assert headings(response) == ["Client number", "Opened on", "Tier"]
        cells = re.findall(r"<td.*?</td>", response.context["rows"][0].cells, re.S)
        assert len(cells) == 3
        assert "cell-lead" in cells[0]
        assert re.search(r">\d{4}-\d\d-\d\d<", cells[1])
        assert "badge" in cells[2]
        assert "col-opened" not in response.content.decode()  # chosen: shown on every width

    def test_kept_for_the_next_time(self, browser: Browser, me: User) -> None:
        form = {"column": ["number", "since", "name"], "next": "/clients/?tier=gold"}

        answer = browser.post("/lists/clients/columns/", form)

        assert answer["Location"] == "/clients/?tier=gold"
        assert headings(browser.get("/clients/")) == ["Client number", "In this group since", "Name"]
        browser.post("/lists/clients/columns/", {"usual": "1", "next": "/clients/"})
        assert not Preference.objects.exists()
        assert headings(browser.get("/clients/"))[:3] == ["Client number", "Name", "Tier"]

    def test_a_views_own_columns_hold_inside_it(self, browser: Browser, me: User) -> None:
        view = SavedViewFactory(owner=me, columns=["number", "risk"])
        Preference.objects.create(user=me, name="columns:clients", value=["number", "tier"])
        opened = f"/clients/?view={view.pk}"

        assert headings(browser.get(opened)) == ["Client number", "Risk"]
        chosen = browser.post(
            "/lists/clients/columns/", {"column": ["number", "kind"], "only_here": "1", "next": opened}
        )
        response = browser.get(chosen["Location"])
        assert headings(response) == ["Client number", "Kind of client"]
        assert response.context["page"].bar.changed
        assert Preference.objects.get().value == ["number", "tier"]
        following = response.context["page"].headings[0].url
        assert headings(browser.get(following)) == ["Client number", "Kind of client"]

    def test_unknown_ones_in_the_address_are_named(self, browser: Browser) -> None:
        response = browser.get("/clients/?cols=number,iron,tier")

        assert response.context["page"].problems == ("This list has no column “iron”.",)
        assert headings(response) == ["Client number", "Tier"]

    def test_a_kept_column_that_one_no_longer_has_is_no_problem(self, browser: Browser, me: User) -> None:
        Preference.objects.create(user=me, name="columns:clients", value=["number", "branch", "tier"])

        response = browser.get("/clients/")

        assert headings(response) == ["Client number", "Tier"]
        assert not response.context["page"].problems

    @pytest.mark.parametrize("kept", [None, 7, "x", {"a": 1}, [[]], [None]])
    def test_a_preference_of_another_shape_does_not_hurt(self, browser: Browser, me: User, kept: Any) -> None:
        if kept is not None:
            Preference.objects.create(user=me, name="columns:clients", value=kept)
        assert len(headings(browser.get("/clients/"))) > 5

    def test_every_column_is_written_on_the_page_and_in_the_file(self) -> None:
        for role in ("compliance", "customer_manager", "counter_clerk"):
            branch()
            spec = client_list(person(role), QueryDict(""), timezone.localdate())
            names = {column.name for column in spec.columns}
            assert names <= CELLS.keys()
        assert CELLS.keys() == EXPORTED.keys()

    def test_the_choice_is_written_for_every_language_and_every_choice(self, me: User) -> None:
        """Its lines are kept in memory: neither another's words nor another's choice may come with them."""
        english, chinese = browser_of(me), browser_of(me, "zh-hans")
        for _n in range(2):
            usual, own = chosen(english.get("/clients/")), chosen(english.get("/clients/?cols=number,tags,tier"))
            assert list(usual)[:3] == ["Client number", "Name", "Tier"]
            assert (usual["Name"], usual["Tier"], usual["Tags"]) == (True, True, False)
            assert list(own)[:4] == ["Client number", "Tags", "Tier", "Name"]
            assert [word for word, ticked in own.items() if ticked] == ["Client number", "Tags", "Tier"]
            assert list(chosen(chinese.get("/clients/")))[:3] == ["客户号", "姓名", "等级"]
        assert "Name: move up" in english.get("/clients/").content.decode()
        assert "Name: move up" not in chinese.get("/clients/").content.decode()

    def test_columns_that_are_not_usual_are_written_too(self, browser: Browser, unit: Unit) -> None:
        day = dt.date(2021, 5, 6)
        firm = client(client_no="FIRM", branch=unit, kind="institution")
        stand(firm, tier="gold", group_since=day, risk_until=dt.date(2019, 1, 2))

        response = browser.get("/clients/?cols=number,since,valid,kind&tier=gold")

        cells = [re.findall(r"<td.*?</td>", row.cells, re.S) for row in response.context["rows"]]
        words = [[re.sub(r"<[^>]+>", "", cell) for cell in line] for line in cells]
        assert sorted(words) == [
            ["FIRM", "2021-05-06", "2019-01-02", "Institution"],
            ["GOLD", NONE, NONE, "Individual"],
        ]


def test_choices_are_removed_one_by_one(browser: Browser) -> None:
    response = browser.get("/clients/?tier=gold&tier=silver")

    (chip,) = [chip for chip in response.context["page"].chips if chip["name"] == "tier"]
    without = {value["label"]: value["clear_url"] for value in chip["choices"]}
    assert without == {"Gold card": "/clients/?tier=silver", "Silver card": "/clients/?tier=gold"}
    assert "Remove Gold card from the filter Tier" in response.content.decode()


def test_few_queries_with_views_and_columns(
    browser: Browser, me: User, unit: Unit, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(8):
        SavedViewFactory(owner=me, unit=unit, name=f"v{n}", query="tier=gold", columns=["number", "tier"])
    view = SavedViewFactory(owner=me, name="first", query="tier=gold", is_default=True)
    browser.get("/clients/")
    for address in ("/clients/", f"/clients/?view={view.pk}", "/clients/?tier=gold&q=GO&cols=number,name"):
        with django_assert_max_num_queries(MOST_QUERIES):
            browser.get(address)
