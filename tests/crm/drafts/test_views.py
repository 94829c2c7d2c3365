"""Drafts over HTTP: kept as JSON, answered in words; strangers and what is out of scope."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.drafts.models import Draft
from crm.drafts.services import MOST_CHARACTERS, take_up
from crm.organisation.models import User
from tests.clients.desk.helpers import browser_of
from tests.crm.drafts.conftest import KEY, KIND
from tests.factories.people import person

pytestmark = pytest.mark.django_db

URL = f"/drafts/{KIND}/{KEY}/"
PAGE, OTHER = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))
MOST_QUERIES = 15


def keep(by: User | None, text: str = "text", url: str = URL, **more: Any) -> Any:
    sent = {"window": PAGE, "seen": "", "fields": [["text", text]]} | more
    return browser_of(by).post(url, json.dumps(sent), content_type="application/json")


def test_kept_and_said(clerk: User) -> None:
    answer = keep(clerk, "老客户")
    assert answer.status_code == 200
    assert answer.json()["said"].startswith("Draft kept at ")
    kept = take_up(by=clerk, kind=KIND, key=KEY)
    assert kept is not None
    assert kept.fields["text"] == "老客户"


def test_a_stranger_is_sent_to_sign_in() -> None:
    assert keep(None).status_code == 302
    assert browser_of(None).post(f"{URL}discard/").status_code == 302
    assert not Draft.objects.exists()


def test_out_of_scope_is_not_found_and_forbidden_says_who_may(clerk: User) -> None:
    for url in (f"/drafts/{KIND}/theirs/", f"/drafts/nothing/{KEY}/"):
        assert keep(clerk, url=url).status_code == 404
        assert browser_of(clerk).post(f"{url}discard/").status_code == 404
    answer = keep(person("auditor"))
    assert answer.status_code == 403
    assert "these roles hold" in answer.content.decode()


def test_too_long_is_said(clerk: User) -> None:
    answer = keep(clerk, "x" * MOST_CHARACTERS)
    assert answer.status_code == 413
    assert "too long to be kept as a draft" in answer.json()["said"]
    assert not Draft.objects.exists()


def test_a_second_page_is_told(clerk: User) -> None:
    keep(clerk, "first")
    answer = keep(clerk, "second", window=OTHER)
    assert answer.status_code == 409
    assert "open elsewhere" in answer.json()["said"]
    assert keep(clerk, "second", window=OTHER, seen=PAGE).status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        "", "[]", "{", "null", '{"window": 1, "fields": []}', '{"window": "x", "fields": []}', "[" * 9999,
        f'{{"window": "{PAGE}", "fields": [["a"]]}}', f'{{"window": "{PAGE}", "fields": [["a", 1]]}}',
        f'{{"window": "{PAGE}", "fields": 7}}', f'{{"window": "{PAGE}", "fields": [["a", "\\ud800"]]}}',
        f'{{"window": "{PAGE}", "fields": {json.dumps([["a", "b"]] * 201)}}}',
    ],
)  # fmt: skip
def test_what_is_no_draft(clerk: User, sent: str) -> None:
    answer = browser_of(clerk).post(URL, sent, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["said"] == "This draft cannot be read."
    assert not Draft.objects.exists()


def test_discarded_and_back_on_the_page(clerk: User) -> None:
    keep(clerk)
    answer = browser_of(clerk).post(f"{URL}discard/", headers={"referer": "http://testserver/clients/"})
    assert (answer.status_code, answer["Location"]) == (302, "/clients/")
    assert not Draft.objects.exists()


def test_only_by_post(clerk: User) -> None:
    assert [browser_of(clerk).get(url).status_code for url in (URL, f"{URL}discard/")] == [405, 405]


def test_few_queries(clerk: User) -> None:
    browser = browser_of(clerk)
    sent = json.dumps({"window": PAGE, "seen": "", "fields": [["text", "a"]]})
    browser.post(URL, sent, content_type="application/json")
    with CaptureQueriesContext(connection) as caught:
        browser.post(URL, sent, content_type="application/json")
    assert len(caught) <= MOST_QUERIES
