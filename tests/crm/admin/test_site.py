"""Who gets into the admin, and what is in it."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from crm.access.roles import ROLES
from crm.organisation.models import Appointment, StandIn, Unit, User
from crm.reference import ReferenceAdmin
from crm.worktime.models import CalendarDay
from tests.factories import clients
from tests.factories.people import person

pytestmark = pytest.mark.django_db

TABLES = ("unit", "user", "appointment", "standin", "calendarday")


def test_nothing_but_our_reference_tables() -> None:
    assert set(admin.site._registry) == {Unit, User, Appointment, StandIn, CalendarDay}
    assert all(isinstance(one, ReferenceAdmin) for one in admin.site._registry.values())


def test_a_stranger_is_sent_to_the_sign_in(client: Client) -> None:
    answer = client.get(reverse("admin:crm_user_changelist"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("role", sorted(ROLES.keys() - {"administrator"}))
def test_everybody_else_is_told_why_not(client: Client, role: str) -> None:
    client.force_login(person(role, is_demo=True, language="en"))
    for name in ("index", *(f"crm_{table}_changelist" for table in TABLES)):
        answer = client.get(reverse(f"admin:{name}"))
        assert answer.status_code == 403
        assert "Administrator" in answer.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens(browser: Client, administrator: User, language: str) -> None:
    User.objects.filter(pk=administrator.pk).update(language=language)
    unit = administrator.appointments.get().unit
    rows = {"unit": unit.pk, "user": administrator.pk, "appointment": administrator.appointments.get().pk}
    pages = [reverse("admin:index"), reverse("admin:app_list", args=["crm"])]
    pages += [reverse(f"admin:crm_{table}_{page}") for table in TABLES for page in ("changelist", "add")]
    pages += [reverse(f"admin:crm_{table}_{page}", args=[pk]) for table, pk in rows.items() for page in PAGES]
    pages += [
        reverse(f"admin:crm_{table}_{page}") for table in ("unit", "calendarday") for page in ("import", "export")
    ]
    pages += [reverse(f"admin:crm_user_{page}", args=[administrator.pk]) for page in ("password", "leave")]
    for page in pages:
        answer = browser.get(page)
        assert answer.status_code == 200, page
        assert not INLINE.search(answer.content.decode()), page


PAGES = ("change", "history")
# What our content security policy forbids.
INLINE = re.compile(r"""<[^>]+\s(style|on[a-z]+)=["']|<style|<script(?![^>]*\bsrc=)(?![^>]*application/json)""")


def test_nothing_is_deleted(browser: Client, administrator: User) -> None:
    for table, pk in (("user", administrator.pk), ("appointment", administrator.appointments.get().pk)):
        assert browser.post(reverse(f"admin:crm_{table}_delete", args=[pk]), {"post": "yes"}).status_code == 403
    assert Appointment.objects.filter(user=administrator).exists()


def test_the_administrator_sees_no_client(browser: Client, administrator: User) -> None:
    known = clients.client(name="单雄信", branch=administrator.appointments.get().unit)
    assert not type(known).objects.visible_to(administrator).exists()
    assert browser.get(reverse("clients:list")).status_code == 403
    assert browser.get(reverse("clients:detail", args=[known.client_no])).status_code in (403, 404)


def test_sign_out_and_password_are_the_products_own(browser: Client) -> None:
    page = browser.get(reverse("admin:index")).content.decode()
    assert reverse("account_logout") in page
    for path in ("/admin/login/", "/admin/logout/", "/admin/password_change/", "/admin/r/1/1/"):
        assert browser.get(path).status_code == 404
