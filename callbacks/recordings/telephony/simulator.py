"""A telephone system to try things with: its events and recordings, as signed HTTP to a running product."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import math
import struct
import uuid
import wave
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from callbacks.recordings.choices import EventKind
from callbacks.recordings.telephony import signing
from callbacks.recordings.telephony.views import DIGEST, FILE_NAME

Post = Callable[[str, bytes, dict[str, str]], None]
RATE = 8000
SECONDS_BETWEEN = 20


def story(ref: str, *, inbound: bool, caller: str, line: str, at: dt.datetime) -> Iterator[dict[str, Any]]:
    """The events of one call from the first to the last, beginning at `at`."""
    kinds = [EventKind.STARTED, EventKind.ANSWERED, EventKind.HELD, EventKind.RESUMED, EventKind.ENDED]
    if inbound:
        kinds[0:1] = [EventKind.RINGING, EventKind.WAITING]
    for number, kind in enumerate(kinds, start=1):
        known = {"caller": caller, "line": line, "direction": "inbound"} if inbound else {"direction": "outbound"}
        yield {
            "event_id": uuid.uuid4().hex,
            "ref": ref,
            "sequence": number,
            "event": kind.value,
            "at": (at + dt.timedelta(seconds=SECONDS_BETWEEN * (number - 1))).isoformat(),
            **known,
        }


def send_event(event: dict[str, Any], *, post: Post, at: dt.datetime) -> None:
    """Post one event, signed at the instant `at`."""
    body = json.dumps(event, ensure_ascii=False).encode()
    post("/telephony/events/", body, signing.headers(body, at=at))


def send_recording(ref: str, content: bytes, *, name: str, post: Post, at: dt.datetime) -> None:
    """Deliver the recording of a call."""
    digest = hashlib.sha256(content).hexdigest()
    headers = signing.headers(f"{ref}.{digest}".encode(), at=at) | {DIGEST: digest, FILE_NAME: name}
    post(f"/telephony/recordings/{quote(ref)}/", content, headers)


def tone(seconds: int, *, hertz: int = 440) -> bytes:
    """A WAV file with a tone that swells and fades once a second."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(b"".join(_sample(n, hertz) for n in range(RATE * seconds)))
    return file.getvalue()


def _sample(number: int, hertz: int) -> bytes:
    swell = 0.5 - 0.5 * math.cos(2 * math.pi * number / RATE)
    return struct.pack("<h", round(12_000 * swell * math.sin(2 * math.pi * hertz * number / RATE)))
