from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from crm.access.scope import forget_kept, scope_of
from crm.organisation import holdings, services
from crm.organisation.choices import UnitKind
from crm.organisation.models import Appointment, StandIn, User
from tests.factories.people import AppointmentFactory, StandInFactory, person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db

D = dt.date
TODAY = D(2026, 11, 22)
DAY = dt.timedelta(days=1)


@pytest.fixture
def admin() -> User:
    return person("administrator")


def last_context(thing: Any) -> dict[str, Any]:
    context: dict[str, Any] = thing.events.latest("pgh_id").pgh_context
    return context


class TestPeople:
    def test_created_without_role_and_password(self, admin: User) -> None:
        made = services.create_person(by=admin, staff_no="9001", name="王敏", phone="13812341234")
        assert not made.has_usable_password()
        assert made.get_all_permissions() == set()
        assert last_context(made)["staff_no"] == admin.staff_no

    def test_a_staff_number_is_taken_once(self, admin: User) -> None:
        with pytest.raises(ValidationError) as refusal:
            services.create_person(by=None, staff_no=admin.staff_no, name="again")
        assert list(refusal.value.message_dict) == ["staff_no"]

    def test_units(self, admin: User) -> None:
        unit = services.create_unit(by=admin, kind=UnitKind.BRANCH, code="B9", name="新营业部", city="杭州市")
        assert (unit.kind, unit.city) == ("branch", "杭州市")
        with pytest.raises(ValidationError):
            services.create_unit(by=admin, kind=UnitKind.BRANCH, code="B9", name="again")

    def test_password_must_be_changed_and_good(self, admin: User) -> None:
        clerk = person("counter_clerk")
        services.set_password(by=admin, person=clerk, password="a-long-unusual-one")
        clerk.refresh_from_db()
        assert clerk.check_password("a-long-unusual-one")
        assert clerk.must_change_password
        with pytest.raises(ValidationError):
            services.set_password(by=admin, person=clerk, password="password123")


