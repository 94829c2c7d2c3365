"""Playing: each play is logged before its first byte is sent; seeking within it is not a play of its own.

A play is a signed word that the player shows with every part it asks for: of this recording, for this person, for a
few hours.
"""

from __future__ import annotations

import datetime as dt

from django.core import signing
from django.http import HttpRequest

from callbacks.recordings import policies
from callbacks.recordings.models import Recording
from crm.audit.models import ReadKind
from crm.audit.services import record_read
from crm.organisation.models import User

SALT = "callbacks.recordings.play"
LASTS_SECONDS = 4 * 3600


def begin(*, by: User, recording: Recording, request: HttpRequest | None = None, at: dt.datetime | None = None) -> str:
    """Log that somebody plays a recording. Returns the word for its parts. Raises PermissionDenied, in words."""
    policies.check_play(by, recording)
    subject, number = subject_of(recording)
    record_read(
        by=by, kind=ReadKind.PLAY, subject=subject, subject_no=number, fields=[f"#{recording.pk}"], request=request,
        at=at,
    )  # fmt: skip
    return signing.dumps([recording.pk, by.pk], salt=SALT)


def is_play(word: str, *, by: User, recording: Recording) -> bool:
    """Whether `word` is of a play that this person began, of this recording, not too long ago."""
    try:
        return bool(signing.loads(word, salt=SALT, max_age=LASTS_SECONDS) == [recording.pk, by.pk])
    except signing.BadSignature:
        return False


def subject_of(recording: Recording) -> tuple[str, str]:
    """About whom a play is, for the read log: the client where one is known."""
    thing = recording.call or recording.enquiry
    client = thing.client if thing else None
    return ("client", client.client_no) if client else ("recording", str(recording.pk))
