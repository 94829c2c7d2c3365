"""Enquiries for programs: in scope, masked, made once, closed with the revision that was read."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client as Browser

from callbacks.enquiries.models import Enquiry
from clients.profile.models import Client
from crm.organisation.models import User
from tests.crm.api.conftest import Program
from tests.crm.api.conftest import program as program
from tests.factories.people import person

pytestmark = pytest.mark.django_db
URL = "/api/v1/enquiries/"


def post(made: Browser, url: str, **sent: Any) -> Any:
    return made.post(url, sent, content_type="application/json")


def test_the_list_in_scope_and_masked(taken: Enquiry, one: Client, program: Program) -> None:
    (shown,) = program(person("counter_clerk", one.branch)).get(URL).json()["results"]
    assert (shown["number"], shown["client_no"], shown["caller"]) == (taken.enquiry_no, "10800001", "张**")
    assert program(person("counter_clerk")).get(URL).json()["results"] == []
    assert program(person("auditor")).get(f"{URL}?state=closed").json()["results"] == []
    assert program(person("auditor")).get(f"{URL}?state=nothing").status_code == 400
    assert program(person("administrator")).get(URL).status_code == 403


def test_made_once_for_each_key(agent: User, one: Client, program: Program) -> None:
    made, key = program(agent), str(uuid.uuid4())
    for _ in range(2):
        answer = post(made, URL, key=key, client_no="10800001", kind="product", question="费率？")
        assert answer.status_code == 201
    stored = Enquiry.objects.get()
    assert answer.json()["number"] == stored.enquiry_no
    assert (stored.client, stored.owner, stored.kind) == (one, agent, "product")


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "x"},
        {"kind": "x"},
        {"client_no": "1"},
        {"phone": "12"},
        {"promised": "回电"},
        {"due_at": "never"},
        {"question": "x" * 4001},
        {"question": "\0"},
    ],
)
def test_refused(agent: User, program: Program, wrong: dict[str, str]) -> None:
    answer = post(program(agent), URL, **{"key": str(uuid.uuid4()), "question": "问"} | wrong)
    assert answer.status_code == 400
    assert next(iter(wrong)) in answer.json() or "due_at" in answer.json()
    assert not Enquiry.objects.exists()


def test_closed_with_the_revision_that_was_read(taken: Enquiry, agent: User, other: User, program: Program) -> None:
    url, made = f"{URL}{taken.enquiry_no}/close/", program(agent)
    assert post(made, url, kind="business", answer="五十万", revision=0).status_code == 409
    assert post(made, url, revision=1).status_code == 400
    assert post(program(other), url, kind="business", answer="五十万", revision=1).status_code == 403
    assert post(program(person("counter_clerk")), url, revision=1).status_code == 404
    assert post(program(person("auditor")), url, revision=1).status_code == 403
    for _ in range(2):
        answer = post(made, url, kind="business", answer="五十万", revision=1)
        assert answer.json()["state"] == "closed"
    taken.refresh_from_db()
    assert (taken.question, taken.answer, taken.closed_by) == ("转账限额是多少？", "五十万", agent)
