"""Reasons that end by themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from callbacks.calls.models import Call, CallReason
from callbacks.plans.lapsing import Lapsed, lapse
from clients.segmentation.models import Standing
from crm.events.models import Event
from crm.workflow.models import Transition
from tests.callbacks.plans.runs import stand
from tests.callbacks.plans.test_making import NOW
from tests.factories.calls import CallFactory, ReasonFactory, claimed
from tests.factories.clients import PermissionRequestFactory, client
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def waiting(kind: str, **fields: Any) -> CallReason:
    """A reason on a waiting call of its own, which lapses unless `fields` say otherwise."""
    made: CallReason = ReasonFactory(call=CallFactory(kind=kind), kind=kind, **{"lapses": True} | fields)
    return made


def test_who_left_the_group_is_not_called_any_more() -> None:
    gone, stays = waiting("at_risk"), waiting("at_risk")
    assert stays.client is not None
    stand(stays.client, "core", "at_risk")
    assert lapse(at=NOW) == Lapsed(reasons=1, calls=1)
    gone.refresh_from_db()
    call = Call.objects.get(reasons=gone)
    assert (gone.state, gone.ended_at, call.state, call.ended_at, call.ready) == ("lapsed", NOW, "lapsed", NOW, False)
    assert Transition.objects.get(object_id=call.pk).verb == "lapse"
    assert Call.objects.get(reasons=stays).state == "waiting"
    assert lapse(at=NOW) == Lapsed(0, 0)
    assert Event.objects.filter(name="calls.lapsed").count() == 1


@pytest.mark.parametrize(
    "kind", ["new_client", "movement", "manager_changed", "conduct_sample", "assigned", "complaint_answered"]
)
def test_what_does_not_lapse_stays(kind: str) -> None:
    waiting(kind, lapses=False)
    assert lapse(at=NOW) == Lapsed(0, 0)


def test_what_somebody_has_claimed_stays() -> None:
    call = claimed(person("callback_clerk"))
    CallReason.objects.filter(call=call).update(kind="dormant", lapses=True)
    assert lapse(at=NOW) == Lapsed(0, 0)


def test_a_closed_account_ends_all_but_complaints_and_conduct() -> None:
    closed = client(status="closed", closed_on=dt.date(2026, 11, 1))
    for kind in ("new_client", "movement", "complaint_answered", "conduct_sample"):
        ReasonFactory(call=CallFactory(client=closed, kind=kind), kind=kind)
    listed = ReasonFactory(call=None, client=closed, state="listed")
    assert lapse(at=NOW) == Lapsed(reasons=3, calls=2)
    listed.refresh_from_db()
    assert listed.state == "lapsed"
    assert set(Call.objects.filter(state="waiting").values_list("kind", flat=True)) == {
        "complaint_answered", "conduct_sample",
    }  # fmt: skip


def test_a_call_goes_on_for_its_other_reasons_with_their_urgency_and_date() -> None:
    call = CallFactory(kind="at_risk", rank=50, due_at=NOW, regulated=True)
    ReasonFactory(call=call, kind="at_risk", rank=50, due_at=NOW, lapses=True)
    later = NOW + dt.timedelta(days=9)
    ReasonFactory(call=call, kind="assigned", rank=120, due_at=later, regulated=False)
    assert lapse(at=NOW) == Lapsed(reasons=1, calls=0)
    call.refresh_from_db()
    assert (call.state, call.kind, call.rank, call.due_at, call.regulated) == ("waiting", "assigned", 120, later, False)
    step = Transition.objects.get(object_id=call.pk)
    assert (step.verb, bool(step.reason)) == ("urge", True)


def test_an_urgency_that_somebody_set_stays() -> None:
    call = CallFactory(kind="at_risk", rank=1)
    ReasonFactory(call=call, kind="at_risk", rank=50, lapses=True)
    ReasonFactory(call=call, kind="assigned", rank=120)
    lapse(at=NOW)
    call.refresh_from_db()
    assert call.rank == 1


def test_a_renewed_assessment_a_refused_request_and_a_reached_client_end_their_reasons() -> None:
    renewed = waiting("risk_expiry", facts={"valid_until": "2026-12-01"})
    kept = waiting("risk_expiry", facts={"valid_until": "2026-12-02"})
    Standing.objects.filter(client=renewed.client).update(risk_until=dt.date(2028, 12, 1))
    Standing.objects.filter(client=kept.client).update(risk_until=dt.date(2026, 12, 2))
    request = PermissionRequestFactory(status="refused")
    refused = waiting("permission", subject=f"request:{request.request_no}")
    CallReason.objects.filter(pk=refused.pk).update(client=request.client)
    reached = waiting("coverage", made_at=NOW - dt.timedelta(days=3))
    over: dict[str, Any] = {"state": "done", "reached": True, "ready": False}
    CallFactory(client=reached.client, ended_at=NOW - dt.timedelta(days=1), **over)
    assert lapse(at=NOW) == Lapsed(reasons=3, calls=3)
    kept.refresh_from_db()
    assert kept.state == "open"
