"""Whose telephone call is it? By what the telephone system calls it: a try of ours, or an enquiry."""

from __future__ import annotations

import datetime as dt
from typing import Any

import structlog
from django.utils import timezone

from callbacks.calls.models import Attempt
from callbacks.recordings.models import Recording
from callbacks.recordings.services import Of, join
from crm.files.errors import FileRefused

log = structlog.get_logger(__name__)

LOOKED_FOR = dt.timedelta(days=7)  # later it is not the order of two messages that keeps them apart


def attempt_of(ref: str) -> Attempt | None:
    """The try that goes by `ref`."""
    return Attempt.objects.select_related("call").filter(telephony_ref=ref).exclude(telephony_ref="").first()


def of(ref: str) -> Of:
    """What a recording of the telephone call `ref` is of, as far as is known."""
    attempt = attempt_of(ref)
    if attempt is not None:
        return Of(call=attempt.call, attempt=attempt, ref=ref)
    return Of(enquiry=enquiry_of(ref), ref=ref)


def enquiry_of(ref: str) -> Any:
    """The enquiry that goes by `ref`. Enquiries lie in a room above this one: their table is known by the key to it."""
    related: Any = Recording._meta.get_field("enquiry").related_model
    return related.objects.filter(telephony_ref=ref).exclude(telephony_ref="").first()


def join_found(*, at: dt.datetime | None = None) -> int:
    """Join recordings that came before anybody knew their call to what goes by their number now. Returns how many."""
    since, joined = (at or timezone.now()) - LOOKED_FOR, 0
    for recording in Recording.objects.unmatched().filter(at__gte=since).exclude(telephony_ref=""):
        found = of(recording.telephony_ref)
        if found.call is None and found.enquiry is None:
            continue
        try:
            join(recording, by=None, call=found.call, enquiry=found.enquiry, attempt=found.attempt)
            joined += 1
        except FileRefused as refused:  # delivered a second time meanwhile
            log.info("recording_stays_unmatched", recording=recording.pk, reason=str(refused))
    return joined
