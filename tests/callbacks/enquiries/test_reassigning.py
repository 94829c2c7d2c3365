"""Enquiries of people who are away or gone: the stand-in works on them, a supervisor gives them to somebody else."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from callbacks.calls.models import HandOver
from callbacks.enquiries.handing import accept, offer, reassign
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.services import close_enquiry, open_enquiry, write_enquiry
from clients.contacts.models import FollowUp
from clients.profile.models import Client
from crm.messaging.models import Notice
from crm.organisation.holdings import holdings_of
from crm.organisation.models import Unit, User
from tests.callbacks.enquiries.conftest import ASKED
from tests.clients.desk.helpers import browser_of, get
from tests.factories.people import StandInFactory, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(centre: Unit) -> User:
    return person("call_centre_supervisor", centre, name="周主管")


def test_the_stand_in_writes_offers_and_closes(taken: Enquiry, agent: User, other: User, centre: Unit) -> None:
    with pytest.raises(PermissionDenied):
        write_enquiry(enquiry=taken, written=ASKED, revision=1, by=other)
    StandInFactory(absent=agent, deputy=other)
    deputy = User.objects.get(pk=other.pk)
    due = timezone.now() + dt.timedelta(hours=2)
    write_enquiry(enquiry=taken, written=replace(ASKED, promised="回电", due_at=due), revision=1, by=deputy)
    assert "Save" in get(deputy, f"/inbound/{taken.enquiry_no}/").content.decode()
    assert taken.enquiry_no in get(deputy, "/inbound/?whose=mine").content.decode()
    third = person("call_centre_agent", centre)
    accept(hand_over=offer(enquiry=taken, to=third, reason="交接", by=deputy), by=third)
    taken.refresh_from_db()
    assert taken.owner == third
    assert FollowUp.objects.get(state="open").owner == third


def test_the_stand_in_closes_and_the_promise_is_kept(taken: Enquiry, agent: User, other: User) -> None:
    StandInFactory(absent=agent, deputy=other)
    promised = replace(ASKED, promised="回电", due_at=timezone.now() + dt.timedelta(hours=2))
    closed = close_enquiry(enquiry=taken, written=promised, revision=1, by=other)
    assert (closed.state, closed.owner, closed.closed_by) == ("closed", agent, other)
    assert not FollowUp.objects.open().exists()


def test_a_customer_managers_stand_in_sees_it(one: Client) -> None:
    manager = person("customer_manager")
    mine = open_enquiry(written=ASKED, key=uuid.uuid4(), client=one, by=manager)
    deputy = person("customer_manager")
    assert not Enquiry.objects.visible_to(deputy).exists()
    StandInFactory(absent=manager, deputy=deputy)
    assert Enquiry.objects.visible_to(User.objects.get(pk=deputy.pk)).get() == mine


def test_a_leavers_enquiry_is_given_to_somebody(taken: Enquiry, agent: User, other: User, supervisor: User) -> None:
    asked = offer(enquiry=taken, to=person("call_centre_agent"), reason="交接", by=agent)
    promised = replace(ASKED, promised="回电", due_at=timezone.now() + dt.timedelta(hours=2))
    write_enquiry(enquiry=taken, written=promised, revision=1, by=agent)
    agent.left_on = timezone.localdate() - dt.timedelta(days=1)
    agent.save()
    assert "1" in str([held.count for held in holdings_of(agent) if held.label == "Open enquiries"])
    assert taken.enquiry_no in get(supervisor, "/inbound/?whose=left").content.decode()

    for _ in range(2):
        assert reassign(enquiry=taken, to=other, reason="已离职", by=supervisor).owner == other

    assert HandOver.objects.get(pk=asked.pk).state == "taken_back"
    assert FollowUp.objects.get(state="open").owner == other
    told = dict(Notice.objects.filter(key__startswith="enquiry-given").values_list("user", "text"))
    assert told[other.pk] == f"周主管 已将咨询 {taken.enquiry_no} 转给您：已离职"
    assert told[agent.pk].startswith("周主管 has given your enquiry")
    assert holdings_of(agent) == []


def test_what_is_refused(taken: Enquiry, agent: User, other: User, supervisor: User) -> None:
    with pytest.raises(PermissionDenied):
        reassign(enquiry=taken, to=other, reason="x", by=other)
    with pytest.raises(PermissionDenied):
        reassign(enquiry=taken, to=other, reason="x", by=person("marketing_director"))
    for to, reason in ((other, " "), (person("counter_clerk"), "x"), (person("auditor"), "x")):
        with pytest.raises(ValidationError):
            reassign(enquiry=taken, to=to, reason=reason, by=supervisor)
    close_enquiry(enquiry=taken, written=ASKED, revision=1, by=agent)
    with pytest.raises(ValidationError):
        reassign(enquiry=taken, to=other, reason="x", by=supervisor)


def test_the_page(taken: Enquiry, agent: User, other: User, supervisor: User) -> None:
    where = f"/inbound/{taken.enquiry_no}/"
    assert "Give it to him" in get(supervisor, where).content.decode()
    assert "Give it to him" not in get(agent, where).content.decode()
    browser, given = browser_of(supervisor), {"to": other.staff_no, "reason": "休假"}
    assert browser.post(f"{where}reassign/", {"to": other.staff_no}).status_code == 422
    assert browser.post(f"{where}reassign/", given)["Location"] == where
    taken.refresh_from_db()
    assert taken.owner == other
    assert browser_of(other).post(f"{where}reassign/", given).status_code == 403
    assert browser_of(person("marketing_director")).post(f"{where}reassign/", given).status_code == 404
    assert browser_of(None).post(f"{where}reassign/", given).status_code == 302
