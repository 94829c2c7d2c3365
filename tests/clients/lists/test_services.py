"""Tags and members, put on and taken off: whom they reach, what is left out, what the history says."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from clients.lists import keeping, services, vocabulary
from clients.lists.choices import ListKind
from clients.lists.models import ClientTag, Tag
from clients.profile.models import Client
from crm.organisation.models import Unit, User
from tests.clients.lists.helpers import tagged
from tests.factories.clients import ClientFactory, client
from tests.factories.lists import ClientListFactory, ClientTagFactory, TagFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def everybody() -> Any:
    return Client.objects.all()


class TestTags:
    def test_reaches_the_scope_alone_and_counts_what_it_leaves_out(self, director: User, here: Unit, tag: Tag) -> None:
        one, two = client(branch=here, client_no="A1"), client(branch=here, client_no="A2")
        client(branch=here, client_no="A3", status="closed", closed_on="2026-01-05")
        client(client_no="ELSEWHERE")
        ClientTagFactory(client=one, tag=tag)

        outcome = services.put_tag(tag=tag, clients=everybody(), by=director)

        assert (outcome.matched, outcome.done, outcome.unchanged, outcome.refused) == (3, 1, 1, {"closed": 1})
        assert list(outcome.changed) == [two.pk]
        assert tagged(tag) == ["A1", "A2"]

    def test_the_history_says_who_put_it_on_and_who_took_it_off(self, director: User, here: Unit, tag: Tag) -> None:
        client(branch=here)
        services.put_tag(tag=tag, clients=everybody(), by=director)
        services.take_tag(tag=tag, clients=everybody(), by=director)

        events = apps.get_model("clients", "ClientTagEvent").objects.order_by("pgh_id")
        assert [(one.pgh_label, one.pgh_context["staff_no"]) for one in events] == [
            ("insert", director.staff_no),
            ("delete", director.staff_no),
        ]

    def test_one_client_is_dealt_with_the_same_way(self, director: User, here: Unit, tag: Tag) -> None:
        one = client(branch=here, client_no="A1")
        client(branch=here, client_no="A2")
        services.put_tag(tag=tag, clients=Client.objects.filter(pk=one.pk), by=director)
        assert tagged(tag) == ["A1"]
        services.take_tag(tag=tag, clients=Client.objects.filter(pk=one.pk), by=director)
        assert tagged(tag) == []

    def test_a_tag_that_was_put_away_is_not_put_on(self, director: User, here: Unit) -> None:
        away = TagFactory(is_active=False)
        client(branch=here)
        with pytest.raises(ValidationError, match="no longer used"):
            services.put_tag(tag=away, clients=everybody(), by=director)

    @pytest.mark.parametrize("role", ["auditor", "risk_control"])
    def test_needs_the_permission(self, role: str, tag: Tag) -> None:
        with pytest.raises(PermissionDenied):
            services.put_tag(tag=tag, clients=everybody(), by=person(role))
        with pytest.raises(PermissionDenied):
            services.take_tag(tag=tag, clients=everybody(), by=person(role))

    def test_ten_thousand_cost_as_many_statements_as_ten(
        self, director: User, here: Unit, tag: Tag, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        template = ClientFactory(branch=here)
        _copy(template, 10_000)

        with django_assert_max_num_queries(14):
            outcome = services.put_tag(tag=tag, clients=everybody(), by=director)

        assert outcome.done == 10_001
        assert apps.get_model("clients", "ClientTagEvent").objects.count() == 10_001


def _copy(template: Client, number: int) -> None:
    """So many clients like this one."""
    names = [one.column for one in Client._meta.concrete_fields if one.column not in ("id", "client_no")]
    columns = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO clients_client (client_no, {columns})
                SELECT 'N' || n, {columns} FROM clients_client, generate_series(1, %s) AS n WHERE id = %s""",
            [number, template.pk],
        )


