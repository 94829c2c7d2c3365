"""Pages and answers of recordings: who sees, who plays, what each play leaves in the log."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from callbacks.calls.models import Call
from callbacks.recordings.models import Mark, Recording, Take
from crm.audit.models import ReadKind, ReadLog
from crm.organisation.models import User
from tests.factories.calls import AttemptFactory, CallFactory, EnquiryFactory, claimed
from tests.factories.files import on_disk
from tests.factories.people import person
from tests.factories.recordings import recording, sample, wav
from tests.factories.units import branch

pytestmark = pytest.mark.django_db

CARD_QUERIES = 20


@pytest.fixture
def agent() -> User:
    return person("call_centre_agent")


@pytest.fixture
def call(agent: User) -> Call:
    made = claimed(agent)
    AttemptFactory(call=made, by=agent)
    return made


def browser(user: User) -> Client:
    made = Client()
    made.force_login(user)
    return made


def page(name: str, *args: object) -> str:
    return reverse(f"callbacks:{name}", args=args)


def played(user: User, one: Recording, **headers: str) -> Any:
    """The answer to the first byte of a play."""
    mine = browser(user)
    url = mine.post(page("recording-play", one.pk), headers={"accept": "application/json"}).json()["url"]
    return mine.get(url, headers=headers)


def plays() -> int:
    return ReadLog.objects.filter(kind=ReadKind.PLAY).count()


def test_the_card_of_a_call(agent: User, call: Call, django_assert_max_num_queries: Any) -> None:
    for number in range(3):
        recording(by=agent, call=call, content=wav(number + 1, samples=8000))
    mine = browser(agent)
    mine.get(page("call-recordings", call.pk))
    with django_assert_max_num_queries(CARD_QUERIES):
        answer = mine.get(page("call-recordings", call.pk), headers={"hx-request": "true"})
    text = answer.content.decode()
    assert text.count("data-player ") + text.count("data-player\n") == 3
    assert "data-recorder" in text
    assert "<html" not in text
    assert "<html" in mine.get(page("call-recordings", call.pk)).content.decode()
    assert plays() == 0


def test_a_file_is_added_and_a_wrong_one_refused_at_its_field(agent: User, call: Call) -> None:
    mine, url = browser(agent), page("call-recordings", call.pk)
    answer = mine.post(url, {"file": SimpleUploadedFile("a.mp3", sample("tone.mp3"))}, headers={"hx-request": "true"})
    assert answer.status_code == 200
    assert Recording.objects.get().call == call
    refused = mine.post(url, {"file": SimpleUploadedFile("b.mp3", b"<html></html>")})
    assert "field-error" in refused.content.decode()
    assert mine.post(url, {}).status_code == 200
    assert Recording.objects.count() == 1
    again = mine.post(url, {"file": SimpleUploadedFile("a.mp3", sample("tone.mp3"))})
    assert (again.status_code, Recording.objects.count()) == (302, 1)


def test_out_of_scope_is_not_there(call: Call, agent: User) -> None:
    one = recording(by=agent, call=call)
    clerk = browser(person("callback_clerk", branch()))
    for url in (page("call-recordings", call.pk), page("recording", one.pk), page("recording-sound", one.pk)):
        assert clerk.get(url).status_code == 404
    for name in ("recording-play", "recording-peaks", "recording-mark"):
        assert clerk.post(page(name, one.pk)).status_code == 404
    assert browser(person("administrator", is_demo=True)).get(page("recording", one.pk)).status_code == 403
    assert Client().get(page("recording", one.pk)).status_code == 302


def test_in_scope_but_not_to_be_played(call: Call, agent: User) -> None:
    one = recording(by=agent, call=call)
    other = browser(person("call_centre_agent"))
    text = other.get(page("recording", one.pk)).content.decode()
    assert "data-player" not in text.replace("data-player-script", "")
    assert other.post(page("recording-play", one.pk)).status_code == 403
    assert other.get(page("recording-sound", one.pk)).status_code == 403
    assert other.post(page("recording-mark", one.pk), {"text": "x"}).status_code == 403
    assert plays() == 0


def test_who_called_plays_his_own(call: Call, agent: User) -> None:
    one = recording(call=call, ref="line-1")
    assert played(agent, one).status_code == 200
    assert played(person("compliance", is_demo=True), one).status_code == 200
    assert plays() == 2


def test_each_play_is_logged_and_seeking_is_not(agent: User, call: Call) -> None:
    one = recording(by=agent, call=call)
    mine = browser(agent)
    for _number in range(2):
        url = mine.post(page("recording-play", one.pk), headers={"accept": "application/json"}).json()["url"]
        for asked in ("bytes=0-99", "bytes=100-", "bytes=0-"):
            part = mine.get(url, headers={"range": asked})
            assert part.status_code == 206
    assert plays() == 2
    read = ReadLog.objects.filter(kind=ReadKind.PLAY).latest("pk")
    assert call.client is not None
    assert (read.subject, read.subject_no, read.fields) == ("client", call.client.client_no, f"#{one.pk}")
    assert read.url == page("recording-play", one.pk)


def test_no_sound_without_a_play(agent: User, call: Call) -> None:
    one, other = recording(by=agent, call=call), recording(by=agent, call=call, content=wav(5, samples=900))
    mine = browser(agent)
    assert mine.get(page("recording-sound", one.pk)).status_code == 302
    url = mine.post(page("recording-play", one.pk), headers={"accept": "application/json"}).json()["url"]
    word = url.partition("?")[2]
    assert mine.get(f"{page('recording-sound', other.pk)}?{word}").status_code == 302
    officer = browser(person("compliance", is_demo=True))
    assert officer.get(url).status_code == 302  # another's play
    assert mine.get(url).status_code == 200


def test_a_page_without_scripts_is_sent_to_the_sound(agent: User, call: Call) -> None:
    one = recording(by=agent, call=call)
    answer = browser(agent).post(page("recording-play", one.pk), follow=True)
    assert answer["Content-Type"] == "audio/wav"
    assert b"".join(answer.streaming_content) == wav(1000, 2000, 3000)  # type: ignore[attr-defined]


def test_a_damaged_one_is_said_to_be(agent: User, call: Call) -> None:
    one = recording(by=agent, call=call)
    on_disk(one.file).unlink()
    assert played(agent, one).status_code == 404


def test_marks(agent: User, call: Call) -> None:
    one, mine = recording(by=agent, call=call, content=wav(1, samples=80_000)), browser(agent)
    url = page("recording-mark", one.pk)
    answer = mine.post(url, {"position_ms": "4200", "text": "<b>承诺</b>"}, headers={"hx-request": "true"})
    text = answer.content.decode()
    assert 'data-seek-to="4200"' in text
    assert "0:04" in text
    assert "&lt;b&gt;" in text
    assert mine.post(url, {"position_ms": "x", "text": "y"}).status_code == 302
    mark = Mark.objects.get(position_ms=4200)
    other = browser(person("compliance", is_demo=True))
    assert other.post(page("recording-mark-remove", one.pk, mark.pk)).status_code == 403
    mine.post(page("recording-mark-remove", one.pk, mark.pk), headers={"hx-request": "true"})
    assert not Mark.objects.filter(pk=mark.pk).exists()


def test_the_picture_of_a_player(agent: User, call: Call) -> None:
    one, mine = recording(by=agent, call=call, content=sample("tone.mp3")), browser(agent)
    url = page("recording-peaks", one.pk)
    for wrong in ("", "a", "1,,2", "1,200", ",".join(["1"] * 401)):
        assert mine.post(url, {"peaks": wrong}).status_code == 400
    assert mine.post(url, {"peaks": "0,50,100"}).status_code == 204
    assert "V63.0" in mine.get(page("recording", one.pk)).content.decode()


def test_what_belongs_to_nothing(agent: User) -> None:
    one, supervisor, call = recording(ref="line-9"), person("call_centre_supervisor", is_demo=True), CallFactory()
    assert "line-9" in browser(supervisor).get(page("recordings")).content.decode()
    assert "line-9" not in browser(agent).get(page("recordings")).content.decode()
    assert browser(agent).get(page("recording", one.pk)).status_code == 404
    mine = browser(supervisor)
    assert mine.post(page("recording-join", one.pk), {"call": "999999999"}).status_code == 200
    assert mine.post(page("recording-join", one.pk), {"call": str(call.pk)}).status_code == 302
    one.refresh_from_db()
    assert one.call == call
    assert mine.post(page("recording-join", one.pk), {"call": str(call.pk)}).status_code == 200


def test_the_card_of_an_enquiry(agent: User) -> None:
    enquiry = EnquiryFactory(owner=agent)
    mine, url = browser(agent), page("enquiry-recordings", enquiry.pk)
    assert mine.post(url, {"file": SimpleUploadedFile("a.ogg", sample("tone.ogg"))}).status_code == 302
    assert Recording.objects.get().enquiry == enquiry
    assert mine.get(url).status_code == 200
    assert played(agent, Recording.objects.get()).status_code == 200
    assert browser(person("callback_clerk", branch())).get(url).status_code == 404


def send(mine: Client, key: object, offset: int, piece: bytes) -> Any:
    url = f"{page('take-append', key)}?offset={offset}"
    return mine.post(url, piece, content_type="application/octet-stream")


def test_the_recorder_sends_pieces(agent: User, call: Call) -> None:
    mine, key, content = browser(agent), uuid.uuid4(), sample("live.webm")
    begun = mine.post(page("take-begin"), {"key": str(key), "call": call.pk})
    assert (begun.status_code, begun.json()) == (201, {"received": 0})
    assert send(mine, key, 0, content[:1000]).json() == {"received": 1000}
    gap = send(mine, key, 2000, content[2000:])
    assert (gap.status_code, gap.json()) == (409, {"received": 1000})
    early = mine.post(page("take-close", key), {"size": len(content), "ended": "1"})
    assert (early.status_code, early.json()) == (409, {"received": 1000})
    assert send(mine, key, 1000, content[1000:]).json() == {"received": len(content)}
    assert mine.post(page("take-begin"), {"key": str(key), "call": call.pk}).json() == {"received": len(content)}
    closed = mine.post(page("take-close", key), {"size": len(content), "ended": "1"})
    one = Recording.objects.get()
    assert closed.json() == {"recording": one.pk, "url": page("recording", one.pk)}
    assert one.source == "browser"


def test_the_recorder_is_refused_in_words(agent: User, call: Call) -> None:
    mine = browser(agent)
    for given, status in (
        ({"key": "x", "call": call.pk}, 400),
        ({"key": str(uuid.uuid4()), "call": "0"}, 404),
        ({"key": str(uuid.uuid4())}, 404),
    ):
        assert mine.post(page("take-begin"), given).status_code == status
    key = uuid.uuid4()
    mine.post(page("take-begin"), {"key": str(key), "call": call.pk})
    send(mine, key, 0, b"<html></html>")
    refused = mine.post(page("take-close", key), {"size": 13, "ended": "1"})
    assert refused.status_code == 400
    assert refused.json()["error"]
    other = browser(person("call_centre_agent"))
    assert send(other, key, 13, b"x").status_code == 404
    assert Take.objects.get().received == 13
    assert (
        browser(person("callback_clerk", branch()))
        .post(page("take-begin"), {"key": str(uuid.uuid4()), "call": call.pk})
        .status_code
        == 404
    )
