"""What the call screen writes: kept, refused in words, both versions when two windows wrote."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from callbacks.calls.models import Answer, Call
from crm.organisation.models import Unit, User
from tests.callbacks.held import Given
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Browser, clerk: User) -> Browser:
    client.force_login(clerk)
    return client


def written(browser: Browser, call: Call, what: str, **body: Any) -> tuple[int, dict[str, Any]]:
    reply = browser.post(
        reverse(f"callbacks:call-{what}", args=[call.pk]), json.dumps(body), content_type="application/json"
    )
    return reply.status_code, reply.json()


def test_an_answer_is_kept_and_its_revision_told(browser: Browser, held: Given) -> None:
    call = held()
    status, told = written(browser, call, "answer", question="satisfied", value="4", note="", revision=0)
    assert (status, told) == (200, {"value": 4, "note": "", "revision": 1, "critical": False})


def test_both_versions_come_back(browser: Browser, held: Given) -> None:
    call = held()
    written(browser, call, "answer", question="own_wish", value="yes", revision=0)
    status, told = written(browser, call, "answer", question="own_wish", value="no", revision=0)
    assert status == 409
    assert (told["stored"]["value"], told["stored"]["revision"]) == ("yes", 1)
    assert Answer.objects.get(call=call).value == "yes"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"question": "retired", "value": "yes"}, 422),
        ({"question": "satisfied", "value": 9}, 422),
        ({"question": "satisfied", "value": 4, "revision": "x"}, 409),
        ({"question": "wish", "value": "坏\0字"}, 400),
    ],
)
def test_what_cannot_be_is_refused(browser: Browser, held: Given, body: dict[str, Any], status: int) -> None:
    assert written(browser, held(), "answer", **body)[0] == status
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "raw",
    ["", "[]", "{", '"x"', "x" * 30_000, "[" * 19_000, '{"a":' * 3_900],
    ids=["nothing", "list", "cut", "text", "long", "deep-list", "deep-object"],
)
def test_what_is_no_object_is_refused(browser: Browser, held: Given, raw: str) -> None:
    address = reverse("callbacks:call-answer", args=[held().pk])
    assert browser.post(address, raw, content_type="application/json").status_code == 400


def test_note_and_finding(browser: Browser, held: Given) -> None:
    call = held()
    assert written(browser, call, "note", note="甲", revision=0)[1]["revision"] == 1
    assert written(browser, call, "finding", finding="own_decision", note="", revision=1)[1]["revision"] == 2
    status, told = written(browser, call, "note", note="乙", revision=0)
    assert (status, told["stored"]["note"]) == (409, "甲")


def test_who_does_not_hold_it_hears_so(client: Browser, held: Given, branch: Unit) -> None:
    client.force_login(person("callback_clerk", branch))
    status, told = written(client, held(), "answer", question="satisfied", value=4, revision=0)
    assert (status, told["lost"]) == (403, True)
    assert told["error"]


def test_who_may_not_work_on_calls_and_strangers(client: Browser, held: Given, branch: Unit) -> None:
    call = held()
    address = reverse("callbacks:call-answer", args=[call.pk])
    assert client.post(address, "{}", content_type="application/json").status_code == 302
    client.force_login(person("counter_clerk", branch))
    status, told = written(client, call, "note", note="甲", revision=0)
    assert (status, told.get("lost")) == (403, None)


def test_a_call_out_of_scope_is_unknown(client: Browser, held: Given) -> None:
    call = held()
    client.force_login(person("callback_clerk"))
    for what in ("answer", "note", "finding"):
        assert written(client, call, what, note="甲", revision=0)[0] == 404
    assert client.post(reverse("callbacks:call-heartbeat", args=[call.pk])).status_code == 404


def test_an_unknown_call(browser: Browser, held: Given) -> None:
    held()
    reply = browser.post(reverse("callbacks:call-note", args=[999_999]), "{}", content_type="application/json")
    assert reply.status_code == 404
