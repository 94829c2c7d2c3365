"""Tries to reach the party: begun and ended by hand, or as the telephone system tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.calls.choices import Form, Identity, ReasonKind
from callbacks.calls.holding import locked_for
from callbacks.calls.hours import hours_for
from callbacks.calls.models import Attempt, Call
from callbacks.calls.phones import MAIN, Number, numbers_of
from clients.profile.choices import OptOut
from crm.access.guards import refusal
from crm.audit.services import acting
from crm.events.services import publish
from crm.organisation.models import User
from crm.worktime.arithmetic import in_window
from crm.worktime.calendars import calendar

OUT_OF_HOURS = "callbacks.call_out_of_hours"
LINE_LEFT = "call.line_left"
STARTED, ANSWERED, ENDED = "started", "answered", "ended"  # what the telephone system tells; the rest changes nothing


@transaction.atomic
def begin_attempt(
    *,
    call: Call,
    by: User,
    phone: str = MAIN,
    out_of_hours: str = "",
    telephony_ref: str = "",
    at: dt.datetime | None = None,
) -> Attempt:
    """Begin a try at one of the party's numbers; while one is running, that one is returned.

    A visit, a letter or an e-mail has no line: `telephony_ref` is kept of a call alone. Whose voice it is has to be
    found out in each conversation, so what an earlier one confirmed is forgotten.

    Outside the party's hours only an urgent movement check may be dialled, by whoever holds that permission, with a
    reason. Raises NotHeld, PermissionDenied and ValidationError, in words; nothing is written then.
    """
    at, locked = at or timezone.now(), locked_for(call, by)
    running = running_attempt(locked)
    if running is not None:
        return running
    is_call, masked = locked.form == Form.PHONE, ""
    if is_call:
        _check_hour(locked, by, out_of_hours, at)
        masked = number_of(locked, phone).masked
    last = Attempt.objects.filter(call=locked).aggregate(last=Max("number"))["last"] or 0
    with acting(by=by):
        made = Attempt.objects.create(
            call=locked,
            number=last + 1,
            form=locked.form,
            by=by,
            phone_masked=masked,
            started_at=at,
            telephony_ref=telephony_ref if is_call else "",
            out_of_hours=out_of_hours.strip()[:200] if not in_hours(locked, at) else "",
        )
    locked.live, locked.last_tried_at, locked.identity = is_call, at, Identity.UNCHECKED
    locked.save(update_fields=["live", "last_tried_at", "identity"])
    return made


@transaction.atomic
def end_attempt(*, call: Call, by: User, at: dt.datetime | None = None) -> Attempt | None:
    """End the try that is running; None when there is none. Raises NotHeld."""
    locked = locked_for(call, by)
    running = running_attempt(locked)
    if running is None:
        return None
    return settle(running, locked, by=by, at=at or timezone.now())


@transaction.atomic
def note_telephony(
    *, ref: str, kind: str, at: dt.datetime, hold_seconds: int | None = None, by: User | None = None
) -> Attempt | None:
    """Take over what the telephone system told about the try that it calls `ref`; None where no try is called so.

    `kind` is one of its events (`started`, `answered`, `held`, `resumed`, `transferred`, `ended`), `at` its instant,
    `hold_seconds` how long the line has been on hold altogether, as far as all its events so far tell. The order in
    which they come does not matter, and what comes twice changes nothing.
    """
    attempt = Attempt.objects.filter(telephony_ref=ref).exclude(telephony_ref="").first()
    return note_on_line(attempt, kind=kind, at=at, hold_seconds=hold_seconds, by=by) if attempt else None


@transaction.atomic
def note_on_line(
    attempt: Attempt, *, kind: str, at: dt.datetime, hold_seconds: int | None = None, by: User | None = None
) -> Attempt:
    """As `note_telephony`, for a try that is at hand."""
    call = Call.objects.select_for_update(of=("self",), no_key=True).get(pk=attempt.call_id)
    attempt = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
    before = (attempt.started_at, attempt.answered_at, attempt.ended_at, attempt.hold_seconds)
    if kind == STARTED:
        attempt.started_at = min(attempt.started_at, at)
    elif kind == ANSWERED:
        attempt.answered_at = min(attempt.answered_at or at, at)
    elif kind == ENDED:
        attempt.ended_at = at
    attempt.hold_seconds = attempt.hold_seconds if hold_seconds is None else hold_seconds
    if before != (attempt.started_at, attempt.answered_at, attempt.ended_at, attempt.hold_seconds):
        _measure(attempt)
        with acting(by=by):
            attempt.save()
    if attempt.ended_at is not None and call.live and running_attempt(call) is None:
        call.live = False
        call.save(update_fields=["live"])
    return attempt


@transaction.atomic
def leave_lines(*, calls: Collection[int], by: User, at: dt.datetime) -> int:
    """End the tries that are running of calls (by their ids, locked by the caller) which somebody takes away from who
    is on the line. Of each that goes over a telephone system `call.line_left` {ref, by} is published, so that it hangs
    up. Returns how many there were."""
    running = list(Attempt.objects.filter(call__in=calls, ended_at=None).select_for_update(of=("self",)))
    with acting(by=by):
        for attempt in running:
            attempt.ended_at = max(attempt.started_at, at)
            _measure(attempt)
            attempt.save(update_fields=["ended_at", "talk_seconds"])
            if attempt.telephony_ref:
                publish(LINE_LEFT, {"ref": attempt.telephony_ref, "by": by.pk}, at=at)
    return len(running)


def settle(attempt: Attempt, call: Call, *, by: User, at: dt.datetime) -> Attempt:
    """End a try; the caller holds the locked call. By hand the talk is counted from the beginning of the try."""
    attempt.ended_at = at
    if not attempt.telephony_ref and attempt.answered_at is None:
        attempt.answered_at = attempt.started_at
    _measure(attempt)
    with acting(by=by):
        attempt.save()
    call.live = False
    call.save(update_fields=["live"])
    return attempt


def running_attempt(call: Call) -> Attempt | None:
    return Attempt.objects.filter(call=call, ended_at__isnull=True).first()


def number_of(call: Call, phone: str) -> Number:
    """The number of the party that `phone` names. Raises ValidationError, in words, for one that it has not."""
    found = next((one for one in numbers_of(call) if one.key == phone), None)
    if found is None:
        raise ValidationError({"phone": _("This number is not known for this client any more.")})
    return found


def in_hours(call: Call, at: dt.datetime) -> bool:
    """Whether the party of a call may be called at `at`, by its own hours or the usual ones."""
    return in_window(calendar(), at, hours_for(call))


def _measure(attempt: Attempt) -> None:
    if attempt.ended_at and attempt.answered_at:
        attempt.talk_seconds = max(int((attempt.ended_at - attempt.answered_at).total_seconds()), 0)


def _check_hour(call: Call, by: User, reason: str, at: dt.datetime) -> None:
    """Raises, in words, where the party must not be dialled now."""
    wishes = getattr(call.client, "wishes", None)
    if wishes is not None and OptOut.PHONE in wishes.opt_outs:
        raise PermissionDenied(_("The client wants no calls. A supervisor can choose another form of contact."))
    if in_hours(call, at):
        return
    if call.kind != ReasonKind.MOVEMENT:
        words = _("Now is outside the hours in which this client may be called: %(hours)s.")
        raise PermissionDenied(words % {"hours": hours_for(call).intervals})
    if not by.has_perm(OUT_OF_HOURS):
        raise PermissionDenied(refusal(OUT_OF_HOURS))
    if not reason.strip():
        raise ValidationError({"out_of_hours": _("Say why this cannot wait for the usual hours.")}, code="hours")
