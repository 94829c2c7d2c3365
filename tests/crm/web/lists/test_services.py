"""Saved views and chosen columns: kept once, by their owner alone, shared only where one may."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import translation

from crm.organisation.models import Unit, User
from crm.web import services
from crm.web.models import Preference, SavedView
from tests.factories.kept import SavedViewFactory
from tests.factories.people import StandInFactory, person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> object:
    with translation.override("en"):
        yield


@pytest.fixture
def unit() -> Unit:
    return branch(name="深圳红岭路营业部")


@pytest.fixture
def head(unit: Unit) -> User:
    return person("operations_director", unit)


def save(by: User, **fields: Any) -> SavedView:
    return services.save_view(by=by, **({"list_name": "clients", "name": "Gold", "query": "tier=gold"} | fields))


class TestSaving:
    def test_a_view_is_what_was_shown(self, head: User) -> None:
        view = save(head, columns=["number", "tier"])

        view.refresh_from_db()
        assert (view.owner, view.query, view.columns, view.unit) == (head, "tier=gold", ["number", "tier"], None)
        assert not view.is_default

    def test_saved_twice_it_is_one_view(self, head: User) -> None:
        assert save(head) == save(head)
        assert SavedView.objects.count() == 1

    def test_a_name_that_is_taken_is_refused_and_nothing_lost(self, head: User) -> None:
        save(head)
        with pytest.raises(ValidationError, match="already have a view called “Gold”"):
            save(head, query="tier=silver")
        assert SavedView.objects.get().query == "tier=gold"

    def test_others_may_use_the_same_name(self, head: User) -> None:
        save(head)
        assert save(person("compliance")).name == "Gold"

    @pytest.mark.parametrize("name", ["", "  \0 ", "x" * 61])
    def test_names_that_are_none(self, head: User, name: str) -> None:
        with pytest.raises(ValidationError):
            save(head, name=name)

    @pytest.mark.parametrize(
        "fields",
        [{"query": "q=\0"}, {"query": "x" * 5000}, {"list_name": "x" * 300}, {"list_name": "A b"}, {"columns": ["\0"]}],
    )
    def test_what_no_list_can_say_is_refused(self, head: User, fields: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            save(head, **fields)
        assert not SavedView.objects.exists()

    def test_there_is_an_end_to_how_many(self, head: User) -> None:
        SavedViewFactory.create_batch(services.MOST_VIEWS, owner=head)
        with pytest.raises(ValidationError, match="Delete one first"):
            save(head)

    def test_the_history_says_who(self, head: User) -> None:
        view = save(head)
        services.overwrite_view(by=head, view=view, query="tier=silver")
        with connection.cursor() as cursor:
            cursor.execute("SELECT query FROM crm_savedviewevent WHERE pgh_obj_id = %s ORDER BY pgh_id", [view.pk])
            assert [row[0] for row in cursor.fetchall()] == ["tier=gold", "tier=silver"]


class TestSharing:
    def test_with_the_own_unit(self, head: User, unit: Unit) -> None:
        view = save(head, unit=unit)

        clerk, stranger = person("counter_clerk", unit), person("counter_clerk")
        assert list(SavedView.objects.visible_to(clerk)) == [view]
        assert list(SavedView.objects.visible_to(stranger)) == []

    def test_not_without_the_permission(self, unit: Unit) -> None:
        with pytest.raises(PermissionDenied, match="Share saved views"):
            save(person("counter_clerk", unit), unit=unit)

    def test_not_with_another_unit(self, head: User) -> None:
        with pytest.raises(PermissionDenied, match="in which you hold a role"):
            save(head, unit=branch())

    def test_a_deputy_shares_for_the_absent(self, head: User, unit: Unit) -> None:
        deputy = person("counter_clerk")
        StandInFactory(absent=head, deputy=deputy)
        assert save(deputy, unit=unit).unit == unit

    def test_renamed_it_stays_shared_though_the_unit_is_no_longer_ones_own(self, head: User, unit: Unit) -> None:
        view = save(head, unit=unit)
        head.appointments.all().delete()
        mover = User.objects.get(pk=head.pk)

        assert services.describe_view(by=mover, view=view, name="Gold clients", unit=unit).name == "Gold clients"
        assert services.describe_view(by=mover, view=view, name="Gold clients", unit=None).unit is None

    def test_only_the_owner_changes_it(self, head: User, unit: Unit) -> None:
        view, other = save(head, unit=unit), person("general_manager", unit)
        with pytest.raises(PermissionDenied, match="Only whoever saved"):
            services.overwrite_view(by=other, view=view, query="")
        with pytest.raises(PermissionDenied, match="Only whoever saved"):
            services.describe_view(by=other, view=view, name="x", unit=None)
        with pytest.raises(PermissionDenied, match="Only whoever saved"):
            services.set_default(by=other, view=view)
        with pytest.raises(PermissionDenied, match="Only whoever saved"):
            services.delete_view(by=other, view=view)
        view.refresh_from_db()
        assert (view.name, view.query, view.is_default) == ("Gold", "tier=gold", False)


class TestOpensFirst:
    def test_one_at_a_time(self, head: User) -> None:
        first, second = save(head, opens_first=True), save(head, name="Silver")

        services.set_default(by=head, view=second)

        assert list(SavedView.objects.filter(is_default=True)) == [second]
        services.set_default(by=head, view=second, opens_first=False)
        assert not SavedView.objects.filter(is_default=True).exists()
        assert services.set_default(by=head, view=first).is_default

    def test_lists_and_people_do_not_disturb_one_another(self, head: User) -> None:
        save(head, opens_first=True)
        save(head, list_name="runs", opens_first=True)
        save(person("compliance"), opens_first=True)
        assert SavedView.objects.filter(is_default=True).count() == 3


class TestColumns:
    def test_kept_and_forgotten(self, head: User) -> None:
        services.choose_columns(by=head, list_name="clients", columns=["number", "tier"])
        services.choose_columns(by=head, list_name="clients", columns=["number", "name"])
        assert Preference.objects.get(user=head, name="columns:clients").value == ["number", "name"]

        services.choose_columns(by=head, list_name="clients", columns=[])
        assert not Preference.objects.exists()

    @pytest.mark.parametrize("columns", [["a"] * 61, ["x" * 41], ["'; DROP"]])
    def test_names_that_no_column_has(self, head: User, columns: list[str]) -> None:
        with pytest.raises(ValidationError):
            services.choose_columns(by=head, list_name="clients", columns=columns)


def test_a_name_in_use_is_not_taken_over_by_renaming(head: User) -> None:
    save(head)
    other = save(head, name="Silver", query="tier=silver")
    with pytest.raises(ValidationError, match="already have"):
        services.describe_view(by=head, view=other, name=" Gold ", unit=None)
