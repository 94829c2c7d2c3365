"""Listed movements that are settled without a call."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from callbacks.calls.models import CallReason
from callbacks.plans.listed import settle
from crm.events.models import Event
from crm.workflow.models import Transition
from tests.factories.calls import ReasonFactory
from tests.factories.clients import client
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed() -> CallReason:
    made: CallReason = ReasonFactory(call=None, client=client(), state="listed", kind="movement")
    return made


@pytest.mark.parametrize(("verb", "state"), [("settle", "met"), ("drop", "lapsed")])
def test_it_ends_with_who_and_why(listed: CallReason, verb: str, state: str) -> None:
    by = person("marketing_director")
    assert settle(reasons=[listed], verb=verb, reason="客户来电确认", by=by) == [listed]
    assert settle(reasons=[listed], verb=verb, reason="客户来电确认", by=by) == []
    listed.refresh_from_db()
    step = Transition.objects.get(workflow="callbacks.reason", object_id=listed.pk)
    assert (listed.state, listed.ended_at) == (state, step.at)
    assert (step.verb, step.by, step.reason) == (verb, by, "客户来电确认")
    assert Event.objects.filter(name="calls.listed_settled").count() == 1


def test_not_without_a_reason_or_the_permission(listed: CallReason) -> None:
    with pytest.raises(ValidationError):
        settle(reasons=[listed], verb="settle", reason=" ", by=person("marketing_director"))
    with pytest.raises(ValidationError):
        settle(reasons=[listed], verb="other", reason="x", by=person("marketing_director"))
    with pytest.raises(PermissionDenied):
        settle(reasons=[listed], verb="settle", reason="x", by=person("callback_clerk"))
    listed.refresh_from_db()
    assert listed.state == "listed"
