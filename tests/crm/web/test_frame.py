"""What the frame shows: navigation by permission, who is signed in, the firm's name, the language."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import translation

from crm.access.middleware import HAS_CODE
from crm.organisation.models import User
from crm.web import context, navigation
from crm.web.context import frame
from crm.web.navigation import Target
from tests.factories.people import PASSWORD, AppointmentFactory, StandInFactory, person
from tests.factories.units import BranchFactory, HeadquartersFactory, branch

pytestmark = pytest.mark.django_db


def shown(user: User, at: str = "/") -> list[str]:
    return [item.url for group in navigation.navigation(user, at) for item in group.items]


class TestNavigation:
    def test_by_permission(self) -> None:
        assert "/jobs/" in shown(person("operations_centre"))
        assert "/jobs/" not in shown(person("customer_manager"))
        assert "/admin/" in shown(person("administrator"))
        assert "/admin/" not in shown(person("compliance"))

    def test_groups_without_a_page_are_left_out(self) -> None:
        assert all(group.items for group in navigation.navigation(person(), "/"))

    def test_where_one_is(self) -> None:
        user = person("operations_centre")
        active = [item.url for group in navigation.navigation(user, "/jobs/12/") for item in group.items if item.active]
        assert active == ["/jobs/"]

    def test_a_page_that_is_not_served_is_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(navigation, "TARGETS", (("", (Target("x", "no:such:page", "home"),)),))
        assert navigation.navigation(person(), "/") == []

    def test_keys_are_used_once(self) -> None:
        keys = [target.key for _label, targets in navigation.TARGETS for target in targets if target.key]
        assert len(keys) == len(set(keys))


class TestFrame:
    def of(self, user: User | None) -> dict[str, Any]:
        request = RequestFactory().get("/")
        if user:
            request.user = user
        return frame(request)

    def test_me(self) -> None:
        unit = branch(name="上海淮海中路营业部")
        user = person("marketing_director", unit, name="周岚")
        AppointmentFactory(user=user, unit=unit, role="operations_director")
        StandInFactory(absent=person("general_manager"), deputy=user)
        with translation.override("en"):
            me = self.of(user)["me"]
            assert (me.name, me.unit) == ("周岚", "上海淮海中路营业部")
            assert me.role == "Marketing director, Operations director"
        with translation.override("zh-hans"):
            assert "、" in self.of(user)["me"].role

    def test_a_stranger_sees_the_firm_alone(self) -> None:
        HeadquartersFactory(name="示例证券")
        found = self.of(None)
        assert str(found["firm_name"]) == "示例证券"
        assert found["me"] is None
        assert found["nav"].groups == ()
        assert found["nav"].tabbar == ""
        assert found["idle_lock"] == 0

    def test_firm_name_of_the_settings_wins(self, settings: Any) -> None:
        settings.FIRM_NAME = "甲证券"
        HeadquartersFactory(name="乙证券")
        assert context.firm_name() == "甲证券"

    def test_firm_name_is_read_once(self, django_assert_num_queries: Any) -> None:
        HeadquartersFactory(name="示例证券")
        with django_assert_num_queries(1):
            assert [context.firm_name(), context.firm_name()] == ["示例证券"] * 2

    def test_no_firm_yet(self) -> None:
        BranchFactory(parent=None)
        assert context.firm_name() == ""

    def test_one_query_beyond_the_user(self, django_assert_num_queries: Any) -> None:
        HeadquartersFactory(name="示例证券")
        user = User.objects.get(pk=person("operations_centre").pk)
        context.firm_name()
        with django_assert_num_queries(1):
            found = self.of(user)
            assert str(found["me"].name)
            assert found["nav"].groups
            assert str(found["firm_name"])


class TestLanguage:
    def language(self, client: Client, **more: Any) -> str:
        return str(client.get("/account/login/", **more)["Content-Language"])

    def test_chinese_whatever_the_browser_prefers(self, client: Client) -> None:
        assert self.language(client, HTTP_ACCEPT_LANGUAGE="en,fr") == "zh-hans"

    def test_chosen_at_this_computer(self, client: Client) -> None:
        answer = client.post("/language/", {"language": "en", "next": "/account/login/?next=/x"})
        assert answer["Location"] == "/account/login/?next=/x"
        assert self.language(client) == "en"

    def test_a_persons_own_choice_follows_him_and_wins(self, client: Client) -> None:
        clerk = person("counter_clerk")
        client.force_login(clerk)
        client.post("/language/", {"language": "en"})
        clerk.refresh_from_db()
        assert clerk.language == "en"
        other = Client()
        other.force_login(clerk)
        assert other.get("/jobs/")["Content-Language"] == "en"
        other.cookies["django_language"] = "zh-hans"
        assert other.get("/jobs/")["Content-Language"] == "en"

    def test_somebody_else_at_the_computer(self, client: Client) -> None:
        client.cookies["django_language"] = "en"
        client.post(
            "/account/login/", {"login": person("counter_clerk", language="zh-hans").staff_no, "password": PASSWORD}
        )
        assert client.get("/jobs/")["Content-Language"] == "zh-hans"

    def test_unknown_languages_and_other_hosts(self, client: Client) -> None:
        answer = client.post("/language/", {"language": "xx", "next": "https://evil.example/"})
        assert answer["Location"] == "/"
        assert "django_language" not in answer.cookies
        client.cookies["django_language"] = "xx"
        assert self.language(client) == "zh-hans"

    def test_by_post_alone(self, client: Client) -> None:
        assert client.get("/language/").status_code == 405


@pytest.mark.parametrize(("role", "searches"), [("counter_clerk", True), ("administrator", False)])
def test_the_search_promises_clients_to_those_who_see_them(client: Client, role: str, searches: bool) -> None:
    client.force_login(person(role, language="en"))
    session = client.session
    session[HAS_CODE] = True
    session.save()
    page = client.get("/").content.decode()
    assert 'name="q"' in page
    assert ("Client number, name, pinyin initials, phone" in page) is searches
    assert ("Search pages" in page) is not searches
