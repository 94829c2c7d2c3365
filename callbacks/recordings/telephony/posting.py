"""HTTP to the telephone system: signed, without redirects, with little patience."""

from __future__ import annotations

import datetime as dt
import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import SplitResult, urlsplit

SECONDS = 10.0
PIECE = 64 * 1024


class Away(Exception):
    """The telephone system cannot be reached, or is in trouble: later may work."""


class Refused(Exception):
    """It understood and said no: the same again is of no use."""


TOO_MANY = 429


def post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Post JSON. Raises Away and Refused."""
    with _answer("POST", urlsplit(url), body, {"Content-Type": "application/json", **headers}) as reply:
        reply.read(PIECE)


@contextmanager
def get(url: str, headers: Mapping[str, str]) -> Iterator[Iterator[bytes]]:
    """The content of an address, piece by piece. Raises Away and Refused."""
    with _answer("GET", urlsplit(url), None, headers) as reply:
        yield _pieces(reply)


def _pieces(reply: http.client.HTTPResponse) -> Iterator[bytes]:
    try:
        while piece := reply.read(PIECE):
            yield piece
    except (OSError, http.client.HTTPException) as error:
        raise Away(type(error).__name__) from error
    if reply.length:  # what the head promised and the body did not bring
        raise Away("IncompleteRead")


@contextmanager
def _answer(
    method: str, place: SplitResult, body: bytes | None, headers: Mapping[str, str]
) -> Iterator[http.client.HTTPResponse]:
    kind = http.client.HTTPConnection if place.scheme == "http" else http.client.HTTPSConnection
    link = kind(place.netloc, timeout=SECONDS)
    try:
        try:
            link.request(method, f"{place.path or '/'}{f'?{place.query}' if place.query else ''}", body, dict(headers))
            reply = link.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise Away(type(error).__name__) from error
        if reply.status >= http.client.INTERNAL_SERVER_ERROR or reply.status in (TOO_MANY, http.client.NOT_FOUND):
            raise Away(f"HTTP {reply.status}")
        if reply.status >= http.client.MULTIPLE_CHOICES:
            raise Refused(f"HTTP {reply.status}")
        yield reply
    finally:
        link.close()


def stamp(at: dt.datetime) -> str:
    """An instant as both sides write it."""
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds")
