"""Recordings for programs: brought as bytes, listed, listened to in parts, which is put down."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser
from pytest_django import Settings

from callbacks.calls.models import Call
from callbacks.recordings.models import Recording
from crm.audit.models import ReadLog
from crm.organisation.models import Unit, User
from tests.callbacks.held import Given
from tests.crm.api.conftest import Program
from tests.crm.api.conftest import program as program
from tests.factories.calls import claimed
from tests.factories.people import person
from tests.factories.recordings import recording, wav

pytestmark = pytest.mark.django_db


def brought(made: Browser, call: Call, content: bytes, **headers: str) -> Any:
    url = f"/api/v1/calls/{call.pk}/recordings/?name=tone.wav"
    return made.post(url, content, content_type="audio/wav", headers=headers)


def sound_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_brought_twice_is_one(clerk: User, held: Given, program: Program) -> None:
    call, made, sound = held(), program(clerk), wav(1000, 3000)
    for _ in range(2):
        kept = brought(made, call, sound)
        assert (kept.status_code, kept.json()["size"], kept.json()["may_play"]) == (201, len(sound), True)
    (listed,) = made.get(f"/api/v1/calls/{call.pk}/recordings/").json()
    assert (listed["id"], listed["file_name"], listed["by"]) == (kept.json()["id"], "tone.wav", clerk.staff_no)


def test_what_is_refused(branch: Unit, held: Given, program: Program, settings: Settings) -> None:
    call, sound = held(), wav(1000)
    clerk = program(person("callback_clerk", branch))
    for content in (b"", b"<html>", sound[:30]):
        refused = brought(clerk, call, content)
        assert (refused.status_code, bool(refused.json()["detail"])) == (400, True)
    assert brought(program(person("callback_clerk")), call, sound).status_code == 404
    assert brought(program(person("auditor")), call, sound).status_code == 403
    assert brought(Browser(), call, sound).status_code == 401
    settings.RECORDING_MAX_BYTES = 50
    refused = brought(clerk, call, sound)
    assert (refused.status_code, "larger than" in refused.json()["detail"]) == (413, True)
    assert not Recording.objects.exists()


def test_more_bytes_than_were_said(clerk: User, held: Given, program: Program, settings: Settings) -> None:
    settings.RECORDING_MAX_BYTES = 50
    refused = brought(program(clerk), held(), wav(1000), **{"content-length": "10"})
    assert refused.status_code in (400, 413)
    assert not Recording.objects.exists()


def test_listened_to_in_parts(clerk: User, program: Program) -> None:
    sound = wav(1000, 2000)
    one = recording(call=claimed(clerk), content=sound)
    made, url = program(clerk), f"/api/v1/recordings/{one.pk}/"
    refused = made.get(f"{url}sound/", headers={"accept": "audio/wav"})
    assert (refused.status_code, bool(refused.json()["detail"])) == (403, True)
    address = made.post(f"{url}play/").json()["url"].removeprefix("http://testserver")
    assert ReadLog.objects.filter(by=clerk, kind="play", fields=f"#{one.pk}").count() == 1
    whole = made.get(address, headers={"accept": "audio/*"})
    assert (whole.status_code, sound_of(whole)) == (200, sound)
    part = made.get(address, headers={"range": "bytes=4-7"})
    assert (part.status_code, sound_of(part)) == (206, sound[4:8])
    assert made.get(address, headers={"range": f"bytes={len(sound)}-"}).status_code == 416
    assert ReadLog.objects.filter(by=clerk, kind="play").count() == 1, "seeking is no play of its own"


def test_who_may_listen(branch: Unit, clerk: User, program: Program) -> None:
    one = recording(call=claimed(clerk, client__branch=branch))
    url = f"/api/v1/recordings/{one.pk}/play/"
    assert program(person("callback_clerk", branch)).post(url).status_code == 403
    assert program(person("callback_clerk")).post(url).status_code == 404
    assert program(person("auditor")).post(url).status_code == 200
    loose = recording(ref="r1", content=wav(7))
    assert program(person("call_centre_supervisor")).post(f"/api/v1/recordings/{loose.pk}/play/").status_code == 404
