"""What a browser records arrives piece by piece; nothing is lost, whatever happens in between."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbacks.calls.models import Call
from callbacks.recordings import takes
from callbacks.recordings.choices import Source
from callbacks.recordings.models import Recording, Take
from crm.files.errors import FileRefused
from crm.files.folder import path_of
from crm.organisation.models import User
from tests.factories.calls import CallFactory, claimed
from tests.factories.people import person
from tests.factories.recordings import sample
from tests.factories.units import branch

pytestmark = pytest.mark.django_db

CONTENT = sample("live.webm")


@pytest.fixture
def agent() -> User:
    return person("call_centre_agent")


@pytest.fixture
def call(agent: User) -> Call:
    return claimed(agent)


def begun(agent: User, call: Call) -> Take:
    return takes.begin(by=agent, key=uuid.uuid4(), call=call)


def bytes_of(recording: Recording) -> bytes:
    return path_of(recording.file.sha256).read_bytes()


def test_pieces_become_the_recording(agent: User, call: Call, django_capture_on_commit_callbacks: Any) -> None:
    take = begun(agent, call)
    for start in range(0, len(CONTENT), 1000):
        takes.append(by=agent, take=take, offset=start, chunks=[CONTENT[start : start + 1000]])
    with django_capture_on_commit_callbacks(execute=True):
        made = takes.close(by=agent, take=take, size=len(CONTENT))
    assert bytes_of(made) == CONTENT
    assert (made.call, made.source, made.complete) == (call, Source.BROWSER, True)
    assert not takes.path_of(take).exists()
    assert takes.close(by=agent, take=take, size=len(CONTENT)) == made


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(seed=st.integers(0, 10**6))
def test_lost_answers_repeated_pieces_and_gaps(seed: int, agent: User, call: Call) -> None:
    """A browser that hears nothing for some of its pieces and sends others twice or too early ends with all of them."""
    chance, take = random.Random(seed), begun(agent, call)
    known = 0  # what the browser was told
    while known < len(CONTENT):
        offset = chance.choice([known, known, known + 500, max(known - 700, 0)])
        piece = CONTENT[offset : offset + chance.randint(1, 900)]
        try:
            received = takes.append(by=agent, take=take, offset=offset, chunks=[piece])
        except takes.WrongPlace as wrong:
            received = wrong.received
        known = received if chance.random() < 0.7 else known
    assert bytes_of(takes.close(by=agent, take=take, size=len(CONTENT))) == CONTENT


def test_what_a_killed_server_wrote_is_written_over(agent: User, call: Call) -> None:
    take = begun(agent, call)
    takes.append(by=agent, take=take, offset=0, chunks=[CONTENT[:1000]])
    with takes.path_of(take).open("ab") as file:
        file.write(b"half a piece that no row counts")
    takes.append(by=agent, take=take, offset=1000, chunks=[CONTENT[1000:]])
    assert bytes_of(takes.close(by=agent, take=take, size=len(CONTENT))) == CONTENT


def test_it_is_not_closed_before_all_is_there(agent: User, call: Call) -> None:
    take = begun(agent, call)
    takes.append(by=agent, take=take, offset=0, chunks=[CONTENT[:1000]])
    with pytest.raises(takes.WrongPlace) as wrong:
        takes.close(by=agent, take=take, size=len(CONTENT))
    assert wrong.value.received == 1000
    assert not Recording.objects.exists()


def test_after_a_reload_what_was_recorded_is_kept_as_not_complete(agent: User, call: Call) -> None:
    take = begun(agent, call)
    takes.append(by=agent, take=take, offset=0, chunks=[CONTENT[:3000]])
    made = takes.close(by=agent, take=take, size=3000, ended=False)
    assert not made.complete
    assert 0 < made.duration_ms < 1500


def test_a_browser_that_never_comes_back_loses_nothing(agent: User, call: Call) -> None:
    now = timezone.now()
    take, empty, busy = (takes.begin(by=agent, key=uuid.uuid4(), call=call, at=now) for _number in range(3))
    takes.append(by=agent, take=take, offset=0, chunks=[CONTENT[:3000]], at=now)
    later = now + dt.timedelta(hours=25)
    takes.append(by=agent, take=busy, offset=0, chunks=[CONTENT[:10]], at=later)
    assert takes.close_left(at=now) == 0
    assert takes.close_left(at=later) == 2
    assert takes.close_left(at=later) == 0
    made = Recording.objects.get()
    assert (made.call, made.by, made.complete) == (call, agent, False)
    empty.refresh_from_db()
    assert empty.trouble
    with pytest.raises(FileRefused):
        takes.append(by=agent, take=empty, offset=0, chunks=[b"late"])


def test_limits(agent: User, call: Call, settings: Any) -> None:
    settings.RECORDING_MAX_BYTES = 1500
    take = begun(agent, call)
    takes.append(by=agent, take=take, offset=0, chunks=[CONTENT[:1000]])
    with pytest.raises(FileRefused):
        takes.append(by=agent, take=take, offset=1000, chunks=[CONTENT[1000:2000]])
    take.refresh_from_db()
    assert take.received == 1000


def test_a_take_is_its_maker_s_alone(agent: User, call: Call) -> None:
    take, other = begun(agent, call), person("call_centre_agent")
    with pytest.raises(FileRefused):
        takes.begin(by=other, key=take.key, call=call)
    with pytest.raises(Take.DoesNotExist):
        takes.append(by=other, take=take, offset=0, chunks=[b"x"])
    assert takes.begin(by=agent, key=take.key, call=call) == take
    with pytest.raises(PermissionDenied):
        takes.begin(by=person("callback_clerk", branch()), key=uuid.uuid4(), call=CallFactory())


def test_one_whose_pieces_are_lost_keeps_no_other_from_being_closed(agent: User, call: Call) -> None:
    now = timezone.now()
    lost, whole = begun(agent, call), begun(agent, call)
    for take in (lost, whole):
        takes.append(by=agent, take=take, offset=0, chunks=[CONTENT[:3000]], at=now)
    takes.path_of(lost).unlink()
    assert takes.close_left(at=now + dt.timedelta(hours=25)) == 2
    lost.refresh_from_db()
    assert lost.trouble
    assert Recording.objects.count() == 1


def test_only_a_few_are_open_at_once(agent: User, call: Call) -> None:
    open_ones = [begun(agent, call) for _ in range(takes.MOST_OPEN)]
    with pytest.raises(FileRefused):
        begun(agent, call)
    assert takes.begin(by=agent, key=open_ones[0].key, call=call) == open_ones[0], "one that has begun goes on"
