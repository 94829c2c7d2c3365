"""Staff, appointments and stand-ins: the admin calls the services and shows their refusals."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.organisation.models import Appointment, StandIn, User
from tests.factories.people import AppointmentFactory, StandInFactory, person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def context_of(thing: Any) -> dict[str, Any]:
    found: dict[str, Any] = thing.events.latest("pgh_id").pgh_context
    return found


def form_errors(answer: Any) -> str:
    return str(answer.context["adminform"].form.errors)


def test_a_person_is_added_and_changed(browser: Client, administrator: User) -> None:
    browser.post(reverse("admin:crm_user_add"), {"staff_no": "9001", "name": "王敏", "phone": "", "email": ""})
    made = User.objects.get(staff_no="9001")
    assert not made.has_usable_password()
    assert context_of(made)["staff_no"] == administrator.staff_no
    change = {"name": "王敏", "phone": "021-5555", "email": "", "licence_no": "S0010", "staff_no": "9002"}
    browser.post(reverse("admin:crm_user_change", args=[made.pk]), change)
    made.refresh_from_db()
    assert (made.phone, made.licence_no, made.is_active, made.staff_no) == ("021-5555", "S0010", False, "9001")
    page = browser.get(reverse("admin:crm_user_history", args=[made.pk])).content.decode()
    assert "021-5555" in page
    assert administrator.name in page
    assert not LogEntry.objects.exists()


def test_nobody_switches_himself_off(browser: Client, administrator: User) -> None:
    answer = browser.post(reverse("admin:crm_user_change", args=[administrator.pk]), {"name": administrator.name})
    assert "is_active" in form_errors(answer)
    administrator.refresh_from_db()
    assert administrator.is_active


def test_a_password_is_set_and_must_be_changed(browser: Client) -> None:
    clerk = person("counter_clerk")
    url = reverse("admin:crm_user_password", args=[clerk.pk])
    assert "password" in browser.post(url, {"password": "12345", "again": "12345"}).context["form"].errors
    assert "again" in browser.post(url, {"password": "a-long-one-77", "again": "other"}).context["form"].errors
    assert browser.post(url, {"password": "a-long-one-77", "again": "a-long-one-77"}).status_code == 302
    clerk.refresh_from_db()
    assert clerk.check_password("a-long-one-77")
    assert clerk.must_change_password


def test_a_leaver(browser: Client, administrator: User) -> None:
    clerk = person("counter_clerk")
    today = timezone.localdate()
    url = reverse("admin:crm_user_leave", args=[clerk.pk])
    assert browser.post(url, {"left_on": "garbage"}).status_code == 200
    assert browser.post(url, {"left_on": f"{today:%F}", "reason": "退休"}).status_code == 302
    clerk.refresh_from_db()
    assert clerk.left_on == today
    assert clerk.appointments.get().ends_on == today - DAY
    again = browser.post(url, {"left_on": f"{today + DAY:%F}"})
    assert again.context["form"].non_field_errors()
    mine = browser.post(reverse("admin:crm_user_leave", args=[administrator.pk]), {"left_on": f"{today:%F}"})
    assert mine.context["form"].non_field_errors()


class TestAppointments:
    @pytest.fixture
    def wanted(self) -> dict[str, Any]:
        return {
            "user": person().pk,
            "unit": branch().pk,
            "role": "counter_clerk",
            "starts_on": f"{timezone.localdate():%F}",
            "ends_on": "",
            "reason": "新入职",
        }

    def test_given(self, browser: Client, administrator: User, wanted: dict[str, Any]) -> None:
        assert browser.post(reverse("admin:crm_appointment_add"), wanted).status_code == 302
        made = Appointment.objects.get(user=wanted["user"])
        assert context_of(made)["reason"] == "新入职"
        assert context_of(made)["staff_no"] == administrator.staff_no

    def test_refusals_stand_in_the_form(self, browser: Client, administrator: User, wanted: dict[str, Any]) -> None:
        url = reverse("admin:crm_appointment_add")
        assert "__all__" in form_errors(browser.post(url, wanted | {"user": administrator.pk}))
        assert "role" in form_errors(browser.post(url, wanted | {"role": "emperor"}))
        assert "ends_on" in form_errors(browser.post(url, wanted | {"ends_on": "1999-01-01"}))
        manager = person("customer_manager")
        assert "role" in form_errors(browser.post(url, wanted | {"user": manager.pk, "role": "callback_clerk"}))
        assert not Appointment.objects.filter(role="callback_clerk").exists()

    def test_changed_and_ended(self, browser: Client, administrator: User, wanted: dict[str, Any]) -> None:
        held = AppointmentFactory()
        last = timezone.localdate() + DAY
        change = wanted | {"unit": held.unit_id, "starts_on": f"{held.starts_on:%F}", "ends_on": f"{last:%F}"}
        assert browser.post(reverse("admin:crm_appointment_change", args=[held.pk]), change).status_code == 302
        held.refresh_from_db()
        assert (held.ends_on, held.user_id != wanted["user"]) == (last, True)
        own = administrator.appointments.get()
        action = {"action": "end_today", "_selected_action": [held.pk, own.pk]}
        browser.post(reverse("admin:crm_appointment_changelist"), action)
        held.refresh_from_db()
        own.refresh_from_db()
        assert held.ends_on == timezone.localdate()
        assert own.ends_on is None

    def test_lists_cost_no_query_a_row(self, browser: Client, django_assert_max_num_queries: Any) -> None:
        AppointmentFactory.create_batch(30)
        with django_assert_max_num_queries(14):
            page = browser.get(reverse("admin:crm_appointment_changelist"), {"role": "counter_clerk", "held": "today"})
        assert page.context["cl"].result_count == 30


class TestStandIns:
    def test_recorded_and_ended(self, browser: Client) -> None:
        today = timezone.localdate()
        absent, deputy = person("general_manager"), person("marketing_director")
        wanted = {"absent": absent.pk, "deputy": deputy.pk, "starts_on": f"{today:%F}", "ends_on": f"{today + DAY:%F}"}
        assert browser.post(reverse("admin:crm_standin_add"), wanted).status_code == 302
        made = StandIn.objects.get()
        assert browser.post(reverse("admin:crm_standin_change", args=[made.pk]), wanted).status_code == 403
        action = {"action": "back_today", "_selected_action": [made.pk]}
        browser.post(reverse("admin:crm_standin_changelist"), action)
        made.refresh_from_db()
        assert made.ends_on == today

    def test_refused(self, browser: Client, administrator: User) -> None:
        today = f"{timezone.localdate():%F}"
        one = person("general_manager")
        for deputy in (administrator, one):
            wanted = {"absent": one.pk, "deputy": deputy.pk, "starts_on": today, "ends_on": today}
            assert browser.post(reverse("admin:crm_standin_add"), wanted).status_code == 200
        assert not StandIn.objects.exists()

    def test_one_that_has_not_begun_is_not_ended_today(self, browser: Client) -> None:
        first = timezone.localdate() + 5 * DAY
        later = StandInFactory(starts_on=first, ends_on=first)
        action = {"action": "back_today", "_selected_action": [later.pk]}
        browser.post(reverse("admin:crm_standin_changelist"), action)
        later.refresh_from_db()
        assert later.ends_on == first
