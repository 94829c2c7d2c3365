"""A hidden field is shown to who may, with a reason, for a minute, and put down."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from clients.profile.choices import PersonalField, RevealReason
from clients.profile.models import Client
from clients.profile.services import reveal
from crm.access.roles import ROLES
from crm.audit.models import ReadLog
from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import browser_of, get
from tests.factories.clients import client
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
