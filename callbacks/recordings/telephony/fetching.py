"""Recordings of the telephone system: fetched from where it says they are, or taken in as it sends them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.recordings.choices import Source
from callbacks.recordings.models import Recording, TelephonyEvent
from callbacks.recordings.services import keep_recording
from callbacks.recordings.telephony import matching, posting, signing
from crm.files.errors import FileRefused

NAME_LENGTH = 200


def fetch(event: TelephonyEvent, *, at: dt.datetime | None = None) -> Recording:
    """Fetch the recording that an event says is ready. The same event again finds the same recording.

    Raises FileRefused for an address that is not below the one in the settings and for what is no recording,
    `posting.Refused`, and `posting.Away` where trying again may help.
    """
    said = event.details.get("recording", {})
    url = said.get("url", "")
    if not is_theirs(url):
        raise FileRefused(_("Recordings are fetched from the telephone system's own address alone."))
    place = urlsplit(url)
    at = at or timezone.now()
    with posting.get(url, signing.headers(place.path.encode(), at=at)) as chunks:
        return receive(event.ref, checked(chunks, said.get("sha256", "")), name=said.get("name", ""), at=at)


def receive(ref: str, chunks: Iterable[bytes], *, name: str = "", at: dt.datetime | None = None) -> Recording:
    """Keep a recording of the telephone call `ref`; one of a call that nobody knows waits for somebody who does.

    Raises FileRefused, in words.
    """
    return keep_recording(
        chunks, by=None, of=matching.of(ref), source=Source.TELEPHONY, name=name[-NAME_LENGTH:], at=at
    )


def checked(chunks: Iterable[bytes], sha256: str) -> Iterator[bytes]:
    """The same pieces. At their end, raises FileRefused when they are not what was announced (empty: nothing was)."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
        yield chunk
    if sha256 and digest.hexdigest() != sha256.lower():
        raise FileRefused(_("The content is not what was announced: its SHA-256 differs."))


def is_theirs(url: str) -> bool:
    """Whether an address lies below `TELEPHONY_RECORDINGS_URL`: we ask nobody else, whatever an event says."""
    base, place = urlsplit(settings.TELEPHONY_RECORDINGS_URL), urlsplit(url)
    below = base.path.rstrip("/") + "/"
    path = unquote(place.path)
    return (
        bool(base.netloc)
        and (place.scheme, place.netloc) == (base.scheme, base.netloc)
        and place.path.startswith(below)
        and ".." not in path.split("/")
        and url.isprintable()
        and " " not in url
    )
