"""Whoever could not be reached is written to: by SMS, or by e-mail where no SMS can go."""

from __future__ import annotations

import pytest
from django.utils import timezone

from callbacks.calls.laying import UNREACHABLE, UNREACHABLE_MAIL, lay_outcomes
from callbacks.calls.models import Call
from callbacks.calls.rounds import write_to_client
from clients.profile.choices import OptOut
from crm.messaging.models import Message
from crm.organisation.models import User
from tests.factories.calls import CallFactory
from tests.factories.clients import ClientFactory, WishesFactory
from tests.factories.people import person
from tests.factories.units import BranchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    lay_outcomes()
    return person("callback_clerk", BranchFactory())


def call_to(clerk: User, *opt_outs: str, email: str = "li@example.com") -> Call:
    client = ClientFactory(branch=clerk.appointments.get().unit, email=email)
    if opt_outs:
        WishesFactory(client=client, opt_outs=list(opt_outs))
    call: Call = CallFactory(client=client)
    return call


def test_by_sms_once(clerk: User) -> None:
    call = call_to(clerk)
    for _time in range(2):
        write_to_client(call, by=clerk, at=timezone.now())
    assert [one.template.code for one in Message.objects.select_related("template") if one.template] == [UNREACHABLE]


def test_by_mail_where_the_client_wants_no_sms(clerk: User) -> None:
    write_to_client(call_to(clerk, OptOut.SMS), by=clerk, at=timezone.now())
    message = Message.objects.get()
    assert message.template is not None
    assert message.template.code == UNREACHABLE_MAIL
    assert message.channel == "email"


def test_not_at_all_where_neither_can_go_and_why_is_said(clerk: User) -> None:
    words = write_to_client(call_to(clerk, OptOut.SMS, OptOut.EMAIL), by=clerk, at=timezone.now())
    assert not Message.objects.exists()
    assert len(words) > 20
