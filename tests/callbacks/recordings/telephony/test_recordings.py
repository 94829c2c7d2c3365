"""Recordings of the telephone system: fetched from it, or delivered by it."""

from __future__ import annotations

import datetime as dt
import hashlib
import http.server
import socketserver
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from callbacks.recordings.choices import EventKind, Source
from callbacks.recordings.models import Recording, TelephonyEvent
from callbacks.recordings.telephony import events, fetching, matching, posting, signing
from callbacks.recordings.telephony.parsing import Told
from crm.files.models import StoredFile
from crm.jobs import services as jobs
from crm.jobs.models import Job
from tests.factories.calls import AttemptFactory, EnquiryFactory
from tests.factories.recordings import sample

pytestmark = pytest.mark.django_db

CONTENT = sample("tone.wav")
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def deliver(ref: str = "line-1", content: bytes = CONTENT, *, sha256: str = SHA256, **headers: str) -> HttpResponse:
    said = f"{ref}.{sha256}".encode()
    known = signing.headers(said, at=timezone.now()) | {"X-Telephony-Content-SHA256": sha256}
    known |= {name.replace("_", "-"): value for name, value in headers.items()}
    browser = Client(enforce_csrf_checks=True)
    url = f"/telephony/recordings/{quote(ref, safe='')}/"
    answer: HttpResponse = browser.post(url, content, content_type="audio/wav", headers=known)  # type: ignore[assignment]
    return answer


class Switch(http.server.BaseHTTPRequestHandler):
    """A telephone system with recordings at their addresses."""

    asked: list[str] = []
    broken = False

    def do_GET(self) -> None:
        signing.check(self.path.encode(), self.headers, at=timezone.now())  # type: ignore[arg-type]
        self.asked.append(self.path)
        if self.path == "/r/moved":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            return
        content = {"/r/1.wav": CONTENT, "/r/page": b"<html>no</html>"}.get(self.path)
        self.send_response(200 if content else 404)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write((content or b"")[: 1000 if self.broken else None])

    def log_message(self, *_args: Any) -> None:
        """Quiet."""


@pytest.fixture
def switch(settings: Any) -> Iterator[str]:
    Switch.asked, Switch.broken = [], False
    with socketserver.TCPServer(("127.0.0.1", 0), Switch) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        base = f"http://127.0.0.1:{server.server_address[1]}"
        settings.TELEPHONY_RECORDINGS_URL = f"{base}/r/"
        yield base
        server.shutdown()
        thread.join()


def ready(url: str, ref: str = "line-1", **recording: str) -> TelephonyEvent:
    details = {"recording": {"url": url, **recording}}
    told = Told("e-9", ref, 9, EventKind.RECORDING_READY, timezone.now(), details=details)
    events.take_in(told)
    return TelephonyEvent.objects.get()


def job() -> Job:
    found = Job.objects.get(kind=events.FETCH)
    jobs.run(found.pk)
    found.refresh_from_db()
    return found


def test_a_recording_is_fetched_for_its_try(switch: str) -> None:
    attempt = AttemptFactory(telephony_ref="line-1")
    event = ready(f"{switch}/r/1.wav", sha256=SHA256, name="1.wav")
    assert job().state == "done"
    made = Recording.objects.get()
    assert (made.call, made.attempt, made.source, made.by) == (attempt.call, attempt, Source.TELEPHONY, None)
    assert (made.file.sha256, made.telephony_ref, made.file_name) == (SHA256, "line-1", "1.wav")
    assert fetching.fetch(event) == made
    assert Switch.asked == ["/r/1.wav"] * 2


@pytest.mark.parametrize(
    "url",
    [
        "{base}/other/1.wav", "{base}/r/../secret.wav", "{base}/r/%2e%2e/secret.wav", "http://127.0.0.2:1/r/1.wav",
        "file:///etc/passwd", "{base}@evil.example/r/1.wav", "{base}/r/1.wav\r\nX: y", "//evil.example/r/1.wav",
    ],
)  # fmt: skip
def test_nothing_is_fetched_from_elsewhere(switch: str, url: str) -> None:
    assert not fetching.is_theirs(url.format(base=switch))
    ready(url.format(base=switch))
    assert job().state == "failed"
    assert Switch.asked == []


