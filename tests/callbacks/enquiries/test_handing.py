"""Hand-over: the first one asked answers for it until the other accepts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from callbacks.calls.models import HandOver
from callbacks.enquiries.handing import accept, decline, offer, take_back
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.services import close_enquiry, write_enquiry
from clients.contacts.models import FollowUp
from crm.messaging.models import Notice
from crm.organisation.models import User
from tests.callbacks.enquiries.conftest import ASKED
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(taken: Enquiry, agent: User, other: User) -> HandOver:
    return offer(enquiry=taken, to=other, reason="需要两融知识", by=agent)


def test_it_stays_until_the_other_accepts(taken: Enquiry, offered: HandOver, agent: User, other: User) -> None:
    taken.refresh_from_db()
    assert taken.owner == agent
    assert Notice.objects.filter(user=other, text__contains=taken.enquiry_no).exists()
    write_enquiry(enquiry=taken, written=replace(ASKED, answer=""), revision=1, by=agent)
    with pytest.raises(ValidationError, match="asked to take"):
        close_enquiry(enquiry=taken, written=ASKED, revision=2, by=agent)

    for _ in range(2):
        assert accept(hand_over=offered, by=other).owner == other

    with pytest.raises(PermissionDenied):
        write_enquiry(enquiry=taken, written=ASKED, revision=2, by=agent)
    assert close_enquiry(enquiry=taken, written=ASKED, revision=2, by=other).state == "closed"
    assert Notice.objects.filter(user=agent, text__contains="taken over").count() == 1


def test_a_promise_goes_along(taken: Enquiry, agent: User, other: User) -> None:
    due = timezone.now() + dt.timedelta(hours=2)
    write_enquiry(enquiry=taken, written=replace(ASKED, promised="回电", due_at=due), revision=1, by=agent)
    accept(hand_over=offer(enquiry=taken, to=other, reason="交接", by=agent), by=other)
    assert FollowUp.objects.get(state="open").owner == other


def test_declined_it_goes_back(taken: Enquiry, offered: HandOver, agent: User, other: User) -> None:
    with pytest.raises(ValidationError):
        decline(hand_over=offered, reason=" ", by=other)
    for _ in range(2):
        assert decline(hand_over=offered, reason="在休息", by=other).state == "declined"
    taken.refresh_from_db()
    assert taken.owner == agent
    assert Notice.objects.filter(user=agent, text__contains="在休息").count() == 1
    with pytest.raises(ValidationError):
        accept(hand_over=offered, by=other)
    assert offer(enquiry=taken, to=other, reason="再问一次", by=agent).pk != offered.pk


def test_taken_back(taken: Enquiry, offered: HandOver, agent: User, other: User) -> None:
    with pytest.raises(PermissionDenied):
        take_back(hand_over=offered, by=other)
    for _ in range(2):
        assert take_back(hand_over=offered, by=agent).state == "taken_back"
    with pytest.raises(ValidationError):
        accept(hand_over=offered, by=other)


def test_one_at_a_time(taken: Enquiry, offered: HandOver, agent: User, other: User, centre: object) -> None:
    assert offer(enquiry=taken, to=other, reason="需要两融知识", by=agent) == offered
    with pytest.raises(ValidationError, match="asked already"):
        offer(enquiry=taken, to=person("call_centre_agent"), reason="别人", by=agent)


def test_to_whom_it_cannot_go(taken: Enquiry, agent: User, other: User) -> None:
    for to in (
        agent,
        person("auditor"),
        person("counter_clerk"),
        person("call_centre_agent", left_on=dt.date(2020, 1, 1)),
    ):
        with pytest.raises(ValidationError) as refusal:
            offer(enquiry=taken, to=to, reason="交接", by=agent)
        assert list(refusal.value.message_dict) == ["to"]
    with pytest.raises(ValidationError):
        offer(enquiry=taken, to=other, reason="  ", by=agent)
    with pytest.raises(PermissionDenied):
        offer(enquiry=taken, to=agent, reason="给我", by=other)


def test_nobody_elses_offer(offered: HandOver, agent: User) -> None:
    for by in (agent, person("call_centre_agent")):
        with pytest.raises(PermissionDenied):
            accept(hand_over=offered, by=by)
        with pytest.raises(PermissionDenied):
            decline(hand_over=offered, reason="不", by=by)
