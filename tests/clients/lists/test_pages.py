"""The pages of tags, lists and bulk actions: for whom, what they say, what they do."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from clients.lists.models import BulkAction, ClientList, ClientTag, Tag
from clients.profile.models import Client
from crm.exports.models import Export
from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import browser_of, get, stand
from tests.clients.lists.helpers import tagged
from tests.factories.clients import client
from tests.factories.lists import (
    BulkActionFactory,
    ClientListFactory,
    ClientListMemberFactory,
    ClientTagFactory,
    TagFactory,
)
from tests.factories.people import person

pytestmark = pytest.mark.django_db
MOST_QUERIES = 14


@pytest.fixture
def browser(director: User) -> Browser:
    return browser_of(director)


@pytest.fixture
def few(here: Unit) -> list[Client]:
    return [stand(client(branch=here, client_no=f"A{n}"), tier="gold") for n in range(3)]


def numbers(response: Any) -> list[str]:
    return sorted(row.number.replace(" ", "") for row in response.context["rows"])


def send(browser: Browser, **fields: Any) -> Any:
    values = {"all_matching": "1", "query": "", "expected": "3", "key": str(uuid.uuid4())}
    return browser.post("/bulk/new/", values | fields)


class TestDoors:
    PAGES = ("/tags/", "/client-lists/", "/bulk/", "/bulk/new/?verb=add&all_matching=1")

    @pytest.mark.parametrize("url", PAGES)
    def test_strangers_sign_in_first(self, url: str) -> None:
        response = get(None, url)
        assert response.status_code == 302
        assert response["Location"].startswith("/account/login/")

    @pytest.mark.parametrize("url", PAGES)
    def test_403_says_why(self, url: str) -> None:
        response = get(person("education_editor"), url)
        assert response.status_code == 403
        assert "This needs the permission" in response.content.decode()

    def test_only_who_keeps_files_tags(self, few: list[Client], tag: Tag) -> None:
        auditor = browser_of(person("auditor"))
        assert auditor.get("/bulk/new/", {"verb": "tag", "all_matching": "1"}).status_code == 403
        assert auditor.post("/clients/A0/tags/", {"put": tag.pk}).status_code == 403
        assert send(auditor, verb="tag", tag=tag.pk).status_code == 403
        assert not ClientTag.objects.exists()

    def test_what_is_another_s_is_not_found(self, browser: Browser) -> None:
        action, kept = BulkActionFactory(), ClientListFactory()
        assert browser.get(f"/bulk/{action.pk}/").status_code == 404
        assert browser.post(f"/bulk/{action.pk}/undo/").status_code == 404
        assert browser.get(f"/client-lists/{kept.pk}/").status_code == 404
        assert browser.post(f"/client-lists/{kept.pk}/describe/", {"name": "x"}).status_code == 404

    def test_a_list_that_is_shared_with_me_is_not_mine_to_change(self, browser: Browser, here: Unit) -> None:
        kept = ClientListFactory(unit=here, name="共用")
        assert "Save" not in browser.get(f"/client-lists/{kept.pk}/").content.decode()
        assert browser.post(f"/client-lists/{kept.pk}/archive/", {"is_archived": "1"}).status_code == 403
        assert browser.post(f"/client-lists/{kept.pk}/describe/", {"name": "x"}).status_code == 403
        kept.refresh_from_db()
        assert (kept.name, kept.is_archived) == ("共用", False)


class TestClientList:
    def test_filtered_by_tags_any_of_which_is_enough(self, browser: Browser, few: list[Client], tag: Tag) -> None:
        other = TagFactory()
        ClientTagFactory(client=few[0], tag=tag)
        ClientTagFactory(client=few[1], tag=other)
        ClientTagFactory(client=few[1], tag=tag)

        assert numbers(browser.get("/clients/", {"tag": other.pk})) == ["A1"]
        assert numbers(browser.get("/clients/", {"tag": [tag.pk, other.pk]})) == ["A0", "A1"]

    def test_the_column_of_tags_is_there_for_who_chooses_it(
        self, browser: Browser, few: list[Client], tag: Tag
    ) -> None:
        ClientTagFactory(client=few[0], tag=tag)
        page = browser.get("/clients/?cols=number,tags")
        assert '<span class="badge tag">重点关注</span>' in page.content.decode()

    def test_a_fixed_list_shows_the_scope_and_says_how_many_are_outside(
        self, browser: Browser, few: list[Client], director: User
    ) -> None:
        kept = ClientListFactory(owner=director)
        for one in (few[0], few[2], client(), client()):
            ClientListMemberFactory(list=kept, client=one)

        page = browser.get("/clients/", {"list": kept.pk})

        assert numbers(page) == ["A0", "A2"]
        assert "2 of 4 are outside your scope." in page.content.decode()

    def test_a_rule_means_the_same_to_whom_it_is_shared_with(
        self, director: User, few: list[Client], here: Unit
    ) -> None:
        manager = person("customer_manager", here)
        Client.objects.filter(pk__in=[few[0].pk, few[1].pk]).update(manager=manager)
        stand(few[1], tier="silver")
        owner = person("general_manager", here)
        kept = ClientListFactory(owner=owner, kind="rule", query=f"tier=gold&manager={manager.staff_no}", unit=here)

        page = browser_of(manager).get("/clients/", {"list": kept.pk})

        assert numbers(page) == ["A0"]
        assert page.context["page"].problems == ()

    def test_a_rule_that_no_longer_fits_holds_nobody(self, browser: Browser, few: list[Client], director: User) -> None:
        kept = ClientListFactory(owner=director, kind="rule", query="tag=999999")
        page = browser.get("/clients/", {"list": kept.pk})
        assert numbers(page) == []
        assert "no longer fits, so nobody is on it" in page.content.decode()

    def test_another_s_list_is_no_filter(self, browser: Browser, few: list[Client]) -> None:
        ClientListFactory()
        assert numbers(browser.get("/clients/", {"list": ClientList.objects.get().pk})) == ["A0", "A1", "A2"]

    def test_costs_few_queries(
        self,
        browser: Browser,
        few: list[Client],
        director: User,
        tag: Tag,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        fixed = ClientListFactory(owner=director)
        rule = ClientListFactory(owner=director, kind="rule", query=f"tier=gold&tag={tag.pk}")
        ClientTagFactory(client=few[0], tag=tag)
        browser.get("/clients/")
        for query, most in ((f"tag={tag.pk}", 12), (f"list={fixed.pk}", 16), (f"list={rule.pk}", 22)):
            with django_assert_max_num_queries(most):
                assert browser.get(f"/clients/?{query}").status_code == 200


class TestBulk:
    def test_the_question_says_the_exact_number(self, browser: Browser, few: list[Client]) -> None:
        stand(few[0], tier="silver")
        page = browser.get("/bulk/new/", {"verb": "tag", "all_matching": "1", "query": "tier=gold"}).content.decode()
        assert "Put a tag on 2 clients" in page

    def test_asked_done_told_and_undone(self, browser: Browser, few: list[Client], tag: Tag) -> None:
        done = send(browser, verb="tag", tag=tag.pk)
        action = BulkAction.objects.get()
        assert done["Location"] == f"/bulk/{action.pk}/"
        assert "Undo for 3 clients" in browser.get(f"/bulk/{action.pk}/").content.decode()
        assert "3" in browser.get("/bulk/").content.decode()

        undone = browser.post(f"/bulk/{action.pk}/undo/")

        assert undone["Location"] == f"/bulk/{action.undone_by.pk}/"
        assert tagged(tag) == []
        page = browser.get(f"/bulk/{action.pk}/").content.decode()
        assert "This action was undone." in page
        assert "Undo for" not in page

    def test_the_result_says_that_the_number_changed(self, browser: Browser, few: list[Client], tag: Tag) -> None:
        send(browser, verb="tag", tag=tag.pk, expected="9")
        page = browser.get(f"/bulk/{BulkAction.objects.get().pk}/").content.decode()
        assert "9 asked, 3 matched when it was done." in page

    def test_ticked_rows_alone(self, browser: Browser, few: list[Client], tag: Tag) -> None:
        send(browser, verb="tag", tag=tag.pk, all_matching="", picked=[few[1].pk])
        assert tagged(tag) == ["A1"]

    def test_a_double_click_does_it_once(self, browser: Browser, few: list[Client], tag: Tag) -> None:
        key = str(uuid.uuid4())
        first, second = (send(browser, verb="tag", tag=tag.pk, key=key) for _time in range(2))
        assert first["Location"] == second["Location"]
        assert BulkAction.objects.count() == 1

    def test_without_a_tag_it_is_said_in_the_form(self, browser: Browser, few: list[Client]) -> None:
        response = send(browser, verb="tag", tag="")
        assert response.status_code == 422
        assert not BulkAction.objects.exists()

    def test_onto_a_new_fixed_list_and_off_it_again(self, browser: Browser, few: list[Client], here: Unit) -> None:
        send(browser, verb="add", new_list="回访", kind="fixed", unit=here.pk)
        kept = ClientList.objects.get()
        assert (kept.kind, kept.unit_id, kept.members.count()) == ("fixed", here.pk, 3)
        opened = browser.get("/clients/", {"list": kept.pk}).content.decode()
        assert "Take off this list" in opened
        send(browser, verb="remove", client_list=kept.pk, query=f"list={kept.pk}", picked=[few[0].pk], all_matching="")
        assert kept.members.count() == 2

    def test_a_list_by_rule_keeps_the_filter(self, browser: Browser, few: list[Client]) -> None:
        asked = browser.get("/bulk/new/", {"verb": "add", "all_matching": "1", "query": "tier=gold&sort=number"})
        assert "By rule" in asked.content.decode()
        send(browser, verb="add", new_list="金卡", kind="rule", query="tier=gold&sort=number")
        kept = ClientList.objects.get()
        assert (kept.kind, kept.query) == ("rule", "tier=gold")
        assert not BulkAction.objects.exists()

    @pytest.mark.parametrize("query", ["", "q=A1"])
    def test_no_rule_without_a_filter_or_of_words(self, query: str, browser: Browser, few: list[Client]) -> None:
        send(browser, verb="add", new_list="金卡", kind="rule", query=query)
        assert not ClientList.objects.filter(kind="rule").exists()

    def test_assigning_offers_the_managers_of_the_clients_branches(
        self, browser: Browser, few: list[Client], here: Unit
    ) -> None:
        manager = person("customer_manager", here, name="陈一")
        person("customer_manager", name="别处")
        page = browser.get("/bulk/new/", {"verb": "assign", "all_matching": "1"}).content.decode()
        assert "陈一" in page
        assert "别处" not in page
        send(browser, verb="assign", to=[manager.staff_no], rule="by_load", reason="load")
        assert Client.objects.filter(manager=manager).count() == 3

    def test_the_export_takes_the_ticked_rows(self, browser: Browser, few: list[Client]) -> None:
        asked = f"verb=export&picked={few[0].pk}&query=&columns=number,name"
        page = browser.get(f"/bulk/new/?{asked}")
        assert "Export 1 client" in page.content.decode()
        fields = dict(page.context["asked"].hidden) | {"list_name": "clients", "key": "k", "reason": "meeting"}
        browser.post("/exports/ask/", fields)
        assert Export.objects.get().picked == [few[0].pk]

    @pytest.mark.parametrize("query", ["", "?verb=tag", "?verb=nothing&all_matching=1", "?verb=tag&picked=x"])
    def test_nothing_ticked_leads_back(self, query: str, browser: Browser) -> None:
        assert browser.get(f"/bulk/new/{query}")["Location"] == "/clients/"

    @pytest.mark.parametrize("query", ["tier=tin", "tag=7", "branch=B1", "nothing=1"])
    def test_a_filter_that_does_not_fit_leads_back(self, query: str, browser: Browser) -> None:
        response = browser.get("/bulk/new/", {"verb": "add", "all_matching": "1", "query": query})
        assert response["Location"] == "/clients/"


class TestKeeping:
    def test_the_vocabulary(self, tag: Tag) -> None:
        centre = browser_of(person("operations_centre"))
        centre.post("/tags/", {"name": "家族"})
        centre.post(f"/tags/{tag.pk}/", {"name": "重点"})
        page = centre.get("/tags/").content.decode()
        assert 'value="家族"' in page
        tag.refresh_from_db()
        assert (tag.name, tag.is_active) == ("重点", False)
        assert centre.post("/tags/999999/", {"name": "x"}).status_code == 404

    def test_a_client_s_tags(self, browser: Browser, few: list[Client], tag: Tag) -> None:
        browser.post("/clients/A0/tags/", {"put": tag.pk})
        assert tagged(tag) == ["A0"]
        browser.post("/clients/A0/tags/", {"take": tag.pk})
        assert tagged(tag) == []
        stranger = client(client_no="FAR")
        assert browser.post(f"/clients/{stranger.client_no}/tags/", {"put": tag.pk}).status_code == 404

    def test_a_list_is_renamed_shared_and_put_away(self, browser: Browser, director: User, here: Unit) -> None:
        kept = ClientListFactory(owner=director)
        browser.post(f"/client-lists/{kept.pk}/describe/", {"name": "新名", "unit": here.pk})
        browser.post(f"/client-lists/{kept.pk}/archive/", {"is_archived": "1"})
        kept.refresh_from_db()
        assert (kept.name, kept.unit_id, kept.is_archived) == ("新名", here.pk, True)
        page = browser.get("/client-lists/").content.decode()
        assert "新名" in page

    def test_the_page_of_lists_costs_few_queries(
        self, browser: Browser, director: User, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        ClientListFactory.create_batch(5, owner=director)
        browser.get("/client-lists/")
        with django_assert_max_num_queries(MOST_QUERIES):
            assert browser.get("/client-lists/").status_code == 200
