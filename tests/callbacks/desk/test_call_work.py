"""What is done from the call screen, as its script asks for it."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from callbacks.calls.choices import CallState, HandOverState
from callbacks.calls.models import Attempt, Call, Concern, HandOver
from clients.corrections.models import Correction
from clients.profile.models import ClientWishes
from crm.organisation.models import Unit, User
from tests.callbacks.held import MORNING, Given
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Browser, clerk: User) -> Browser:
    client.force_login(clerk)
    return client


def sent(browser: Browser, call: Call, what: str, **typed: Any) -> tuple[int, dict[str, Any]]:
    reply = browser.post(
        reverse(f"callbacks:call-{what}", args=[call.pk]), typed, headers={"accept": "application/json"}
    )
    return reply.status_code, reply.json()


@time_machine.travel(MORNING, tick=False)
def test_a_try_begins_and_ends(browser: Browser, held: Given) -> None:
    call = held()
    status, told = sent(browser, call, "try")
    assert status == 200
    assert "data-since" in told["parts"]["call-line"]
    assert sent(browser, call, "line-answered")[0] == 200
    assert "data-since" not in sent(browser, call, "line-end")[1]["parts"]["call-line"]
    assert Attempt.objects.get(call=call).ended_at == MORNING


@time_machine.travel(MORNING, tick=False)
def test_the_identity_is_compared_and_what_is_stored_not_shown(browser: Browser, held: Given) -> None:
    call = held()
    status, told = sent(browser, call, "identity", proof="id_number", digits="1234")
    assert status == 200
    assert "is-fine" in told["parts"]["call-identity"]
    assert "110101199001011234" not in str(told)
    assert sent(browser, call, "identity", proof="id_number", digits="12")[0] == 422


@time_machine.travel(MORNING, tick=False)
def test_an_outcome_and_what_is_missing_for_it(browser: Browser, held: Given) -> None:
    call = held()
    status, told = sent(browser, call, "finish", outcome="complete")
    assert status == 422
    assert [one["code"] for one in told["missing"]] == ["opening", "own_wish", "satisfied"]
    assert sent(browser, call, "finish", outcome="nonsense")[0] == 422
    assert sent(browser, call, "finish", outcome="no_answer", next_at="2026-11-25T14:30")[0] == 200
    call.refresh_from_db()
    assert call.state == CallState.WAITING
    assert call.not_before is not None
    assert call.not_before.hour == 6, "half past two in Shanghai"


@time_machine.travel(MORNING, tick=False)
def test_a_call_is_handed_over_and_the_offer_taken_back(browser: Browser, held: Given, branch: Unit) -> None:
    call, colleague = held(), person("callback_clerk", branch)
    assert sent(browser, call, "hand-over", to="nobody", reason="换班")[0] == 422
    assert sent(browser, call, "hand-over", to=colleague.staff_no, reason="换班")[0] == 200
    assert HandOver.objects.get(call=call).to_user == colleague
    assert sent(browser, call, "keep")[0] == 200
    assert HandOver.objects.get(call=call).state == HandOverState.TAKEN_BACK


@time_machine.travel(MORNING, tick=False)
def test_a_complaint(browser: Browser, held: Given) -> None:
    call = held()
    assert sent(browser, call, "complaint", said="")[0] == 422
    assert sent(browser, call, "complaint", said="佣金太高")[0] == 200
    assert Concern.objects.get(call=call).kind == "complaint"


@time_machine.travel(MORNING, tick=False)
def test_what_the_client_says_becomes_data(browser: Browser, held: Given) -> None:
    call = held()
    typed = {"version": 0, "declared_preference": "steady", "interests": ["funds"], "horizon": "long"}
    status, told = sent(browser, call, "profile", **typed)
    assert status == 200
    assert "call-who" in told["parts"]
    kept = ClientWishes.objects.get(client=call.client)
    assert (kept.declared_preference, kept.interests, kept.horizon) == ("steady", ["funds"], "long")
    assert sent(browser, call, "profile", **(typed | {"horizon": "short"}))[0] == 422, "an older version"


@time_machine.travel(MORNING, tick=False)
def test_contact_data_are_proposed_for_correction(browser: Browser, held: Given) -> None:
    call = held()
    assert sent(browser, call, "correction", field="phone", value="13912345678")[0] == 200
    assert Correction.objects.get(client=call.client).field == "phone"
    assert sent(browser, call, "correction", field="name", value="张三")[0] == 422


@time_machine.travel(MORNING, tick=False)
def test_skip_release_and_take(browser: Browser, held: Given) -> None:
    call = held()
    assert sent(browser, call, "skip", reason="")[0] == 422
    assert sent(browser, call, "release")[0] == 200
    call.refresh_from_db()
    assert call.state == CallState.WAITING
    assert sent(browser, call, "take", reason="客户来电")[0] == 200
    call.refresh_from_db()
    assert call.state == CallState.CLAIMED
    assert sent(browser, call, "skip", reason="language", note="")[0] == 200
    call.refresh_from_db()
    assert (call.state, call.skips) == (CallState.WAITING, 1)


VERBS = ("try", "line-end", "identity", "complaint", "profile", "correction", "finish", "skip", "release", "hand-over")


@pytest.mark.parametrize("verb", VERBS)
@time_machine.travel(MORNING, tick=False)
def test_a_colleague_may_do_none_of_it(client: Browser, held: Given, branch: Unit, verb: str) -> None:
    call = held()
    colleague = person("callback_clerk", branch)
    client.force_login(colleague)
    typed = {
        "proof": "phone", "digits": "6021", "said": "x", "outcome": "refused", "reason": "language", "version": 0,
        "field": "phone", "value": "13912345678", "to": person("callback_clerk", branch).staff_no,
    }  # fmt: skip
    reply = client.post(reverse(f"callbacks:call-{verb}", args=[call.pk]), typed)
    call.refresh_from_db()
    assert call.state == CallState.CLAIMED
    if verb not in ("profile", "correction", "line-end"):  # the first two belong to the client's file
        assert reply.status_code == 403
    client.force_login(person("callback_clerk"))
    assert client.post(reverse(f"callbacks:call-{verb}", args=[call.pk]), typed).status_code == 404
