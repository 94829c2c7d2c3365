"""The call screen: for whom, with how many queries, and the trace for everybody else."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from callbacks.calls.answers import save_answer
from callbacks.calls.attempts import begin_attempt
from callbacks.calls.models import Call
from callbacks.calls.outcomes import finish
from callbacks.desk.call_trace import trace_of
from callbacks.scripts.models import Script
from crm.audit.models import ReadLog
from crm.organisation.models import Unit, User
from tests.callbacks.held import MORNING, Given, code
from tests.factories.clients import ClientFactory, WishesFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db
MOST_QUERIES = 26


def opened(browser: Browser, user: User, call: Call) -> str:
    browser.force_login(user)
    reply = browser.get(reverse("callbacks:call", args=[call.pk]))
    assert reply.status_code == 200
    return reply.content.decode()


def test_whoever_holds_it_sees_name_and_number_and_the_first_question(
    client: Browser, held: Given, clerk: User
) -> None:
    call = held()
    page = opened(client, clerk, call)
    assert call.client is not None
    assert call.client.name in page
    assert "13800136021" in page.replace(" ", "")
    assert "这笔操作是您本人办理的吗？" in page
    assert clerk.name in page, "the script names who calls"
    assert 'data-outcome="complete"' in page


def test_a_colleague_sees_what_was_done_masked(client: Browser, held: Given, clerk: User, branch: Unit) -> None:
    call = held()
    save_answer(call=call, question="satisfied", value=4, note="还行", by=clerk)
    begin_attempt(call=call, by=clerk, at=MORNING)
    page = opened(client, person("callback_clerk", branch), call)
    assert call.client is not None
    assert call.client.name not in page
    assert "13800136021" not in page
    assert "138****6021" in page
    assert "还行" in page
    assert "data-outcome" not in page
    assert ReadLog.objects.filter(kind="page", subject_no=call.client.client_no).exists()


def test_a_critical_answer_is_kept_from_the_branch(client: Browser, held: Given, clerk: User, branch: Unit) -> None:
    call = held()
    save_answer(call=call, question="own_wish", value="no", note="经理代为操作", by=clerk)
    assert "经理代为操作" not in opened(client, person("general_manager", branch), call)
    assert [one.note for one in trace_of(call, [], person("compliance")).answers] == ["经理代为操作"]


def test_a_finished_call_is_read_only(client: Browser, held: Given, clerk: User) -> None:
    call = held()
    call.finding = "own_decision"
    call.save()
    finish(call=call, outcome=code("refused"), by=clerk, at=MORNING)
    page = opened(client, clerk, call)
    assert "data-outcome" not in page
    assert "data-note" not in page


def test_out_of_scope_is_not_found_and_strangers_sign_in(client: Browser, held: Given) -> None:
    address = reverse("callbacks:call", args=[held().pk])
    assert client.get(address).status_code == 302
    client.force_login(person("callback_clerk"))
    assert client.get(address).status_code == 404
    client.force_login(person())
    assert client.get(address).status_code == 403


def test_its_queries_do_not_grow(client: Browser, held: Given, clerk: User, script: Script, branch: Unit) -> None:
    call = held(client=ClientFactory(branch=branch, phone="13800136021", id_number="110101199001011234"))
    WishesFactory(client=call.client, interests=["funds"])
    begin_attempt(call=call, by=clerk, at=MORNING)
    opened(client, clerk, call)
    with CaptureQueriesContext(connection) as captured:
        opened(client, clerk, call)
    assert len(captured) <= MOST_QUERIES, [one["sql"][:90] for one in captured]


def test_a_party_that_is_no_client(client: Browser, held: Given, clerk: User, branch: Unit) -> None:
    call = held(client=None, contact_name="王先生", contact_key="ab", contact_masked="139****0000", branch=branch)
    page = opened(client, clerk, call)
    assert "王先生" in page


def test_its_address_says_whose_it_is(client: Browser, held: Given, clerk: User, branch: Unit) -> None:
    call = held()
    address = reverse("callbacks:call-status", args=[call.pk])
    client.force_login(clerk)
    mine = client.get(address).json()
    assert mine["mine"] is True
    colleague = person("callback_clerk", branch)
    other = Browser()
    other.force_login(colleague)
    theirs = other.get(address).json()
    assert (theirs["mine"], theirs["looking"]) == (False, [clerk.name])
    assert theirs["why"]
    assert client.get(address).json()["looking"] == [colleague.name]


def test_work_renews_the_lease(client: Browser, held: Given, clerk: User) -> None:
    call = held()
    client.force_login(clerk)
    assert client.post(reverse("callbacks:call-heartbeat", args=[call.pk])).json() == {"mine": True}
    before = call.lease_until
    call.refresh_from_db()
    assert call.lease_until is not None
    assert before is not None
    assert call.lease_until > before


def test_the_data_of_the_page_hold_no_personal_data(client: Browser, held: Given, clerk: User) -> None:
    page = opened(client, clerk, held())
    data = json.loads(page.partition('id="call-data" type="application/json">')[2].partition("</script>")[0])
    assert [one["code"] for one in data["script"]["parts"][0]] == ["opening", "own_wish", "satisfied", "wish"]
    assert "13800136021" not in json.dumps(data)
