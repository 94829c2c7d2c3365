"""Events over the real endpoint: signed, once, in any order; a try follows what they add up to."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from callbacks.calls.models import Attempt
from callbacks.recordings.choices import EventKind
from callbacks.recordings.models import TelephonyEvent
from callbacks.recordings.telephony import events, signing
from callbacks.recordings.telephony.events import take_in
from callbacks.recordings.telephony.parsing import Told
from crm.events.models import Event
from crm.jobs.models import Job
from crm.personal.hide import look_up
from tests.factories.calls import AttemptFactory, EnquiryFactory, claimed
from tests.factories.people import person

pytestmark = pytest.mark.django_db

START = timezone.now().replace(microsecond=0) - dt.timedelta(minutes=10)
STORY = [("started", 0), ("answered", 12), ("held", 40), ("resumed", 55), ("ended", 100)]


def told(sequence: int, kind: str, seconds: int, ref: str = "line-1", **more: Any) -> dict[str, Any]:
    at = (START + dt.timedelta(seconds=seconds)).isoformat()
    return {"event_id": f"{ref}-{sequence}", "ref": ref, "sequence": sequence, "event": kind, "at": at, **more}


def post(event: Any, *, at: dt.datetime | None = None, headers: dict[str, str] | None = None) -> Any:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    signed = signing.headers(body, at=at or timezone.now()) | (headers or {})
    return Client(enforce_csrf_checks=True).post(
        "/telephony/events/", body, content_type="application/json", headers=signed
    )


def story(ref: str = "line-1") -> list[dict[str, Any]]:
    return [told(n, kind, seconds, ref) for n, (kind, seconds) in enumerate(STORY, start=1)]


def attempt(ref: str = "line-1") -> Attempt:
    agent = person("call_centre_agent")
    made: Attempt = AttemptFactory(call=claimed(agent), by=agent, telephony_ref=ref, started_at=START)
    return made


@pytest.mark.parametrize("seed", range(8))
def test_a_try_follows_whatever_the_order(seed: int) -> None:
    one = attempt()
    order = [*story(), *random.Random(seed).sample(story(), 2)]
    random.Random(seed).shuffle(order)
    answers = [post(event) for event in order]
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["status"] for answer in answers) == ["known"] * 2 + ["taken"] * 5
    one.refresh_from_db()
    assert one.started_at == START
    assert one.answered_at == START + dt.timedelta(seconds=12)
    assert one.ended_at == START + dt.timedelta(seconds=100)
    assert (one.talk_seconds, one.hold_seconds) == (88, 15)
    assert TelephonyEvent.objects.filter(attempt=one).count() == 5


def test_an_event_on_the_edge_of_the_five_minutes() -> None:
    now, edge = timezone.now(), signing.TOLERANCE
    assert post(told(1, "started", 0), at=now - edge + dt.timedelta(seconds=5)).status_code == 202
    assert post(told(2, "answered", 1), at=now - edge - dt.timedelta(seconds=2)).status_code == 401
    assert post(told(3, "ended", 2), at=now + edge + dt.timedelta(seconds=5)).status_code == 401
    assert TelephonyEvent.objects.count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Telephony-Signature": "sha256=" + "0" * 64},
        {"X-Telephony-Signature": ""},
        {"X-Telephony-Signature": "sha256=é"},
        {"X-Telephony-Timestamp": "yesterday"},
        {"X-Telephony-Timestamp": "9" * 30},
        {"X-Telephony-Timestamp": ""},
    ],
)
def test_a_wrong_signature_is_refused(headers: dict[str, str]) -> None:
    assert post(told(1, "started", 0), headers=headers).status_code == 401
    assert not TelephonyEvent.objects.exists()


def test_without_a_secret_nothing_is_taken(settings: Any) -> None:
    settings.TELEPHONY_SECRET = ""
    assert post(told(1, "started", 0)).status_code == 401


def test_a_changed_body_does_not_bear_the_signature() -> None:
    signed = signing.headers(json.dumps(told(1, "started", 0)).encode(), at=timezone.now())
    other = json.dumps(told(1, "ended", 0)).encode()
    answer = Client().post("/telephony/events/", other, content_type="application/json", headers=signed)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[]", b"\xff\xfe", b"[" * 60_000, b'{"event_id": "1"}',
        told(1, "exploded", 0), told(-1, "started", 0), told(2**40, "started", 0), told(1, "started", 0, ref="a b"),
        told(1, "started", 0) | {"sequence": True}, told(1, "started", 0) | {"sequence": 1.5},
        told(1, "started", 0) | {"at": "2026-11-25T15:30:00"}, told(1, "started", 0) | {"at": "9999-99-99"},
        told(1, "started", 0) | {"at": "0001-01-01T00:00:00Z"}, told(1, "started", 0) | {"event_id": 7},
        told(1, "started", 0, line="\ud800"), told(1, "started", 0, caller="1" * 60),
        told(1, "started", 0, agent={"a": 1}), told(1, "recording_ready", 0, recording="x"),
        told(1, "recording_ready", 0, recording={"url": "\0"}),
    ],
)  # fmt: skip
def test_a_body_that_makes_no_sense_is_refused_in_words(body: Any) -> None:
    answer = post(body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert not TelephonyEvent.objects.exists()


def test_a_body_that_is_too_long_is_not_read() -> None:
    assert post(b" " * 70_000).status_code == 400


def test_the_same_number_with_other_words_is_refused() -> None:
    assert post(told(1, "started", 0)).status_code == 202
    assert post(told(1, "started", 0)).json() == {"status": "known"}
    assert post(told(1, "ended", 0)).status_code == 409
    assert TelephonyEvent.objects.count() == 1


def test_only_post_is_answered() -> None:
    assert Client().get("/telephony/events/").status_code == 405


def test_a_call_that_nobody_knows_is_kept() -> None:
    answer = post(told(1, "ended", 0, ref="unknown"))
    assert (answer.status_code, answer.json()) == (202, {"status": "unmatched"})
    event = TelephonyEvent.objects.get()
    assert event.attempt is None
    assert Event.objects.get(name=events.TOLD_EVENT).payload["kind"] == "ended"


def test_a_caller_is_announced_once_and_never_in_clear() -> None:
    for sequence, kind in enumerate(("ringing", "waiting", "waiting"), start=1):
        post(told(sequence, kind, sequence, ref="in-1", caller="138 1234 5678", line="vip"))
    event = Event.objects.get(name=events.INBOUND_EVENT)
    first = TelephonyEvent.objects.order_by("pk").first()
    assert first is not None
    assert event.payload == {"ref": "in-1", "caller": "138****5678", "line": "vip", "event": first.pk}
    assert bytes(first.caller_digest or b"") == look_up("13812345678", purpose="client.phone")
    stored = json.dumps([*TelephonyEvent.objects.values("details", "caller_masked", "line")])
    assert "1234" not in stored


def test_a_caller_whose_enquiry_is_there_is_not_announced() -> None:
    EnquiryFactory(telephony_ref="in-2")
    assert post(told(1, "waiting", 0, ref="in-2")).json() == {"status": "taken"}
    assert not Event.objects.filter(name=events.INBOUND_EVENT).exists()


def test_a_recording_that_is_ready_is_fetched_by_a_job_once() -> None:
    attempt()
    ready = told(9, "recording_ready", 120, recording={"url": "https://pbx.example/r/1.wav", "sha256": "a" * 64})
    for _number in range(2):
        post(ready)
    job = Job.objects.get(kind=events.FETCH)
    assert job.params == {"event": TelephonyEvent.objects.get().pk}


def test_events_of_two_calls_do_not_mix() -> None:
    one, other = attempt("line-1"), attempt("line-2")
    for pair in itertools.zip_longest(story("line-1"), story("line-2")[:2]):
        for event in filter(None, pair):
            post(event)
    one.refresh_from_db()
    other.refresh_from_db()
    assert one.ended_at is not None
    assert (other.answered_at, other.ended_at) == (START + dt.timedelta(seconds=12), None)
    one.call.refresh_from_db()
    assert not one.call.live


def test_what_was_told_before_the_try_was_known_counts_too() -> None:
    for event in story()[:3]:
        assert post(event).status_code == 202
    one = attempt()
    for event in story()[3:]:
        assert post(event).status_code == 200
    one.refresh_from_db()
    assert one.answered_at == START + dt.timedelta(seconds=12)
    assert (one.talk_seconds, one.hold_seconds) == (88, 15)


@pytest.mark.django_db
def test_who_is_no_member_of_staff_is_not_kept_in_clear() -> None:
    agent = person("call_centre_agent")
    said = {"agent": agent.staff_no, "to": "13900001111", "direction": "outbound"}
    told = Told("e-19", "in-19", 1, EventKind.TRANSFERRED, timezone.now(), details=said, body_sha256="0" * 64)
    take_in(told)
    assert TelephonyEvent.objects.get().details == {"agent": agent.staff_no, "direction": "outbound"}
