"""Signing in and out, one-time codes, given passwords, leavers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.utils import timezone

from crm.organisation.models import User
from crm.organisation.services import set_password
from tests.factories.people import PASSWORD, AppointmentFactory, StandInFactory, person
from tests.factories.units import DepartmentFactory

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"


def sign_in(client: Client, user: User, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": user.staff_no, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def code_now(secret: str) -> str:
    return str(totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))))


class TestPassword:
    def test_staff_number_and_password_lead_home(self, client: Client) -> None:
        answer = sign_in(client, person("counter_clerk"))
        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert is_signed_in(client)

    def test_back_to_where_one_wanted_to_go(self, client: Client) -> None:
        stranger = client.get("/jobs/?x=1")
        assert stranger["Location"] == f"{LOGIN}?next=%2Fjobs%2F%3Fx%3D1"
        answer = sign_in(client, person("counter_clerk"), next="/jobs/?x=1")
        assert answer["Location"] == "/jobs/?x=1"

    def test_never_to_another_host(self, client: Client) -> None:
        assert sign_in(client, person("counter_clerk"), next="https://evil.example/")["Location"] == "/"

    @pytest.mark.parametrize("wrong", ["", "wrong-password"])
    def test_wrong_password(self, client: Client, wrong: str) -> None:
        answer = sign_in(client, person("counter_clerk"), wrong)
        assert answer.status_code == 200
        assert not is_signed_in(client)

    def test_blanks_around_the_number_do_not_matter(self, client: Client) -> None:
        clerk = person("counter_clerk", staff_no="S77")
        client.post(LOGIN, {"login": " S77 ", "password": PASSWORD})
        assert client.session["_auth_user_id"] == str(clerk.pk)

    def test_nobody_without_a_password(self, client: Client) -> None:
        clerk = person("counter_clerk")
        clerk.set_unusable_password()
        clerk.save()
        sign_in(client, clerk, "!")
        assert not is_signed_in(client)

    def test_too_many_failures_are_said_in_words(self, client: Client) -> None:
        clerk = person("counter_clerk")
        for _attempt in range(5):
            sign_in(client, clerk, "wrong-password")
        answer = sign_in(client, clerk, PASSWORD)
        assert not is_signed_in(client), "even the right password waits"
        assert answer.context["form"].errors

    def test_too_many_requests_from_one_computer(self, client: Client) -> None:
        answers = [client.post(LOGIN, {"login": f"x{n}", "password": "y"}) for n in range(61)]
        assert answers[-1].status_code == 429
        assert answers[-1].templates[0].name == "errors/429.html"

    def test_sign_out_by_post_only(self, client: Client) -> None:
        sign_in(client, person("counter_clerk"))
        assert client.get("/account/logout/").status_code == 200
        assert is_signed_in(client)
        assert client.post("/account/logout/")["Location"] == LOGIN
        assert not is_signed_in(client)

    def test_page_says_what_it_is_in_chinese_first(self, client: Client) -> None:
        answer = client.get(LOGIN, HTTP_ACCEPT_LANGUAGE="en")
        assert 'lang="zh-Hans"' in answer.content.decode()


class TestLeaver:
    def test_cannot_sign_in_from_the_day(self, client: Client) -> None:
        today = timezone.localdate()
        sign_in(client, person("counter_clerk", left_on=today))
        assert not is_signed_in(client)
        sign_in(client, person("counter_clerk", left_on=today + dt.timedelta(days=1)))
        assert is_signed_in(client)

    def test_is_signed_out_the_same_day(self, client: Client) -> None:
        clerk = person("counter_clerk")
        sign_in(client, clerk)
        assert client.get("/jobs/").status_code == 200
        User.objects.filter(pk=clerk.pk).update(left_on=timezone.localdate())
        assert client.get("/jobs/")["Location"].startswith(LOGIN)

    def test_switched_off(self, client: Client) -> None:
        clerk = person("counter_clerk")
        sign_in(client, clerk)
        User.objects.filter(pk=clerk.pk).update(is_active=False)
        assert client.get("/jobs/")["Location"].startswith(LOGIN)


class TestGivenPassword:
    def test_is_changed_before_anything_else(self, client: Client) -> None:
        clerk = person("counter_clerk")
        set_password(by=None, person=clerk, password="given-by-admin-1")
        sign_in(client, clerk, "given-by-admin-1")
        assert client.get("/jobs/")["Location"].startswith("/account/password/")
        assert client.get("/account/password/").status_code == 200
        own = {"oldpassword": "given-by-admin-1", "password1": "my-very-own-1", "password2": "my-very-own-1"}
        assert client.post("/account/password/", own)["Location"] == "/"
        assert client.get("/jobs/").status_code == 200
        clerk.refresh_from_db()
        assert clerk.check_password("my-very-own-1")
        assert not clerk.must_change_password

    def test_a_bad_choice_is_refused(self, client: Client) -> None:
        clerk = person("counter_clerk")
        sign_in(client, clerk)
        bad = {"oldpassword": PASSWORD, "password1": "password123", "password2": "password123"}
        answer = client.post("/account/password/", bad)
        assert answer.status_code == 200
        assert "password1" in answer.context["form"].errors

    def test_other_sessions_end_with_the_change(self, client: Client) -> None:
        clerk = person("counter_clerk")
        other = Client()
        sign_in(client, clerk)
        sign_in(other, clerk)
        own = {"oldpassword": PASSWORD, "password1": "my-very-own-1", "password2": "my-very-own-1"}
        client.post("/account/password/", own)
        assert client.get("/jobs/").status_code == 200
        assert other.get("/jobs/").status_code == 302


class TestSecondFactor:
    def test_headquarters_sets_it_up_before_anything_else(self, client: Client) -> None:
        officer = person("compliance")
        sign_in(client, officer)
        assert client.get("/jobs/")["Location"].startswith("/account/codes/app/")
        page = client.get("/account/codes/app/")
        assert page.status_code == 200, "the password was given a moment ago and is not asked for again"
        secret = page.context["form"].secret
        assert client.post("/account/codes/app/", {"code": "000000"}).status_code == 200
        answer = client.post("/account/codes/app/", {"code": code_now(secret)})
        assert answer["Location"] == "/account/codes/recovery/"
        codes = client.get("/account/codes/recovery/")
        assert len(codes.context["unused_codes"]) == 10
        assert "*" not in codes.context["unused_codes"][0]
        assert client.get("/jobs/").status_code == 200

    def test_secret_is_sealed_in_the_database(self, client: Client) -> None:
        sign_in(client, person("compliance"))
        secret = client.get("/account/codes/app/").context["form"].secret
        client.post("/account/codes/app/", {"code": code_now(secret)})
        stored = str(Authenticator.objects.get(type="totp").data)
        assert secret not in stored

    def test_asked_for_at_the_next_sign_in(self, client: Client) -> None:
        officer = person("compliance")
        sign_in(client, officer)
        secret = client.get("/account/codes/app/").context["form"].secret
        client.post("/account/codes/app/", {"code": code_now(secret)})
        codes = client.get("/account/codes/recovery/").context["unused_codes"]
        client.post("/account/logout/")
        assert sign_in(client, officer)["Location"] == "/account/codes/sign-in/"
        assert not is_signed_in(client)
        assert client.get("/jobs/").status_code == 302
        assert client.post("/account/codes/sign-in/", {"code": "123123"}).status_code == 200
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=10), tick=True):
            sign_in(client, officer)
            client.post("/account/codes/sign-in/", {"code": code_now(secret)})
            assert is_signed_in(client)
        client.post("/account/logout/")
        sign_in(client, officer)
        client.post("/account/codes/sign-in/", {"code": codes[0]})
        assert is_signed_in(client), "a recovery code, once"

    def test_cannot_be_switched_off_by_headquarters(self, client: Client) -> None:
        sign_in(client, person("compliance"))
        secret = client.get("/account/codes/app/").context["form"].secret
        client.post("/account/codes/app/", {"code": code_now(secret)})
        answer = client.get("/account/codes/app/remove/")
        assert answer.context["form"].non_field_errors()
        client.post("/account/codes/app/remove/")
        assert Authenticator.objects.filter(type="totp").exists()

    def test_a_branch_may_have_it_and_switch_it_off(self, client: Client) -> None:
        sign_in(client, person("counter_clerk"))
        secret = client.get("/account/codes/app/").context["form"].secret
        client.post("/account/codes/app/", {"code": code_now(secret)})
        assert client.get("/account/codes/").status_code == 200
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=10), tick=True):
            first = client.get("/account/codes/app/remove/")
            assert first["Location"].startswith("/account/reauthenticate/"), "asks for the password first"
            assert client.get(first["Location"]).status_code == 200
            assert client.post("/account/reauthenticate/", {"password": "wrong"}).status_code == 200
            client.post("/account/reauthenticate/", {"password": PASSWORD})
            assert client.get("/account/codes/app/remove/").status_code == 200
            client.post("/account/codes/app/remove/")
        assert not Authenticator.objects.filter(type="totp").exists()

    def test_a_role_taken_over_for_an_absent_colleague_asks_too(self, client: Client) -> None:
        deputy = person("counter_clerk")
        StandInFactory(absent=person("compliance"), deputy=deputy)
        sign_in(client, deputy)
        assert client.get("/jobs/")["Location"].startswith("/account/codes/app/")

    def test_demo_accounts_are_excepted(self, client: Client) -> None:
        sign_in(client, person("compliance", is_demo=True))
        assert client.get("/jobs/").status_code == 200

    def test_branch_roles_need_none(self, client: Client) -> None:
        sign_in(client, person("general_manager"))
        assert client.get("/jobs/").status_code == 200

    def test_new_recovery_codes(self, client: Client) -> None:
        sign_in(client, person("compliance"))
        secret = client.get("/account/codes/app/").context["form"].secret
        client.post("/account/codes/app/", {"code": code_now(secret)})
        before = client.get("/account/codes/recovery/").context["unused_codes"]
        assert "*" in client.get("/account/codes/recovery/").context["unused_codes"][0], "shown once"
        assert client.get("/account/codes/recovery/new/").status_code == 200
        assert client.post("/account/codes/recovery/new/").status_code == 302
        after = client.get("/account/codes/recovery/").context["unused_codes"]
        assert set(before).isdisjoint(after)


class TestDemoPanel:
    def test_one_account_a_role(self, client: Client, settings: Any) -> None:
        settings.DEMO = True
        both = person("marketing_director", is_demo=True)
        AppointmentFactory(user=both, role="operations_director")
        single = person("operations_director", is_demo=True)
        person("compliance", DepartmentFactory(name="合规部"), is_demo=True, name="周岚")
        person("auditor")
        page = client.get(LOGIN)
        shown = {account.staff_no for account in page.context["demo_accounts"]}
        assert len(page.context["demo_accounts"]) == 3
        assert single.staff_no in shown
        text = page.content.decode()
        assert "周岚" in text
        assert "合规部" in text
        assert settings.DEMO_PASSWORD in text

    def test_not_in_a_real_firm(self, client: Client) -> None:
        person("compliance", is_demo=True)
        assert "demo_accounts" not in client.get(LOGIN).context


@pytest.mark.parametrize(
    "path", ["signup/", "password/reset/", "email/", "confirm-email/", "inactive/", "", "2fa/webauthn/", "login/code/"]
)
def test_the_rest_of_allauth_is_not_there(client: Client, path: str) -> None:
    assert client.get(f"/account/{path}").status_code == 404
