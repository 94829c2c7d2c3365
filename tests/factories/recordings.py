"""Recordings as the product keeps them, and sounds to make them of."""

from __future__ import annotations

import io
import wave
from pathlib import Path

from callbacks.calls.models import Attempt, Call
from callbacks.enquiries.models import Enquiry
from callbacks.recordings.choices import Source
from callbacks.recordings.models import Recording
from callbacks.recordings.services import Of, keep_recording
from crm.organisation.models import User

SAMPLES = Path(__file__).resolve().parents[1] / "callbacks" / "recordings" / "samples"
RATE = 8000


def sample(name: str) -> bytes:
    """One of the short sounds beside the tests."""
    return (SAMPLES / name).read_bytes()


def wav(*levels: int, samples: int = 80) -> bytes:
    """A WAV file whose loudness goes through `levels` (0 to 32,767), `samples` of each."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(b"".join(level.to_bytes(2, "little") * samples for level in levels))
    return file.getvalue()


def recording(
    *,
    by: User | None = None,
    call: Call | None = None,
    attempt: Attempt | None = None,
    enquiry: Enquiry | None = None,
    ref: str = "",
    content: bytes | None = None,
) -> Recording:
    """A recording; of nothing known where neither call nor enquiry is given."""
    return keep_recording(
        [content or wav(1000, 2000, 3000)],
        by=by,
        of=Of(call=call, attempt=attempt, enquiry=enquiry, ref=ref),
        source=Source.UPLOAD if by else Source.TELEPHONY,
        name="" if content else "tone.wav",
    )