def test_without_an_address_in_the_settings_nothing_is_fetched(settings: Any) -> None:
    settings.TELEPHONY_RECORDINGS_URL = ""
    assert not fetching.is_theirs("https://pbx.example/r/1.wav")
    assert not fetching.is_theirs("/r/1.wav")


@pytest.mark.parametrize(("path", "more"), [("page", {}), ("1.wav", {"sha256": "0" * 64}), ("moved", {})])
def test_what_is_no_recording_fails_for_good(switch: str, path: str, more: dict[str, str]) -> None:
    ready(f"{switch}/r/{path}", **more)
    failed = job()
    assert (failed.state, failed.tries) == ("failed", 1)
    assert failed.error
    assert not StoredFile.objects.exists()


def test_what_is_not_there_yet_is_tried_again(switch: str) -> None:
    event = ready(f"{switch}/r/later.wav")
    with pytest.raises(posting.Away):
        fetching.fetch(event)
    assert job().state == "queued"


def test_what_breaks_off_is_tried_again(switch: str) -> None:
    Switch.broken = True
    event = ready(f"{switch}/r/1.wav")
    with pytest.raises(posting.Away):
        fetching.fetch(event)
    assert not Recording.objects.exists()


def test_delivered_to_a_known_call() -> None:
    attempt = AttemptFactory(telephony_ref="line-1")
    answers = [deliver(), deliver()]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert Recording.objects.get().attempt == attempt


def test_delivered_to_an_enquiry() -> None:
    enquiry = EnquiryFactory(telephony_ref="in-1")
    assert deliver("in-1").status_code == 201
    assert Recording.objects.get().enquiry == enquiry


def test_of_a_call_that_nobody_knows_it_waits() -> None:
    assert deliver("unknown").status_code == 202
    assert deliver("unknown").status_code == 202
    assert list(Recording.objects.unmatched().values_list("telephony_ref", flat=True)) == ["unknown"]


@pytest.mark.parametrize(
    ("content", "announced", "status"),
    [
        (b"<html></html>", None, 400),
        (b"", None, 400),
        (CONTENT[:-100], None, 400),
        (CONTENT, "0" * 64, 400),
        (CONTENT, "short", 400),
    ],
    ids=["html", "empty", "cut off", "other content", "no digest"],
)
def test_what_is_no_recording_is_refused(content: bytes, announced: str | None, status: int) -> None:
    answer = deliver(content=content, sha256=announced or hashlib.sha256(content).hexdigest())
    assert answer.status_code == status
    assert not Recording.objects.exists()
    assert not StoredFile.objects.exists()


def test_what_is_too_large_is_not_read(settings: Any) -> None:
    settings.RECORDING_MAX_BYTES = 1000
    assert deliver().status_code == 413


def test_the_signature_is_of_one_call_and_one_content() -> None:
    assert deliver(X_Telephony_Signature="sha256=" + "0" * 64).status_code == 401
    signed = signing.headers(f"line-1.{SHA256}".encode(), at=timezone.now()) | {"X-Telephony-Content-SHA256": SHA256}
    other = Client().post("/telephony/recordings/line-2/", CONTENT, content_type="audio/wav", headers=signed)
    assert other.status_code == 401
    assert not Recording.objects.exists()


def test_what_came_before_its_call_was_known_is_joined_later() -> None:
    for ref in ("line-1", "in-1", "nobody"):
        deliver(ref)
    assert matching.join_found() == 0
    attempt, enquiry = AttemptFactory(telephony_ref="line-1"), EnquiryFactory(telephony_ref="in-1")
    AttemptFactory(call=attempt.call, number=2, ended_at=timezone.now())
    assert matching.join_found(at=timezone.now() + dt.timedelta(days=8)) == 0
    assert matching.join_found() == 2
    assert matching.join_found() == 0
    assert Recording.objects.get(call=attempt.call).attempt == attempt
    assert Recording.objects.filter(enquiry=enquiry).exists()
    assert [one.telephony_ref for one in Recording.objects.unmatched()] == ["nobody"]