class TestVocabulary:
    def test_kept_by_who_maintains_it(self) -> None:
        centre = person("operations_centre")
        tag = vocabulary.create_tag(name="  高净值 家庭 ", by=centre)
        assert tag.name == "高净值 家庭"
        vocabulary.change_tag(tag=tag, name="家族", is_active=False, by=centre)
        tag.refresh_from_db()
        assert (tag.name, tag.is_active) == ("家族", False)

    @pytest.mark.parametrize("name", ["", " \0 ", "长" * 31, "重点关注"])
    def test_names_that_will_not_do(self, name: str, tag: Tag) -> None:
        with pytest.raises(ValidationError):
            vocabulary.create_tag(name=name, by=person("sales_trading_hq"))
        other = TagFactory()
        with pytest.raises(ValidationError):
            vocabulary.change_tag(tag=other, name=name, is_active=True, by=person("sales_trading_hq"))

    def test_nobody_else(self, director: User, tag: Tag) -> None:
        with pytest.raises(PermissionDenied):
            vocabulary.create_tag(name="新", by=director)
        with pytest.raises(PermissionDenied):
            vocabulary.change_tag(tag=tag, name="新", is_active=True, by=director)


class TestLists:
    def test_members_of_the_scope_alone(self, director: User, here: Unit) -> None:
        client(branch=here, client_no="A1")
        client(branch=here, client_no="A2", status="closed", closed_on="2026-01-05")
        client()
        kept = keeping.make_list(name="回访", kind=ListKind.FIXED, by=director)

        first = services.add_members(client_list=kept, clients=everybody(), by=director)
        again = services.add_members(client_list=kept, clients=everybody(), by=director)
        off = services.remove_members(client_list=kept, clients=Client.objects.filter(client_no="A1"), by=director)

        assert (first.done, again.done, again.unchanged, off.done) == (2, 0, 2, 1)
        assert list(kept.members.values_list("client__client_no", flat=True)) == ["A2"]

    def test_only_the_owner_changes_a_list(self, director: User, here: Unit) -> None:
        kept = ClientListFactory(unit=here)
        for act in (
            lambda: services.add_members(client_list=kept, clients=everybody(), by=director),
            lambda: services.remove_members(client_list=kept, clients=everybody(), by=director),
            lambda: keeping.describe_list(client_list=kept, name="我的", unit=None, by=director),
            lambda: keeping.archive_list(client_list=kept, is_archived=True, by=director),
        ):
            with pytest.raises(PermissionDenied):
                act()

    def test_no_members_by_hand_on_a_rule_or_on_what_was_put_away(self, director: User) -> None:
        for kept in (
            ClientListFactory(owner=director, kind="rule", query="tier=gold"),
            ClientListFactory(owner=director, is_archived=True),
        ):
            with pytest.raises(ValidationError):
                services.add_members(client_list=kept, clients=everybody(), by=director)

    def test_names_are_ones_own_and_once(self, director: User) -> None:
        keeping.make_list(name="回访", kind=ListKind.FIXED, by=director)
        with pytest.raises(ValidationError, match="already have a list"):
            keeping.make_list(name=" 回访 ", kind=ListKind.FIXED, by=director)
        keeping.make_list(name="回访", kind=ListKind.FIXED, by=person("auditor"))
        for name in ("", "长" * 61):
            with pytest.raises(ValidationError):
                keeping.make_list(name=name, kind=ListKind.FIXED, by=director)

    def test_a_rule_filters_something(self, director: User) -> None:
        with pytest.raises(ValidationError, match="needs a filter"):
            keeping.make_list(name="规则", kind=ListKind.RULE, by=director)

    def test_shared_with_a_unit_of_ones_own_by_who_may_share(self, director: User, here: Unit) -> None:
        kept = keeping.make_list(name="共用", kind=ListKind.FIXED, unit=here, by=director)
        clerk = person("counter_clerk", here)
        assert list(type(kept).objects.visible_to(clerk)) == [kept]
        with pytest.raises(PermissionDenied):
            keeping.make_list(name="共用", kind=ListKind.FIXED, unit=here, by=clerk)
        other = person("operations_director")
        with pytest.raises(PermissionDenied):
            keeping.make_list(name="共用", kind=ListKind.FIXED, unit=here, by=other)
        assert not ClientTag.objects.exists()
