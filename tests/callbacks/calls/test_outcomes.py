"""Outcomes: what follows depends on the flags of the code alone, and happens once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbacks.calls.answers import save_answer
from callbacks.calls.attempts import begin_attempt
from callbacks.calls.choices import CallState, ReasonState
from callbacks.calls.holding import NotHeld
from callbacks.calls.hours import usual_hours
from callbacks.calls.laying import lay_outcomes
from callbacks.calls.models import Attempt, Call, CallReason, OutcomeCode
from callbacks.calls.notes import save_finding
from callbacks.calls.outcomes import Ending, Incomplete, finish
from callbacks.calls.workflow import CALLS
from callbacks.recordings.models import TelephonyEvent
from clients.contacts.models import ServiceRecord
from crm.events.models import Event
from crm.messaging.models import Message, Notice
from crm.organisation.models import Unit, User
from crm.worktime.arithmetic import in_window
from crm.worktime.calendars import read_calendar
from tests.callbacks.held import MORNING, Given, code
from tests.factories.calls import OutcomeCodeFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def answer_all(call: Call, by: User) -> None:
    for question, value in (("opening", "read"), ("own_wish", "yes"), ("satisfied", 5), ("wish", None)):
        save_answer(call=call, question=question, value=value, by=by)
    if call.kind == "movement":
        save_finding(call=call, finding="own_decision", note="", revision=0, by=by)


def test_complete_names_what_is_still_to_be_asked(held: Given, clerk: User) -> None:
    call = held()
    save_answer(call=call, question="opening", value="read", by=clerk)
    with pytest.raises(Incomplete) as refused:
        finish(call=call, outcome=code("complete"), by=clerk, at=MORNING)
    assert [one.code for one in refused.value.questions] == ["own_wish", "satisfied"]
    assert Call.objects.get(pk=call.pk).state == CallState.CLAIMED
    assert not Attempt.objects.exists()


def test_complete_without_a_recording_needs_a_reason_and_goes_to_review(held: Given, clerk: User) -> None:
    call = held()
    answer_all(call, clerk)
    with pytest.raises(ValidationError) as refused:
        finish(call=call, outcome=code("complete"), by=clerk, at=MORNING)
    assert "no_recording" in refused.value.message_dict
    done = finish(call=call, outcome=code("complete"), ending=Ending(no_recording="设备故障"), by=clerk, at=MORNING)
    assert (done.state, done.reached, done.complete, done.ended_by) == (CallState.DONE, True, True, clerk)
    assert "设备故障" in done.to_review
    assert CallReason.objects.get(call=call).state == ReasonState.MET


def test_a_call_over_the_telephone_system_awaits_its_recording(held: Given, clerk: User) -> None:
    call = held()
    answer_all(call, clerk)
    attempt = begin_attempt(call=call, telephony_ref="pbx-1", by=clerk, at=MORNING)
    with pytest.raises(ValidationError) as refused:
        finish(call=call, outcome=code("complete"), by=clerk, at=MORNING + HOUR)
    assert "no_recording" in refused.value.message_dict, "it never connected anybody"
    TelephonyEvent.objects.create(
        event_id="e1", ref="pbx-1", sequence=1, kind="answered", occurred_at=MORNING, received_at=MORNING,
        source="webhook", attempt=attempt, body_sha256="0" * 64,
    )  # fmt: skip
    done = finish(call=call, outcome=code("complete"), by=clerk, at=MORNING + HOUR)
    assert (done.complete, done.to_review) == (True, "")


def test_a_finished_call_is_in_the_clients_file_and_published(held: Given, clerk: User) -> None:
    call = held()
    answer_all(call, clerk)
    finish(call=call, outcome=code("complete"), ending=Ending(no_recording="无"), by=clerk, at=MORNING)
    record = ServiceRecord.objects.get(client=call.client)
    assert (record.channel, record.direction, record.outcome, record.staff) == ("phone", "outbound", "完成", clerk)
    assert Event.objects.get(name="call.finished").payload == {
        "call": call.pk, "client": call.client_id, "kind": "movement", "outcome": "complete",
        "reached": True, "complete": True,
    }  # fmt: skip


def test_the_same_outcome_twice_counts_once_another_one_is_refused(held: Given, clerk: User) -> None:
    call = held()
    save_finding(call=call, finding="own_decision", note="", revision=0, by=clerk)
    for _click in range(2):
        assert finish(call=call, outcome=code("refused"), by=clerk, at=MORNING).outcome == code("refused")
    assert Event.objects.filter(name="call.finished").count() == 1
    assert ServiceRecord.objects.filter(client=call.client).count() == 1
    assert Attempt.objects.count() == 1
    with pytest.raises(NotHeld):
        finish(call=call, outcome=code("complete"), by=clerk, at=MORNING)


def test_no_answer_gives_it_back_until_another_hour(held: Given, clerk: User) -> None:
    call = held()
    begin_attempt(call=call, by=clerk, at=MORNING)
    back = finish(call=call, outcome=code("no_answer"), by=clerk, at=MORNING)
    assert back.state == CallState.WAITING
    assert (back.ready, back.claimed_by_id, back.tries) == (False, None, 1)
    assert back.not_before is not None
    assert back.not_before > MORNING
    assert Attempt.objects.get(call=call).outcome == code("no_answer")
    assert Attempt.objects.get(call=call).talk_seconds is None
    for _click in range(2):
        finish(call=call, outcome=code("no_answer"), by=clerk, at=MORNING)
    assert Call.objects.get(pk=call.pk).tries == 1


def again(call: Call, by: User, at: dt.datetime) -> Call:
    """The call, claimed once more."""
    mine: Call = CALLS.take(
        call, "claim", by=by, at=at, claimed_by=by, claimed_at=at, lease_until=at + HOUR, ready=False
    )
    return mine


def test_after_the_last_try_it_ends_as_not_reached(held: Given, clerk: User, branch: Unit) -> None:
    call, director = held(), person("marketing_director", branch)
    at = MORNING
    for _round in range(3):
        done = finish(call=call, outcome=code("no_answer"), by=clerk, at=at)
        if done.state == CallState.WAITING:
            assert done.not_before is not None
            at = done.not_before
            call = again(done, clerk, at)
    assert (done.state, done.reached, done.complete, done.tries) == (CallState.DONE, False, False, 3)
    assert done.finding == "not_cleared"
    assert Message.objects.filter(channel="sms", about_no=done.client.client_no).count() == 1  # type: ignore[union-attr]
    assert Notice.objects.filter(user=director, key=f"call-unreachable:{call.pk}").exists()
    assert not ServiceRecord.objects.filter(client=call.client, channel="phone").exists(), "nobody was reached"


def test_an_appointment_is_no_lost_try(held: Given, clerk: User) -> None:
    call, at = held(), MORNING
    for _round in range(4):
        call = finish(call=call, outcome=code("reschedule"), by=clerk, at=at)
        assert (call.state, call.tries) == (CallState.WAITING, 0)
        assert call.not_before is not None
        at = call.not_before
        call = again(call, clerk, at)


def test_a_time_at_which_nobody_may_call_is_refused(held: Given, clerk: User) -> None:
    call = held()
    for wrong in (MORNING - HOUR, MORNING + 12 * HOUR, MORNING + dt.timedelta(days=90)):
        with pytest.raises(ValidationError) as refused:
            finish(call=call, outcome=code("reschedule"), ending=Ending(next_at=wrong), by=clerk, at=MORNING)
        assert "next_at" in refused.value.message_dict


def test_a_wrong_number_ends_the_call_and_the_branch_checks(held: Given, clerk: User, branch: Unit) -> None:
    director = person("marketing_director", branch)
    done = finish(call=held(), outcome=code("wrong_number"), by=clerk, at=MORNING)
    assert (done.state, done.reached) == (CallState.DONE, False)
    assert Notice.objects.filter(user=director).exists()


def test_a_movement_needs_a_finding(held: Given, clerk: User) -> None:
    call = held()
    with pytest.raises(ValidationError) as refused:
        finish(call=call, outcome=code("refused"), by=clerk, at=MORNING)
    assert "finding" in refused.value.message_dict


def test_an_objection_goes_to_review(held: Given, clerk: User) -> None:
    call = held(kind="core", reason={"kind": "core"})
    assert finish(call=call, outcome=code("objection"), by=clerk, at=MORNING).to_review


def test_a_visit_needs_evidence_instead_of_a_recording(held: Given, clerk: User) -> None:
    call = held(form="visit")
    answer_all(call, clerk)
    with pytest.raises(ValidationError) as refused:
        finish(call=call, outcome=code("complete"), by=clerk, at=MORNING)
    assert "evidence" in refused.value.message_dict
    done = finish(call=call, outcome=code("complete"), ending=Ending(evidence="签字回执 7 号"), by=clerk, at=MORNING)
    assert (done.complete, done.to_review) == (True, "")
    assert ServiceRecord.objects.get(client=call.client).channel == "visit"


def test_a_code_out_of_use_is_refused(held: Given, clerk: User) -> None:
    with pytest.raises(ValidationError):
        finish(call=held(), outcome=OutcomeCodeFactory(is_active=False), by=clerk, at=MORNING)


def test_laying_the_codes_twice_changes_nothing() -> None:
    OutcomeCode.objects.filter(code="refused").update(label_zh="拒绝回访")
    lay_outcomes()
    assert OutcomeCode.objects.get(code="refused").label_zh == "拒绝回访"
    assert OutcomeCode.objects.count() == 8


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hours_later=st.integers(0, 24 * 14))
def test_whenever_nobody_answers_the_next_try_lies_in_a_window(held: Given, clerk: User, hours_later: int) -> None:
    at = MORNING + hours_later * HOUR
    back = finish(call=held(at=at), outcome=code("no_answer"), by=clerk, at=at)
    assert back.not_before is not None
    assert back.not_before > at
    assert in_window(read_calendar(), back.not_before, usual_hours())
