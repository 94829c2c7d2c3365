"""The simulator tells a running product what a telephone system would."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from callbacks.recordings.models import Recording, TelephonyEvent
from callbacks.recordings.telephony import posting
from crm.events.models import Event
from tests.factories.calls import AttemptFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its posts reach this product."""

    def post(url: str, body: bytes, headers: dict[str, str]) -> None:
        path = url.removeprefix("http://localhost:8000")
        answer = Client().post(path, body, content_type="application/octet-stream", headers=headers)
        if answer.status_code >= 300:
            raise posting.Refused(f"HTTP {answer.status_code}")

    monkeypatch.setattr(posting, "post", post)
    monkeypatch.delenv("PORT", raising=False)


def test_a_call_of_ours_in_any_order() -> None:
    attempt = AttemptFactory(telephony_ref="line-1")
    call_command("telephony_simulate", "line-1", "--shuffle", stdout=StringIO())
    attempt.refresh_from_db()
    assert (attempt.talk_seconds, attempt.hold_seconds) == (60, 20)
    assert Recording.objects.get().attempt == attempt


def test_somebody_calls() -> None:
    call_command("telephony_simulate", "in-1", "--inbound", "--no-recording", stdout=StringIO())
    assert TelephonyEvent.objects.count() == 6
    assert Event.objects.get(name="telephony.inbound").payload["line"] == "vip"


def test_a_wrong_secret_is_said(settings: Any) -> None:
    settings.TELEPHONY_SECRET = ""
    with pytest.raises(CommandError, match="CRM_TELEPHONY_SECRET"):
        call_command("telephony_simulate", "x", stdout=StringIO())
