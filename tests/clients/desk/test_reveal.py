"""A hidden field is shown to who may, with a reason, for a minute, and put down."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from clients.profile.additions import remove_phone
from clients.profile.choices import PersonalField, RevealReason
from clients.profile.models import Client, ExtraPhone
from clients.profile.services import reveal, reveal_phone
from crm.access.roles import ROLES
from crm.audit.models import ReadLog
from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import browser_of, get
from tests.factories.clients import ExtraPhoneFactory, client
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
CLEAR = {
    "name": "陈志远",
    "phone": "13812341234",
    "id_number": "11010119900101123X",
    "email": "chen@example.com",
    "address": "广东省深圳市罗湖区红岭路1号",
}


@pytest.fixture
def shenzhen() -> Unit:
    return branch()


@pytest.fixture
def someone(shenzhen: Unit) -> Client:
    return client(client_no="C-1", branch=shenzhen, **CLEAR)


@pytest.fixture
def head(shenzhen: Unit) -> User:
    return person("general_manager", shenzhen)


def post(user: User | None, field: str, reason: str, **headers: str) -> Any:
    return browser_of(user).post("/clients/C-1/reveal/", {"field": field, "reason": reason}, headers=headers)


@pytest.mark.parametrize("field", CLEAR)
def test_each_field_is_shown_and_put_down(someone: Client, head: User, field: str) -> None:
    response = post(head, field, "complaint", **HTMX)

    page = response.content.decode()
    assert CLEAR[field] in page
    assert "delay:60s" in page
    assert f"/clients/C-1/hidden/{field}/" in page
    assert "no-store" in response["Cache-Control"]
    log = ReadLog.objects.get()
    assert (log.kind, log.by, log.subject_no, log.fields, log.reason) == ("reveal", head, "C-1", field, "complaint")


@pytest.mark.parametrize("field", CLEAR)
def test_after_its_minute_it_is_masked_again(someone: Client, head: User, field: str) -> None:
    page = get(head, f"/clients/C-1/hidden/{field}/", **HTMX).content.decode()

    assert CLEAR[field] not in page
    assert "**" in page


def test_without_scripts_it_is_a_page_that_leaves(someone: Client, head: User) -> None:
    response = post(head, "phone", "callback")

    assert CLEAR["phone"] in response.content.decode()
    assert response["Refresh"] == "60; url=/clients/C-1/profile/"


@pytest.mark.parametrize("reason", ["", "because", "\0"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_no_reason_no_sight(someone: Client, head: User, reason: str, headers: dict[str, str]) -> None:
    response = post(head, "phone", reason, **headers)

    assert response.status_code == (200 if headers else 422)
    assert "Please choose a reason." in response.content.decode()
    assert CLEAR["phone"] not in response.content.decode()
    assert not ReadLog.objects.filter(kind="reveal").exists()


@pytest.mark.parametrize("field", ["", "id_number_sealed", "password", "name_grams"])
def test_there_are_no_other_fields(someone: Client, head: User, field: str) -> None:
    assert post(head, field, "callback").status_code == 404
    assert get(head, "/clients/C-1/hidden/password/").status_code == 404
    assert not ReadLog.objects.filter(kind="reveal").exists()


def test_out_of_scope_there_is_no_such_client(someone: Client) -> None:
    other = person("general_manager")

    assert post(other, "phone", "callback").status_code == 404
    assert get(other, "/clients/C-1/hidden/phone/").status_code == 404
    assert not ReadLog.objects.exists()


@pytest.mark.parametrize(
    "role", [code for code, role in ROLES.items() if "clients.reveal_personal" not in role.permissions]
)
def test_without_the_permission_403_says_who_may(someone: Client, shenzhen: Unit, role: str) -> None:
    me = person(role, shenzhen)
    Client.objects.filter(pk=someone.pk).update(manager=me)

    response = post(me, "id_number", "callback")

    assert response.status_code == 403
    assert CLEAR["id_number"] not in response.content.decode()
    if "clients.view_client" in ROLES[role].permissions:
        assert "Compliance officer" in response.content.decode()


def test_a_stranger_is_sent_to_sign_in(someone: Client) -> None:
    assert post(None, "phone", "callback").status_code == 302
    assert post(None, "phone", "callback", **HTMX).status_code == 401


def test_only_by_post(someone: Client, head: User) -> None:
    assert get(head, "/clients/C-1/reveal/?field=phone&reason=callback").status_code == 405


def test_the_service_itself_refuses(someone: Client, shenzhen: Unit) -> None:
    with pytest.raises(PermissionDenied, match=r"\w"):
        reveal(
            client=someone,
            field=PersonalField.PHONE,
            reason=RevealReason.CALLBACK,
            by=person("callback_clerk", shenzhen),
        )
    assert not ReadLog.objects.exists()


def test_what_is_not_stored_is_empty(shenzhen: Unit, head: User) -> None:
    nobody = client(branch=shenzhen, phone="")

    assert reveal(client=nobody, field=PersonalField.PHONE, reason=RevealReason.CALLBACK, by=head) == ""


class TestFurtherPhones:
    """Each of them as the phone in the file: masked, with a reason in clear for a minute, put down."""

    URL = "/clients/C-1/phones/{}/{}/"
    NUMBER = "13955556666"

    @pytest.fixture
    def phone(self, someone: Client) -> ExtraPhone:
        made: ExtraPhone = ExtraPhoneFactory(client=someone, phone=self.NUMBER, remark="配偶")
        return made

    def reveal(self, user: User | None, pk: int, reason: str = "callback", **headers: str) -> Any:
        return browser_of(user).post(self.URL.format(pk, "reveal"), {"reason": reason}, headers=headers)

    def test_masked_with_the_way_to_it(self, phone: ExtraPhone, head: User, shenzhen: Unit) -> None:
        page = get(head, "/clients/C-1/wishes/").content.decode()
        assert self.NUMBER not in page
        assert "139****6666" in page
        assert self.URL.format(phone.pk, "reveal") in page
        clerk = get(person("callback_clerk", shenzhen), "/clients/C-1/wishes/").content.decode()
        assert "139****6666" in clerk
        assert self.URL.format(phone.pk, "reveal") not in clerk

    def test_shown_and_put_down(self, phone: ExtraPhone, head: User) -> None:
        response = self.reveal(head, phone.pk, "complaint", **HTMX)

        page = response.content.decode()
        assert self.NUMBER in page
        assert "delay:60s" in page
        assert self.URL.format(phone.pk, "hidden") in page
        assert "no-store" in response["Cache-Control"]
        log = ReadLog.objects.get()
        kept = (log.kind, log.by, log.subject, log.subject_no, log.fields, log.reason)
        assert kept == ("reveal", head, "client", "C-1", "extra_phone", "complaint")

    def test_after_its_minute_masked_again_and_nothing_once_removed(self, phone: ExtraPhone, head: User) -> None:
        again = self.URL.format(phone.pk, "hidden")
        page = get(head, again, **HTMX).content.decode()
        assert "139****6666" in page
        assert self.NUMBER not in page
        remove_phone(phone=phone, by=head)
        gone = get(head, again, **HTMX)
        assert (gone.status_code, "139" in gone.content.decode()) == (200, False)

    def test_without_scripts_it_is_a_page_that_leaves(self, phone: ExtraPhone, head: User) -> None:
        response = self.reveal(head, phone.pk)
        assert self.NUMBER in response.content.decode()
        assert response["Refresh"] == "60; url=/clients/C-1/wishes/"

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_no_reason_no_sight(self, phone: ExtraPhone, head: User, headers: dict[str, str]) -> None:
        response = self.reveal(head, phone.pk, "because", **headers)
        page = response.content.decode()
        assert response.status_code == (200 if headers else 422)
        assert "Please choose a reason." in page
        assert self.NUMBER not in page
        assert self.URL.format(phone.pk, "reveal") in page
        assert not ReadLog.objects.filter(kind="reveal").exists()

    def test_another_client_s_is_not_found_by_this_one_s_address(self, someone: Client, head: User) -> None:
        other = ExtraPhoneFactory(client=client(branch=someone.branch), phone="13977778888")
        assert self.reveal(head, other.pk).status_code == 404
        assert "13977778888" not in get(head, self.URL.format(other.pk, "hidden"), **HTMX).content.decode()
        assert self.reveal(head, 10**17).status_code == 404

    def test_strangers_other_branches_and_who_may_not(self, phone: ExtraPhone, shenzhen: Unit) -> None:
        assert self.reveal(None, phone.pk).status_code == 302
        assert self.reveal(None, phone.pk, **HTMX).status_code == 401
        elsewhere, clerk = person("general_manager"), person("callback_clerk", shenzhen)
        assert self.reveal(elsewhere, phone.pk).status_code == 404
        assert get(elsewhere, self.URL.format(phone.pk, "hidden")).status_code == 404
        forbidden = self.reveal(clerk, phone.pk)
        assert (forbidden.status_code, self.NUMBER in forbidden.content.decode()) == (403, False)
        with pytest.raises(PermissionDenied, match=r"\w"):
            reveal_phone(phone=phone, reason=RevealReason.CALLBACK, by=clerk)
        assert get(elsewhere, self.URL.format(phone.pk, "reveal")).status_code == 405
        assert not ReadLog.objects.filter(kind="reveal").exists()

    def test_one_s_own_client_s_are_in_clear_at_once(self, phone: ExtraPhone, shenzhen: Unit) -> None:
        me = person("customer_manager", shenzhen)
        Client.objects.filter(client_no="C-1").update(manager=me)
        page = get(me, "/clients/C-1/wishes/").content.decode()
        assert self.NUMBER in page
        assert self.URL.format(phone.pk, "reveal") not in page
        assert ReadLog.objects.filter(kind="own_clear", subject_no="C-1").exists()

    def test_a_form_with_errors_opens_no_box(self, phone: ExtraPhone, head: User) -> None:
        page = browser_of(head).post("/clients/C-1/phones/", {"phone": "12"}).content.decode()
        assert self.URL.format(phone.pk, "reveal") in page
        assert not re.search(r"reveal-pop[^>]* open>", page)

    def test_the_log_says_it_in_words(self, phone: ExtraPhone, head: User) -> None:
        self.reveal(head, phone.pk)
        assert "further phone" in get(person("compliance"), "/oversight/reads/").content.decode()
