"""What came of a try, by the flags of its code alone: the call is finished, or given back for another try."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from callbacks.calls import rounds
from callbacks.calls.answers import answers_of
from callbacks.calls.attempts import ANSWERED, running_attempt, settle
from callbacks.calls.choices import Finding, Form, Identity, ReasonKind, ReasonState
from callbacks.calls.freezing import script_of
from callbacks.calls.holding import NotHeld, locked_for
from callbacks.calls.models import Attempt, Call, CallReason, OutcomeCode
from callbacks.calls.notes import is_about_movement, report_finding
from callbacks.calls.workflow import CALLS, NAME
from callbacks.scripts.content import STOP, Question, Topic, missing, walk
from clients.contacts.choices import ContactChannel, ContactDirection
from clients.contacts.services import Contact, record_contact
from crm.audit.services import acting
from crm.events.services import publish
from crm.organisation.models import User
from crm.workflow.models import Transition

FINISHED, RETRIED = "call.finished", "call.retried"
RECORD_KEY = "call-{}"  # of the service record: one for each call
LANGUAGE = "zh-hans"  # what is written into a client's file
CHANNELS = {
    Form.PHONE: ContactChannel.PHONE,
    Form.VISIT: ContactChannel.VISIT,
    Form.LETTER: ContactChannel.LETTER,
    Form.EMAIL: ContactChannel.EMAIL,
    Form.QUESTIONNAIRE: ContactChannel.ONLINE,
}
LONGEST = 200


class Incomplete(ValidationError):
    """A call that is not complete: `questions` are those that must still be asked."""

    def __init__(self, questions: tuple[Question, ...]) -> None:
        self.questions = questions
        words = _("Still to be asked: %(questions)s")
        super().__init__(words % {"questions": "; ".join(one.text for one in questions)}, code="incomplete")


@dataclass(frozen=True)
class Ending:
    """What goes with an outcome: when to try again, why there is no recording, what proves a visit or a letter."""

    next_at: dt.datetime | None = None
    no_recording: str = ""
    evidence: str = ""


@transaction.atomic
def finish(
    *, call: Call, outcome: OutcomeCode, by: User, ending: Ending | None = None, at: dt.datetime | None = None
) -> Call:
    """Write down how the try ended. Complete, refused, an objection, a wrong number end the call; who is to be tried
    again goes back to the queue until another hour; after the last try the call ends as not reached.

    The same outcome twice (a double click, two windows) counts once. Raises NotHeld, Incomplete for a complete call
    with questions left, ValidationError in words for anything else that is missing; nothing is written then.
    """
    at, ending = at or timezone.now(), ending or Ending()
    try:
        locked = locked_for(call, by)
    except NotHeld:
        if _is_repeated(call, outcome, by):
            return Call.objects.get(pk=call.pk)
        raise
    if not outcome.is_active:
        raise ValidationError(_("This outcome is not in use any more."))
    attempt = _settled_attempt(locked, outcome, ending, by, at)
    if outcome.complete:
        _check_complete(locked, attempt, ending)
    if not outcome.retry:
        return _end(locked, attempt, outcome, ending, by, at)
    if rounds.is_last(locked, outcome):
        return _give_up(locked, attempt, outcome, by, at)
    return _again(locked, attempt, outcome, ending, by, at)


def missing_questions(call: Call) -> tuple[Question, ...]:
    """What must still be asked before the call is complete."""
    if not call.script_versions:
        return ()
    return missing(script_of(call), {code: one.value for code, one in answers_of(call).items()})


def has_recording(call: Call, attempt: Attempt | None) -> bool:
    """Whether there is a recording, or the telephone system that connected the try will deliver one. A number at the
    telephone system alone promises none: it may never have dialled."""
    if attempt is not None and attempt.telephony_ref and attempt.telephony_events.filter(kind=ANSWERED).exists():
        return True
    return call.recordings.exists()


def _is_repeated(call: Call, outcome: OutcomeCode, by: User) -> bool:
    """Whether the last step of the call is this very outcome by this person."""
    last = Transition.objects.of(call, NAME).last()
    return (
        last is not None
        and last.verb in ("finish", "retry")
        and last.by_id == by.pk
        and last.details.get("outcome") == outcome.code
    )


def _settled_attempt(call: Call, outcome: OutcomeCode, ending: Ending, by: User, at: dt.datetime) -> Attempt:
    """The try that this outcome is of: the one that is running, ended now; the last one without an outcome; else one
    that nobody began by hand."""
    running = running_attempt(call)
    if running is not None:
        settle(running, call, by=by, at=at)
    last = running or Attempt.objects.filter(call=call, outcome__isnull=True, by=by).order_by("-number").first()
    if last is None:
        number = Attempt.objects.filter(call=call).count() + 1
        last = Attempt(call=call, number=number, form=call.form, by=by, started_at=at, ended_at=at)
        call.last_tried_at = at
    last.outcome = outcome
    last.no_recording = ending.no_recording.strip()[:LONGEST]
    last.evidence = ending.evidence.strip()[:300]
    if not outcome.reached:
        last.answered_at = last.answered_at if last.telephony_ref else None
        last.talk_seconds = last.talk_seconds if last.telephony_ref else None
    with acting(by=by):
        last.save()
    return last


def _check_complete(call: Call, attempt: Attempt, ending: Ending) -> None:
    """Raises, in words, for what keeps a call from being complete."""
    if not call.script_versions:
        raise ValidationError(_("This call has no published script; it cannot be complete."))
    answers = {code: one.value for code, one in answers_of(call).items()}
    if left := missing(script_of(call), answers):
        raise Incomplete(left)
    if walk(script_of(call), answers).ending == STOP:
        raise ValidationError(_("The script was broken off; choose the outcome that says why."))
    if call.form == Form.PHONE and not has_recording(call, attempt) and not ending.no_recording.strip():
        raise ValidationError({"no_recording": _("There is no recording. Say why.")})
    if call.form != Form.PHONE and not ending.evidence.strip():
        raise ValidationError({"evidence": _("Say what proves it: a signed form, a receipt, the answer's number.")})


def _end(call: Call, attempt: Attempt, outcome: OutcomeCode, ending: Ending, by: User, at: dt.datetime) -> Call:
    """The call is over."""
    if is_about_movement(call) and not call.finding:
        if outcome.reached:
            raise ValidationError({"finding": _("Say what the check of the movement came to.")})
        call.finding = Finding.NOT_CLEARED
        call.save(update_fields=["finding"])
    report_finding(call=call, by=by, at=at)
    words = {} if outcome.reached else {"check": _told(call, by, at)}
    done = _finish(call, outcome, _to_review(call, attempt, outcome, ending), words, by, at)
    if outcome.reached:
        _write_into_file(done, attempt, outcome, by, at)
    return done


def _give_up(call: Call, attempt: Attempt, outcome: OutcomeCode, by: User, at: dt.datetime) -> Call:
    """The last try reached nobody: the client is written to, the branch asked to check."""
    call.tries += 1
    call.save(update_fields=["tries"])
    if is_about_movement(call) and not call.finding:
        call.finding = Finding.NOT_CLEARED
        call.save(update_fields=["finding"])
    report_finding(call=call, by=by, at=at)
    words = {"sms": rounds.write_to_client(call, by=by, at=at), "check": _told(call, by, at)}
    return _finish(call, outcome, _to_review(call, attempt, outcome, Ending()), words | {"unreachable": True}, by, at)


def _again(call: Call, attempt: Attempt, outcome: OutcomeCode, ending: Ending, by: User, at: dt.datetime) -> Call:
    next_at = ending.next_at or rounds.proposal(call, at=at)
    rounds.check_time(call, next_at, at)
    call.save(update_fields=["last_tried_at"])
    details = {"outcome": outcome.code, "attempt": attempt.number}
    with acting(by=by):
        done = rounds.try_again(call, outcome, next_at=next_at, by=by, at=at, details=details)
    publish(RETRIED, {"call": call.pk, "client": call.client_id, "outcome": outcome.code}, at=at)
    return done


def _finish(
    call: Call, outcome: OutcomeCode, to_review: str, details: dict[str, Any], by: User, at: dt.datetime
) -> Call:
    """The last step, the reasons that are met by it, and the event."""
    call.save(update_fields=["last_tried_at"])
    done: Call = CALLS.take(
        call,
        "finish",
        by=by,
        at=at,
        details=details | {"outcome": outcome.code},
        claimed_by=None,
        lease_until=None,
        live=False,
        ready=False,
        outcome=outcome,
        reached=outcome.reached,
        complete=outcome.complete,
        to_review=to_review[:LONGEST],
        ended_at=at,
        ended_by=by,
    )
    CallReason.objects.filter(call=call, state=ReasonState.OPEN).update(state=ReasonState.MET, ended_at=at)
    payload = {"call": call.pk, "client": call.client_id, "kind": call.kind, "outcome": outcome.code}
    publish(FINISHED, payload | {"reached": done.reached, "complete": done.complete}, at=at)
    return done


def _to_review(call: Call, attempt: Attempt, outcome: OutcomeCode, ending: Ending) -> str:
    """Why a second person looks at this call in any case; empty when only the sample decides."""
    with translation.override(LANGUAGE):
        if outcome.complete and not _is_identified(call):
            return _("Identity not confirmed")
        if outcome.complete and call.form == Form.PHONE and not has_recording(call, attempt):
            return _("No recording: %(why)s") % {"why": ending.no_recording.strip()}
        if outcome.objection:
            return _("The client objects")
        if call.finding and call.finding != Finding.OWN_DECISION:
            return str(Finding(call.finding).label)
    return ""


def _is_identified(call: Call) -> bool:
    """Whether nothing speaks against the voice being the client's: wrong digits do, and on the telephone also none
    where the script asks who it is."""
    if call.identity == Identity.UNCHECKED and call.form == Form.PHONE:
        return all(one.topic != Topic.IDENTITY for one in script_of(call).questions)
    return call.identity != Identity.NO_MATCH


def _told(call: Call, by: User, at: dt.datetime) -> bool:
    """The branch is asked to check who could not be reached."""
    rounds.ask_branch_to_check(call, by=by, url=reverse("callbacks:call", args=[call.pk]), at=at)
    return True


def _write_into_file(call: Call, attempt: Attempt, outcome: OutcomeCode, by: User, at: dt.datetime) -> None:
    """The contact in the client's file, once for each call: timeline, last contact and segmentation know of it."""
    if call.client is None:
        return
    with translation.override(LANGUAGE):
        contact = Contact(
            channel=CHANNELS[Form(call.form)],
            direction=ContactDirection.OUTBOUND,
            occurred_at=attempt.started_at,
            topic=str(ReasonKind(call.kind).label),
            # The note may speak of the client's own manager, who reads the file.
            summary="" if call.regulated else call.note,
            outcome=outcome.label_zh,
        )
    record_contact(client=call.client, contact=contact, key=RECORD_KEY.format(call.pk), by=by, at=at)