class TestAppoint:
    def test_given_and_put_down(self, admin: User) -> None:
        clerk, unit = person(), branch()
        made = services.appoint(
            by=admin, person=clerk, unit=unit, role="counter_clerk", starts_on=TODAY, reason="new here"
        )
        assert Appointment.objects.held_on(TODAY).get(user=clerk) == made
        assert last_context(made) == {"user": admin.pk, "staff_no": admin.staff_no, "reason": "new here"}

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"role": "emperor"}, "role"),
            ({"ends_on": TODAY - DAY}, "ends_on"),
        ],
    )
    def test_refused(self, admin: User, change: dict[str, Any], field: str) -> None:
        wanted: dict[str, Any] = {"unit": branch(), "role": "counter_clerk", "starts_on": TODAY} | change
        with pytest.raises(ValidationError) as refusal:
            services.appoint(by=admin, person=person(), **wanted)
        assert field in refusal.value.message_dict

    def test_nobody_appoints_himself(self, admin: User) -> None:
        with pytest.raises(ValidationError):
            services.appoint(by=admin, person=admin, unit=branch(), role="compliance", starts_on=TODAY)

    def test_not_in_a_closed_unit(self, admin: User) -> None:
        with pytest.raises(ValidationError):
            services.appoint(
                by=admin, person=person(), unit=branch(is_active=False), role="counter_clerk", starts_on=TODAY
            )

    @pytest.mark.parametrize("fields", [{"left_on": TODAY}, {"is_active": False}])
    def test_not_after_he_left(self, admin: User, fields: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            services.appoint(by=admin, person=person(**fields), unit=branch(), role="counter_clerk", starts_on=TODAY)

    @pytest.mark.parametrize(
        ("held", "wanted"), [("callback_clerk", "customer_manager"), ("customer_manager", "callback_clerk")]
    )
    def test_callback_clerks_have_no_sales_duties(self, admin: User, held: str, wanted: str) -> None:
        both = person(held)
        with pytest.raises(ValidationError):
            services.appoint(by=admin, person=both, unit=branch(), role=wanted, starts_on=TODAY)
        both.appointments.update(ends_on=TODAY - DAY)
        assert services.appoint(by=admin, person=both, unit=branch(), role=wanted, starts_on=TODAY)

    def test_two_director_roles_in_a_small_branch(self, admin: User) -> None:
        unit = branch()
        both = person("marketing_director", unit)
        assert services.appoint(by=admin, person=both, unit=unit, role="operations_director", starts_on=TODAY)

    def test_held_once_at_a_time(self, admin: User) -> None:
        unit = branch()
        clerk = person("counter_clerk", unit)
        with pytest.raises(ValidationError):
            services.appoint(by=admin, person=clerk, unit=unit, role="counter_clerk", starts_on=TODAY)

    def test_changed(self, admin: User) -> None:
        held = AppointmentFactory(starts_on=TODAY)
        held.ends_on = TODAY + DAY
        services.change_appointment(by=admin, appointment=held, reason="six months only")
        held.refresh_from_db()
        assert held.ends_on == TODAY + DAY
        held.role = "emperor"
        with pytest.raises(ValidationError):
            services.change_appointment(by=admin, appointment=held)

    def test_ended(self, admin: User) -> None:
        held = AppointmentFactory(starts_on=TODAY)
        services.end_appointment(by=admin, appointment=held, ends_on=TODAY)
        assert not Appointment.objects.held_on(TODAY + DAY).filter(pk=held.pk).exists()
        with pytest.raises(ValidationError):
            services.end_appointment(by=admin, appointment=held, ends_on=TODAY - DAY)


class TestLeaver:
    def test_loses_everything_on_the_day(self, admin: User) -> None:
        clerk = person("counter_clerk")
        AppointmentFactory(user=clerk, starts_on=TODAY + DAY)
        StandInFactory(deputy=clerk, starts_on=TODAY - DAY, ends_on=TODAY + DAY)
        StandInFactory(deputy=clerk, starts_on=TODAY, ends_on=TODAY + DAY)
        services.record_leaver(by=admin, person=clerk, left_on=TODAY)
        assert list(clerk.appointments.values_list("ends_on", flat=True)) == [TODAY - DAY]
        assert list(StandIn.objects.filter(deputy=clerk).values_list("ends_on", flat=True)) == [TODAY - DAY]
        forget_kept(clerk)
        assert scope_of(clerk, TODAY).is_empty
        assert not User.objects.in_service(TODAY).filter(pk=clerk.pk).exists()
        assert User.objects.in_service(TODAY - DAY).filter(pk=clerk.pk).exists()

    def test_what_he_held_is_listed(self, admin: User) -> None:
        holdings.holding("test.things", "things")(lambda user: 3)
        holdings.holding("test.none", "nothing")(lambda user: 0)
        try:
            found = services.record_leaver(by=admin, person=person(), left_on=TODAY)
        finally:
            for code in ("test.things", "test.none"):
                holdings._kinds.pop(code)
        assert [(held.label, held.count) for held in found] == [("things", 3)]

    def test_leaves_once(self, admin: User) -> None:
        gone = person(left_on=TODAY)
        with pytest.raises(ValidationError):
            services.record_leaver(by=admin, person=gone, left_on=TODAY + DAY)

    def test_not_oneself(self, admin: User) -> None:
        with pytest.raises(ValidationError):
            services.record_leaver(by=admin, person=admin, left_on=TODAY)


class TestStandIn:
    def test_recorded_and_ended(self, admin: User) -> None:
        absent, deputy = person("general_manager"), person("operations_director")
        made = services.record_stand_in(
            by=admin, absent=absent, deputy=deputy, starts_on=TODAY, ends_on=TODAY + 9 * DAY, reason="年休假"
        )
        assert scope_of(deputy, TODAY).branch_ids == {
            *absent.appointments.values_list("unit_id", flat=True),
            *deputy.appointments.values_list("unit_id", flat=True),
        }
        services.end_stand_in(by=admin, stand_in=made, ends_on=TODAY)
        forget_kept(deputy)
        assert len(scope_of(deputy, TODAY + DAY).branch_ids) == 1

    def test_not_for_himself_and_not_backwards(self, admin: User) -> None:
        clerk = person("counter_clerk")
        with pytest.raises(ValidationError):
            services.record_stand_in(by=admin, absent=clerk, deputy=clerk, starts_on=TODAY, ends_on=TODAY)
        with pytest.raises(ValidationError):
            services.record_stand_in(by=admin, absent=clerk, deputy=person(), starts_on=TODAY, ends_on=TODAY - DAY)

    def test_a_deputy_must_serve_to_the_end(self, admin: User) -> None:
        leaving = person("counter_clerk", left_on=TODAY + DAY)
        with pytest.raises(ValidationError):
            services.record_stand_in(
                by=admin, absent=person("counter_clerk"), deputy=leaving, starts_on=TODAY, ends_on=TODAY + DAY
            )

    def test_a_callback_clerk_does_not_act_for_a_customer_manager(self, admin: User) -> None:
        with pytest.raises(ValidationError):
            services.record_stand_in(
                by=admin,
                absent=person("customer_manager"),
                deputy=person("callback_clerk"),
                starts_on=TODAY,
                ends_on=TODAY,
            )

    def test_a_leaver_takes_his_stand_in_with_him(self, admin: User) -> None:
        """Whoever acts for a colleague who then leaves acts for nobody from that day on."""
        absent, deputy = person("general_manager"), person("counter_clerk")
        StandInFactory(absent=absent, deputy=deputy, starts_on=TODAY, ends_on=TODAY + DAY)
        services.record_leaver(by=admin, person=absent, left_on=TODAY)
        assert len(scope_of(deputy, TODAY).branch_ids) == 1
