"""A recording that never comes does not stay unnoticed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from callbacks.calls.choices import CallState
from callbacks.calls.models import Call
from callbacks.recordings.missing import send_to_review
from tests.factories.calls import CallFactory
from tests.factories.people import person
from tests.factories.recordings import recording

pytestmark = pytest.mark.django_db


def done(hours: int, **fields: Any) -> Call:
    """A complete call that ended so many hours ago."""
    ended = timezone.now() - dt.timedelta(hours=hours)
    usual = {"state": CallState.DONE, "ready": False, "reached": True, "complete": True, "ended_at": ended}
    call: Call = CallFactory(**usual | fields)
    return call


def test_a_complete_call_without_a_recording_goes_to_review_after_a_day() -> None:
    silent, fresh = done(25), done(2)
    heard, known, visit = done(25), done(25, to_review="有异议"), done(25, form="visit")
    unreached = done(25, reached=False, complete=False)
    recording(call=heard, by=person("call_centre_agent"))
    assert send_to_review() == 1
    assert send_to_review() == 0
    silent.refresh_from_db()
    assert silent.to_review != ""
    for call, words in ((fresh, ""), (heard, ""), (known, "有异议"), (visit, ""), (unreached, "")):
        call.refresh_from_db()
        assert call.to_review == words
