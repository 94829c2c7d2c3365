from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone, translation

from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.services import open_enquiry
from callbacks.enquiries.writing import Written
from callbacks.recordings.models import TelephonyEvent
from clients.profile.models import Client
from crm.organisation.models import Unit, User
from crm.personal.hide import hide
from tests.factories.clients import client
from tests.factories.people import person
from tests.factories.units import DepartmentFactory

Calls = Callable[..., TelephonyEvent]
ASKED = Written(kind="business", topic="银证转账", question="转账限额是多少？", answer="单笔五十万元。")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Refusals are read in the language of the code."""
    with translation.override("en"):
        yield


@pytest.fixture
def centre(db: None) -> Unit:
    unit: Unit = DepartmentFactory(name="呼叫中心")
    return unit


@pytest.fixture
def agent(centre: Unit) -> User:
    return person("call_centre_agent", centre, name="陈坐席", language="en")


@pytest.fixture
def other(centre: Unit) -> User:
    return person("call_centre_agent", centre, name="林坐席")


@pytest.fixture
def one(db: None) -> Client:
    return client(client_no="10800001", name="张博伟", phone="13900001111")


@pytest.fixture
def taken(agent: User, one: Client) -> Enquiry:
    return open_enquiry(written=Written(question="转账限额是多少？"), key=uuid.uuid4(), client=one, by=agent)


@pytest.fixture
def calls(db: None) -> Calls:
    """The telephone system tells something about a call that is none of ours."""

    def told(ref: str, kind: str = "ringing", *, phone: str = "", line: str = "", minutes: int = 0) -> TelephonyEvent:
        caller = hide(phone, purpose="client.phone")
        number = TelephonyEvent.objects.filter(ref=ref).count() + 1
        event: TelephonyEvent = TelephonyEvent.objects.create(
            event_id=f"{ref}:{number}", ref=ref, sequence=number, kind=kind, line=line, source="webhook",
            occurred_at=timezone.now() - dt.timedelta(minutes=minutes), received_at=timezone.now(),
            caller_sealed=caller.sealed, caller_digest=caller.digest, caller_masked=caller.masked, body_sha256="0" * 64,
        )  # fmt: skip
        return event

    return told
