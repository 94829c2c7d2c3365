"""Whose clients a person sees: own ⊂ branch ⊂ region ⊂ all, on the day, with stand-ins."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils import timezone

from clients.profile.models import Client
from crm.access import selectors
from crm.access.backends import AppointmentBackend
from crm.access.roles import ROLES, Reach
from crm.access.scope import Scope, absent_colleagues, forget_kept, scope_of
from crm.access.services import end_sessions, reset_second_factor
from crm.organisation.models import User
from crm.organisation.services import record_leaver
from tests.factories import clients
from tests.factories.people import AppointmentFactory, StandInFactory, person
from tests.factories.units import BranchFactory, DepartmentFactory, RegionFactory

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 22)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC), tick=False):
        yield


def seen(user: User) -> set[str]:
    return set(Client.objects.visible_to(User.objects.get(pk=user.pk)).values_list("client_no", flat=True))


@pytest.fixture
def firm() -> dict[str, Any]:
    """Two branches of one region and one of another; one client of a manager and one of nobody in each."""
    east, west = RegionFactory(), RegionFactory()
    units = {"a": BranchFactory(parent=east), "b": BranchFactory(parent=east), "c": BranchFactory(parent=west)}
    found: dict[str, Any] = {"east": east, "west": west, **units}
    for name, unit in units.items():
        found[f"manager_{name}"] = person("customer_manager", unit)
        clients.client(client_no=f"{name}1", branch=unit, manager=found[f"manager_{name}"])
        clients.client(client_no=f"{name}2", branch=unit)
    return found


class TestReach:
    def test_own(self, firm: dict[str, Any]) -> None:
        assert seen(firm["manager_a"]) == {"a1"}

    def test_own_wherever_the_client_is_kept(self, firm: dict[str, Any]) -> None:
        Client.objects.filter(client_no="b2").update(manager=firm["manager_a"])
        assert seen(firm["manager_a"]) == {"a1", "b2"}

    def test_branch(self, firm: dict[str, Any]) -> None:
        assert seen(person("general_manager", firm["a"])) == {"a1", "a2"}

    def test_region(self, firm: dict[str, Any]) -> None:
        assert seen(person("region_head", firm["east"])) == {"a1", "a2", "b1", "b2"}

    @pytest.mark.parametrize("role", [code for code, role in ROLES.items() if role.reach is Reach.ALL])
    def test_all(self, firm: dict[str, Any], role: str) -> None:
        assert len(seen(person(role, DepartmentFactory()))) == 6

    @pytest.mark.parametrize("role", ["administrator", "education_editor", None])
    def test_none(self, firm: dict[str, Any], role: str | None) -> None:
        assert seen(person(role)) == set()

    def test_a_branch_role_in_a_department_reaches_nobody(self, firm: dict[str, Any]) -> None:
        assert seen(person("general_manager", DepartmentFactory())) == set()

    def test_a_role_that_is_no_more_reaches_nobody(self, firm: dict[str, Any]) -> None:
        user = person()
        AppointmentFactory(user=user, unit=firm["a"], role="once_was")
        assert seen(user) == set()
        assert user.get_all_permissions() == set()

    def test_several_roles_add_up(self, firm: dict[str, Any]) -> None:
        user = firm["manager_a"]
        AppointmentFactory(user=user, unit=firm["c"], role="counter_clerk")
        assert seen(user) == {"a1", "c1", "c2"}


class TestDays:
    def test_first_and_last_day_count(self, firm: dict[str, Any]) -> None:
        user = person()
        held = AppointmentFactory(user=user, unit=firm["a"], role="counter_clerk", starts_on=TODAY, ends_on=TODAY)
        assert len(seen(user)) == 2
        type(held).objects.filter(pk=held.pk).update(starts_on=TODAY - 2 * DAY, ends_on=TODAY - DAY)
        assert seen(user) == set()

    def test_the_day_is_shanghais(self, firm: dict[str, Any]) -> None:
        user = person()
        AppointmentFactory(user=user, unit=firm["a"], role="counter_clerk", starts_on=TODAY)
        with time_machine.travel(dt.datetime(2026, 11, 21, 16, 1, tzinfo=dt.UTC)):
            assert len(seen(user)) == 2
        with time_machine.travel(dt.datetime(2026, 11, 21, 15, 59, tzinfo=dt.UTC)):
            assert seen(user) == set()

    def test_a_leaver_sees_nothing(self, firm: dict[str, Any]) -> None:
        user = person("general_manager", firm["a"])
        record_leaver(by=None, person=user, left_on=TODAY)
        assert seen(user) == set()
        assert User.objects.get(pk=user.pk).get_all_permissions() == set()

    def test_a_leaver_of_the_feed_whose_appointment_runs_on(self, firm: dict[str, Any]) -> None:
        user = person("general_manager", firm["a"], left_on=TODAY)
        assert seen(user) == set()


class TestStandIns:
    def test_sees_what_the_absent_sees_and_may_what_he_may(self, firm: dict[str, Any]) -> None:
        deputy = person("counter_clerk", firm["b"])
        StandInFactory(absent=person("general_manager", firm["a"]), deputy=deputy)
        assert seen(deputy) == {"a1", "a2", "b1", "b2"}
        assert User.objects.get(pk=deputy.pk).has_perm("clients.reveal_personal")

    def test_own_clients_of_the_absent(self, firm: dict[str, Any]) -> None:
        StandInFactory(absent=firm["manager_a"], deputy=firm["manager_b"])
        assert seen(firm["manager_b"]) == {"a1", "b1"}

    def test_not_before_and_not_after(self, firm: dict[str, Any]) -> None:
        for first, last in ((TODAY - 2 * DAY, TODAY - DAY), (TODAY + DAY, TODAY + DAY)):
            StandInFactory(absent=firm["manager_a"], deputy=firm["manager_b"], starts_on=first, ends_on=last)
        assert seen(firm["manager_b"]) == {"b1"}

    def test_does_not_pass_on(self, firm: dict[str, Any]) -> None:
        StandInFactory(absent=firm["manager_a"], deputy=firm["manager_b"])
        StandInFactory(absent=firm["manager_b"], deputy=firm["manager_c"])
        assert seen(firm["manager_c"]) == {"b1", "c1"}

    def test_for_whom(self, firm: dict[str, Any]) -> None:
        StandInFactory(absent=firm["manager_a"], deputy=firm["manager_b"])
        assert absent_colleagues(firm["manager_b"]) == [firm["manager_a"]]
        assert absent_colleagues(firm["manager_a"]) == []


class TestKept:
    def test_one_query_a_request(self, firm: dict[str, Any], django_assert_num_queries: Any) -> None:
        user = User.objects.get(pk=person("compliance").pk)
        with django_assert_num_queries(1):
            assert scope_of(user) == Scope(everything=True)
            assert user.has_perm("clients.view_client")
            assert absent_colleagues(user) == []

    def test_forgotten(self, firm: dict[str, Any]) -> None:
        user = person("compliance")
        assert user.has_perm("clients.view_client")
        user.appointments.update(ends_on=TODAY - DAY)
        forget_kept(user)
        assert not user.has_perm("clients.view_client")


class TestBackend:
    def test_no_permissions_on_single_things_or_for_strangers(self) -> None:
        officer = person("compliance")
        assert officer.get_all_permissions(obj=officer) == set()
        assert AppointmentBackend().get_all_permissions(AnonymousUser()) == set()

    def test_modules(self) -> None:
        clerk = person("counter_clerk")
        assert clerk.has_module_perms("clients")
        assert not clerk.has_module_perms("crm")
        assert clerk.has_perms(["clients.view_client"])
        assert not clerk.is_staff
        assert person("administrator").is_staff


class TestServices:
    def test_nobody_resets_his_own_second_factor(self) -> None:
        admin = person("administrator")
        with pytest.raises(ValidationError):
            reset_second_factor(by=admin, person=admin)
        reset_second_factor(by=admin, person=person("compliance"))

    def test_ending_no_sessions(self) -> None:
        assert end_sessions(by=None, person=person()) == 0

    def test_second_factor_by_role(self) -> None:
        assert selectors.needs_second_factor(person("compliance"))
        assert not selectors.needs_second_factor(person("compliance", is_demo=True))
        assert not selectors.needs_second_factor(person("region_head"))
        assert not selectors.has_second_factor(person())


def test_clients_in_care_are_handed_over(firm: dict[str, Any]) -> None:
    clients.client(client_no="gone", manager=firm["manager_a"], status="closed", closed_on=TODAY)
    held = record_leaver(by=None, person=firm["manager_a"], left_on=timezone.localdate())
    assert [one.count for one in held] == [1]
