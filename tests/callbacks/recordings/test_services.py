"""Recordings are added once, joined once, and marked by those who may hear them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from callbacks.recordings import policies, selectors, services
from callbacks.recordings.choices import Source
from callbacks.recordings.models import Mark, Recording
from crm.events.models import Event
from crm.files.errors import FileRefused
from crm.files.models import StoredFile
from crm.organisation.models import User
from tests.factories.calls import AttemptFactory, CallFactory, EnquiryFactory, claimed
from tests.factories.people import person
from tests.factories.recordings import recording, sample, wav
from tests.factories.units import branch

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent() -> User:
    return person("call_centre_agent")


def test_a_recording_is_kept_with_what_is_known_of_it(agent: User) -> None:
    call = claimed(agent)
    attempt = AttemptFactory(call=call, by=agent)
    made = services.add_recording([sample("tone.wav")], by=agent, name="回访.wav", call=call)
    assert (made.call, made.attempt, made.source, made.format) == (call, attempt, Source.UPLOAD, "wav")
    assert (made.duration_ms, made.complete, made.file_name, made.by) == (1500, True, "回访.wav", agent)
    assert made.peaks is not None
    assert made.file.retained_until.year == made.at.year + 20
    event = Event.objects.get(name="recording.added")
    assert event.payload == {"recording": made.pk, "call": call.pk, "attempt": attempt.pk, "enquiry": None}


def test_twice_the_same_is_one_recording_and_another_call_has_its_own(agent: User) -> None:
    call, other = claimed(agent), CallFactory()
    made = [services.add_recording([sample("tone.mp3")], by=agent, call=one).pk for one in (call, call, other)]
    assert made[0] == made[1] != made[2]
    assert StoredFile.objects.count() == 1
    assert Event.objects.filter(name="recording.added").count() == 2


def test_what_is_refused_leaves_nothing(agent: User, settings: Any) -> None:
    call = claimed(agent)
    settings.RECORDING_MAX_BYTES = 5000
    for content in (b"<html></html>", b"", sample("tone.wav"), sample("tone.mp3")[:-10]):
        with pytest.raises(FileRefused):
            services.add_recording([content], by=agent, call=call)
    assert not Recording.objects.exists()
    assert not StoredFile.objects.exists()
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def test_two_hundred_megabytes_are_the_limit(settings: Any) -> None:
    assert settings.RECORDING_MAX_BYTES == 200 * 1024 * 1024


def test_nobody_adds_to_a_call_he_does_not_see_or_work_on() -> None:
    call = CallFactory()
    for stranger in (person("callback_clerk", branch()), person("auditor"), person("administrator")):
        with pytest.raises(PermissionDenied):
            services.add_recording([sample("tone.wav")], by=stranger, call=call)
    assert not Recording.objects.exists()


def test_an_enquiry_has_recordings_too(agent: User) -> None:
    enquiry = EnquiryFactory(owner=agent)
    made = services.add_recording([sample("tone.ogg")], by=agent, enquiry=enquiry)
    assert (made.enquiry, made.call, made.attempt) == (enquiry, None, None)


def test_what_belonged_to_nothing_is_joined_once() -> None:
    supervisor, call = person("call_centre_supervisor"), CallFactory()
    attempt, loose = AttemptFactory(call=call), recording(ref="x-1")
    joined = services.join(loose, by=supervisor, call=call)
    assert (joined.call, joined.attempt) == (call, attempt)
    with pytest.raises(FileRefused):
        services.join(loose, by=supervisor, call=CallFactory())
    again = recording(ref="x-2")
    with pytest.raises(FileRefused, match=r"already|已"):
        services.join(again, by=supervisor, call=call)


def test_only_a_supervisor_of_the_call_joins(agent: User) -> None:
    loose, call = recording(ref="x-1"), CallFactory()
    for somebody in (agent, person("marketing_director", branch())):
        with pytest.raises(PermissionDenied):
            services.join(loose, by=somebody, call=call)
    assert services.join(loose, by=person("marketing_director", call.branch), call=call).call == call


def test_marks_are_made_by_who_may_play_and_taken_back_by_who_made_them(agent: User) -> None:
    officer = person("compliance")
    one = recording(call=CallFactory(), content=wav(1, samples=8000))
    mark = services.add_mark(by=officer, recording=one, position_ms=99_999, text="  承诺收益 ")
    assert (mark.position_ms, mark.text) == (one.duration_ms, "承诺收益")
    with pytest.raises(FileRefused):
        services.add_mark(by=officer, recording=one, position_ms=0, text=" ")
    with pytest.raises(PermissionDenied):
        services.add_mark(by=agent, recording=one, position_ms=0, text="x")
    with pytest.raises(PermissionDenied):
        services.remove_mark(by=agent, mark=mark)
    services.remove_mark(by=officer, mark=mark)
    assert not Mark.objects.exists()


def test_the_first_picture_stays() -> None:
    officer = person("compliance")
    one = recording(call=CallFactory(), content=sample("tone.mp3"))
    assert one.peaks is None
    assert services.keep_peaks(by=officer, recording=one, bars=[1, 2, 3])
    assert not services.keep_peaks(by=officer, recording=one, bars=[9, 9, 9])
    one.refresh_from_db()
    assert one.peaks == [1, 2, 3]
    for bars in ([], [101], [-1], [0] * 401):
        with pytest.raises(FileRefused):
            services.keep_peaks(by=officer, recording=one, bars=bars)


def test_who_only_looks_on_listens_and_writes_nothing() -> None:
    auditor, one = person("auditor"), recording(call=CallFactory(), content=sample("tone.mp3"))
    assert policies.may_play(auditor, one)
    with pytest.raises(PermissionDenied):
        services.add_mark(by=auditor, recording=one, position_ms=0, text="x")
    with pytest.raises(PermissionDenied):
        services.keep_peaks(by=auditor, recording=one, bars=[1])
    assert not selectors.shown(one, auditor).may_write


@pytest.mark.parametrize("years", [20, 25])
def test_it_is_kept_as_long_as_the_parameter_says(years: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "value_of", lambda key: years)
    made = recording(call=CallFactory())
    assert made.file.retained_until >= made.at.date() + dt.timedelta(days=365 * years)


def test_no_phone_number_stays_in_a_file_name() -> None:
    one = services.keep_recording(
        [wav(1, samples=8000)],
        by=None,
        of=services.Of(call=CallFactory()),
        source=Source.TELEPHONY,
        name="a-13900001111-2.wav",
    )
    assert one.file_name == "a-***-2.wav"
