"""The answer to a player that seeks."""

from __future__ import annotations

import pytest
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.test import RequestFactory

from crm.files.models import StoredFile
from crm.files.serving import CHUNK, serve
from tests.factories.files import on_disk, stored

pytestmark = pytest.mark.django_db

CONTENT = bytes(n % 251 for n in range(3 * CHUNK + 17))


def ask(file: StoredFile, method: str = "get", **headers: str) -> HttpResponseBase:
    request = getattr(RequestFactory(), method)("/", headers={k.replace("_", "-"): v for k, v in headers.items()})
    return serve(request, file, name="录音.wav")


def body(response: HttpResponseBase) -> bytes:
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(response)


def test_the_whole() -> None:
    response = ask(stored(CONTENT))
    assert (response.status_code, response["Content-Length"], response["Accept-Ranges"]) == (
        200, str(len(CONTENT)), "bytes",
    )  # fmt: skip
    assert response["Content-Type"] == "audio/wav"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"].startswith("inline; filename*=utf-8''")
    assert body(response) == CONTENT


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-", 10, len(CONTENT) - 1),
        (f"bytes={CHUNK - 1}-{CHUNK}", CHUNK - 1, CHUNK),
        ("bytes=-5", len(CONTENT) - 5, len(CONTENT) - 1),
        (f"bytes=5-{10**17}", 5, len(CONTENT) - 1),
    ],
)
def test_a_part(asked: str, first: int, last: int) -> None:
    response = ask(stored(CONTENT), range=asked)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(CONTENT)}"
    assert response["Content-Length"] == str(last - first + 1)
    assert body(response) == CONTENT[first : last + 1]


def test_no_such_part() -> None:
    response = ask(stored(b"0123456789"), range="bytes=10-")
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */10")


def test_a_part_of_what_it_was_is_sent_only_while_it_is_the_same() -> None:
    file = stored(CONTENT)
    same = ask(file, range="bytes=0-3", if_range=f'"{file.sha256}"')
    other = ask(file, range="bytes=0-3", if_range='"another"')
    dated = ask(file, range="bytes=0-3", if_range="Wed, 25 Nov 2026 08:00:00 GMT")
    assert [answer.status_code for answer in (same, other, dated)] == [206, 200, 200]


def test_head_says_how_long_it_is() -> None:
    response = ask(stored(CONTENT), "head", range="bytes=0-3")
    assert (response.status_code, response["Content-Length"]) == (200, str(len(CONTENT)))
    assert not response.streaming


def test_a_damaged_file_is_not_sent() -> None:
    file = stored(b"0123456789")
    on_disk(file).write_bytes(b"012")
    with pytest.raises(Http404):
        ask(file)
    on_disk(file).unlink()
    with pytest.raises(Http404):
        ask(file)
