"""The demo firm's month of calls: believable, the same every time, and nobody called whom he may not call."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db.models import Count

from callbacks.calls.answers import answers_of
from callbacks.calls.attempts import in_hours
from callbacks.calls.choices import CallState, ConcernKind, ConcernState, HandOverState
from callbacks.calls.freezing import script_of
from callbacks.calls.models import Attempt, Call, CallReason, Concern, HandOver, OutcomeCode
from callbacks.demo import services
from callbacks.demo.services import bring_up
from callbacks.enquiries.choices import EnquiryState
from callbacks.enquiries.models import Enquiry
from callbacks.plans import daily
from callbacks.plans.models import Making, Plan
from callbacks.queue.claiming import take_call
from callbacks.queue.eligibility import Facts, caller, why_not
from callbacks.queue.models import Skip
from callbacks.queue.rules import rules
from callbacks.recordings.models import Mark, Recording
from callbacks.scripts.content import missing, unasked_topics
from callbacks.scripts.models import Script
from clients.contacts.models import ServiceRecord
from clients.demo.firm import Firm
from clients.segmentation.models import Run
from crm.audit.models import ReadKind, ReadLog
from crm.files.checking import fault_of
from crm.organisation.models import User
from crm.worktime.arithmetic import SHANGHAI
from tests.callbacks.demo.conftest import DAYS, NOW, UNTIL
from tests.clients.demo.conftest import rolled_back
from tests.clients.demo.ledger import silent

DONE = {"state": CallState.DONE}


def ledger() -> list[tuple[Any, ...]]:
    """What the month came to, without the numbers that the database gives."""
    fields = (
        "client__client_no", "kind", "state", "outcome__code", "tries", "finding", "note", "made_at", "ended_at",
        "ended_by__staff_no", "assignee__staff_no",
    )  # fmt: skip
    calls = Call.objects.order_by("made_at", "client__client_no").values_list(*fields)
    asked = (
        Enquiry.objects.exclude(state=EnquiryState.WAITING)
        .order_by("arrived_at")
        .values_list("client__client_no", "question", "state", "taken_by__staff_no", "arrived_at", "closed_at")
    )
    kept = Recording.objects.order_by("at", "file__sha256").values_list("file__sha256", "file_name", "at")
    return [*calls, *asked, *kept]


def test_made_twice_it_is_the_same(clients: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "DAYS", 3)
    found = []
    for _ in range(2):
        with rolled_back():
            bring_up(until=UNTIL, say=silent, now=NOW)
            found.append(ledger())
    assert found[0] == found[1]
    assert len(found[0]) > 20


def test_a_month_of_finished_calls_and_what_waits_now(month: Firm) -> None:
    done = Call.objects.filter(**DONE)
    assert done.count() >= 25
    days = set(done.datetimes("ended_at", "day", tzinfo=SHANGHAI))
    assert len(days) >= DAYS - 2
    assert {"complete", "refused"} <= set(done.values_list("outcome__code", flat=True))
    assert set(Attempt.objects.values_list("outcome__code", flat=True)) >= {"complete", "no_answer", "reschedule"}
    assert Call.objects.filter(state=CallState.WAITING).count() >= 3
    assert not Call.objects.filter(state=CallState.CLAIMED).exists()
    assert Call.objects.filter(state=CallState.WAITING, assignee__isnull=False).exists()
    assert len(set(Call.objects.values_list("kind", flat=True))) >= 6
    assert Skip.objects.exists()


def test_nobody_called_whom_he_may_not_call(month: Firm) -> None:
    known = rules()
    for attempt in Attempt.objects.select_related("by", "call__client__wishes", "call__client__standing"):
        facts, person = Facts.of(attempt.call), caller(attempt.by)
        assert why_not(facts, person, known) is None, (attempt.call_id, attempt.by.name)
        assert Call.objects.visible_to(attempt.by).filter(pk=attempt.call_id).exists()


def test_everybody_was_called_at_hours_at_which_he_may_be(month: Firm) -> None:
    for attempt in Attempt.objects.select_related("call__client__wishes"):
        assert in_hours(attempt.call, attempt.started_at), attempt.started_at
        assert attempt.started_at >= attempt.call.made_at
        assert attempt.ended_at is not None
        assert attempt.ended_at.astimezone(SHANGHAI).date() <= UNTIL


def test_a_complete_call_has_every_answer_and_the_five_topics(month: Firm) -> None:
    complete = list(Call.objects.filter(complete=True).select_related("client"))
    assert len(complete) >= 20
    for call in complete:
        answers = {code: one.value for code, one in answers_of(call).items()}
        assert missing(script_of(call), answers) == ()
        assert not call.regulated or unasked_topics(script_of(call), answers) == ()
        assert call.identity == "match"
        assert call.note


def test_recordings_are_short_whole_and_of_most_calls(month: Firm) -> None:
    kept = Recording.objects.select_related("file")
    files = {one.file for one in kept}
    assert all(3_000 <= one.duration_ms <= 8_000 and one.peaks for one in kept)
    assert {fault_of(file) for file in files} == {""}
    assert sum(file.size for file in files) < 10_000_000
    assert sum(path.stat().st_size for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()) < 10_000_000
    complete = Call.objects.filter(complete=True)
    without = complete.annotate(kept=Count("recordings")).filter(kept=0)
    assert [call.to_review[:3] for call in without] == ["无录音"]
    assert Mark.objects.exists()
    assert ReadLog.objects.filter(kind=ReadKind.PLAY, at__date__lte=UNTIL).exists()


def test_what_calls_brought_up(month: Firm) -> None:
    reports = Concern.objects.filter(kind=ConcernKind.MOVEMENT)
    assert Counter(reports.values_list("state", flat=True))[ConcernState.ACKNOWLEDGED] == min(1, reports.count())
    assert Concern.objects.filter(kind=ConcernKind.CRITICAL_ANSWER).exists()
    found = set(Call.objects.filter(kind="movement", reached=True, **DONE).values_list("finding", flat=True))
    assert "own_decision" in found
    assert "" not in found


def test_finished_calls_stand_in_the_clients_files(month: Firm) -> None:
    reached = Call.objects.filter(reached=True, **DONE)
    assert ServiceRecord.objects.filter(record_no__contains="call-").count() == reached.count()


def test_hand_overs_were_answered(month: Firm) -> None:
    states = set(HandOver.objects.filter(call__isnull=False).values_list("state", flat=True))
    assert states <= {HandOverState.ACCEPTED, HandOverState.DECLINED}


def test_enquiries_of_the_month_and_who_waits_on_the_line(month: Firm) -> None:
    states = Counter(Enquiry.objects.values_list("state", flat=True))
    assert states[EnquiryState.CLOSED] >= 30
    assert states[EnquiryState.WAITING] == 1
    waiting = Enquiry.objects.get(state=EnquiryState.WAITING)
    assert waiting.vip
    assert waiting.client is not None
    assert waiting.arrived_at == NOW
    for one in Enquiry.objects.filter(state=EnquiryState.TAKEN):
        assert one.promised
        assert one.due_at is not None
        assert one.due_at.astimezone(SHANGHAI).date() > UNTIL


def test_the_same_day_again_makes_nothing(changeable: Firm) -> None:
    before = ledger()
    assert bring_up(until=UNTIL, say=silent, now=NOW) == 0
    assert ledger() == before
    assert Enquiry.objects.filter(state=EnquiryState.WAITING).count() == 1


def test_a_top_up_goes_on_where_it_ended(changeable: Firm) -> None:
    tries, makings = Attempt.objects.count(), Making.objects.count()
    until = UNTIL + dt.timedelta(days=2)
    bring_up(until=until, say=silent, now=NOW + dt.timedelta(days=2))
    fresh = Attempt.objects.order_by("started_at")[tries:]
    assert fresh
    assert all(one.started_at.astimezone(SHANGHAI).date() > UNTIL for one in fresh)
    assert Making.objects.count() > makings
    assert Enquiry.objects.filter(state=EnquiryState.WAITING).count() == 1
    assert Enquiry.objects.filter(state=EnquiryState.MISSED).count() == 1


def test_a_top_up_leaves_a_call_that_somebody_holds_to_him(changeable: Firm) -> None:
    late = NOW.replace(hour=19, minute=45)
    daily.every_day(at=late)
    waiting = (
        Call.objects.filter(state=CallState.WAITING, ready=True, own_hours=False).exclude(unit__code="CALL").first()
    )
    assert waiting is not None
    clerk = User.objects.get(appointments__role="callback_clerk", appointments__unit=waiting.unit)
    held = take_call(call=waiting, reason="客户来电", by=clerk, at=late)
    bring_up(until=UNTIL + dt.timedelta(days=1), say=silent, now=NOW)
    held.refresh_from_db()
    assert held.claimed_by == clerk
    assert held.claimed_at == late


def test_the_nights_runs_call_about_nothing_twice(changeable: Firm) -> None:
    for run in Run.objects.order_by("id"):
        daily.after_run(run=run, at=NOW)
    daily.every_day(at=NOW)
    subjects = CallReason.objects.values("client", "kind", "subject").annotate(times=Count("id")).filter(times__gt=1)
    assert list(subjects) == []
    new = set(CallReason.objects.filter(kind="new_client").values_list("client", flat=True))
    assert len(new) == CallReason.objects.filter(kind="new_client").count(), "a new client is called once"


@pytest.mark.django_db
def test_first_content_is_laid_once(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("callbacks_first")
    laid = (OutcomeCode.objects.count(), Script.objects.count(), Plan.objects.count())
    assert laid == (8, 15, 13)
    Plan.objects.filter(code="movement").update(name="异动回访")
    call_command("callbacks_first")
    assert (OutcomeCode.objects.count(), Script.objects.count(), Plan.objects.count()) == laid
    assert Plan.objects.get(code="movement").name == "异动回访"
    assert "0 scripts and 0 plans" in capsys.readouterr().out
