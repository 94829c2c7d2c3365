"""Handing a call on: offered, and his once he accepts."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from callbacks.calls.choices import HandOverState
from callbacks.calls.models import Call, HandOver
from callbacks.queue.claiming import next_call
from callbacks.queue.giving_back import release_call, renew_lease
from callbacks.queue.handing import accept, decline, offer, take_back
from crm.audit.models import ReadLog
from crm.messaging.models import Notice
from crm.organisation.models import Unit, User
from tests.callbacks.queue.conftest import MORNING
from tests.factories.calls import claimed
from tests.factories.clients import ClientFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(branch: Unit, clerk: User) -> Call:
    return claimed(clerk, at=MORNING, client=ClientFactory(branch=branch), note="约定下午")


@pytest.fixture
def colleague(branch: Unit) -> User:
    return person("callback_clerk", branch)


def test_it_is_his_once_he_accepts(call: Call, clerk: User, colleague: User) -> None:
    offered = offer(call=call, to=colleague, reason="换班", by=clerk, at=MORNING)
    assert offer(call=call, to=colleague, reason="换班", by=clerk, at=MORNING) == offered
    assert Call.objects.get().claimed_by == clerk
    assert Notice.objects.filter(user=colleague).count() == 1
    taken = accept(hand_over=offered, by=colleague, at=MORNING)
    assert (taken.claimed_by, taken.note) == (colleague, "约定下午")
    read = ReadLog.objects.get(by=colleague)
    assert (read.kind, read.fields) == ("claimed", "name,phone")
    assert accept(hand_over=offered, by=colleague, at=MORNING) == taken
    assert HandOver.objects.get().state == HandOverState.ACCEPTED


def test_declined_it_stays_where_it_is_and_why_is_told(call: Call, clerk: User, colleague: User) -> None:
    offered = offer(call=call, to=colleague, reason="换班", by=clerk, at=MORNING)
    with pytest.raises(ValidationError):
        decline(hand_over=offered, reason="", by=colleague, at=MORNING)
    decline(hand_over=offered, reason="下午请假", by=colleague, at=MORNING)
    assert Call.objects.get().claimed_by == clerk
    assert "下午请假" in Notice.objects.get(user=clerk).text
    with pytest.raises(ValidationError):
        accept(hand_over=offered, by=colleague, at=MORNING)


def test_only_whom_it_was_offered_to_answers(call: Call, clerk: User, colleague: User, branch: Unit) -> None:
    offered = offer(call=call, to=colleague, reason="换班", by=clerk, at=MORNING)
    for answer in (accept, lambda **kw: decline(reason="不", **kw)):
        with pytest.raises(PermissionDenied):
            answer(hand_over=offered, by=person("callback_clerk", branch), at=MORNING)


def test_an_offer_can_be_taken_back_until_it_is_answered(call: Call, clerk: User, colleague: User) -> None:
    offered = offer(call=call, to=colleague, reason="换班", by=clerk, at=MORNING)
    with pytest.raises(PermissionDenied):
        take_back(hand_over=offered, by=colleague, at=MORNING)
    take_back(hand_over=offered, by=clerk, at=MORNING)
    with pytest.raises(ValidationError):
        accept(hand_over=offered, by=colleague, at=MORNING)


def test_nobody_is_offered_what_he_may_not_call(call: Call, clerk: User, branch: Unit) -> None:
    recused = person("callback_clerk", branch)
    Call.objects.update(recused=[recused.pk])
    foreign, teller = person("callback_clerk"), person("counter_clerk", branch)
    for to in (recused, foreign, teller, clerk):
        with pytest.raises(ValidationError):
            offer(call=call, to=to, reason="换班", by=clerk, at=MORNING)


def test_not_while_on_the_line_and_not_when_the_call_has_moved_on(call: Call, clerk: User, colleague: User) -> None:
    offered = offer(call=call, to=colleague, reason="换班", by=clerk, at=MORNING)
    renew_lease(call=call, by=clerk, live=True, at=MORNING)
    with pytest.raises(ValidationError):
        accept(hand_over=offered, by=colleague, at=MORNING)


def test_an_offer_is_over_with_the_claim_it_was_made_in(call: Call, clerk: User, colleague: User, branch: Unit) -> None:
    """Given back and claimed again by whomever: nobody takes it away by an old offer, and a new one can be made."""
    old = offer(call=call, to=colleague, reason="换班", by=clerk, at=MORNING)
    release_call(call=call, by=clerk, at=MORNING)
    assert not HandOver.objects.waiting_for(colleague).exists()
    later = MORNING + dt.timedelta(minutes=5)
    assert next_call(by=clerk, at=later) == call
    with pytest.raises(ValidationError):
        accept(hand_over=old, by=colleague, at=later)
    third = person("callback_clerk", branch)
    assert accept(hand_over=offer(call=call, to=third, reason="换班", by=clerk, at=later), by=third, at=later) == call
