"""Recordings that the telephone system promised and that never came: the call goes to review."""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from callbacks.calls.choices import CallState, Form
from callbacks.calls.models import Call
from crm.parameters.registry import value_of

log = structlog.get_logger(__name__)

LOOKED_BACK = dt.timedelta(days=7)  # what is older was looked at before, every hour
LANGUAGE = "zh-hans"  # what is kept with a call


@transaction.atomic
def send_to_review(*, at: dt.datetime | None = None) -> int:
    """Complete calls by phone without a recording, so many hours after they ended, go to review. Returns how many.

    One that goes there for another reason already stays as it is. Done again, it changes nothing.
    """
    at = at or timezone.now()
    waited = dt.timedelta(hours=value_of("callbacks.recording_hours"))
    silent = Call.objects.filter(
        state=CallState.DONE,
        form=Form.PHONE,
        complete=True,
        to_review="",
        recordings__isnull=True,
        ended_at__gt=at - waited - LOOKED_BACK,
        ended_at__lte=at - waited,
    )
    with translation.override(LANGUAGE):
        words = _("No recording has come from the telephone system")
    marked = Call.objects.filter(pk__in=list(silent.values_list("pk", flat=True)), to_review="").update(to_review=words)
    if marked:
        log.warning("recordings_missing", calls=marked)
    return marked
