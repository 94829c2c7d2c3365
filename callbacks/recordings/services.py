"""Recordings: added, joined to what they are of, given marks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.calls.models import Attempt, Call
from callbacks.recordings import policies
from callbacks.recordings.audio import peaks
from callbacks.recordings.audio.examining import examine
from callbacks.recordings.choices import MIMES, Source
from callbacks.recordings.models import Mark, Recording
from crm.access.guards import check, refusal
from crm.audit.services import acting
from crm.events.services import publish
from crm.files import folder
from crm.files import services as files
from crm.files.errors import FileRefused
from crm.organisation.models import User
from crm.parameters.registry import value_of

if TYPE_CHECKING:
    from callbacks.enquiries.models import Enquiry

ADDED = "recording.added"
RETENTION = "callbacks.retention_years"
NAME_LENGTH = 200
LONG_NUMBER = re.compile(r"[0-9]{7,}")  # in a file name: perhaps whom it was spoken with
WRITING = (
    *policies.ADD_TO_CALL,
    *policies.ADD_TO_ENQUIRY,
    "callbacks.publish_scripts",
    "callbacks.acknowledge_findings",
)


@dataclass(frozen=True)
class Of:
    """What a recording is of: a call (one of its tries), an enquiry, or something not known yet. `ref` is what the
    telephone system calls it."""

    call: Call | None = None
    attempt: Attempt | None = None
    enquiry: Enquiry | None = None
    ref: str = ""

    def key(self) -> dict[str, Any]:
        """What makes two recordings of the same content the same recording."""
        loose = {"telephony_ref": self.ref} if self.call is None and self.enquiry is None else {}
        return {"call": self.call, "enquiry": self.enquiry, **loose}

    def more(self) -> dict[str, Any]:
        """The rest; the last try of a call where none is named."""
        return {"attempt": self.attempt or _last_try(self.call), "telephony_ref": self.ref}


def add_recording(
    chunks: Iterable[bytes], *, by: User, name: str = "", call: Call | None = None, enquiry: Enquiry | None = None
) -> Recording:
    """Add a file that somebody brings to a call or an enquiry that he sees.

    Raises FileRefused, in words, for what is no recording or not what its name says, and PermissionDenied.
    """
    policies.check_add(by, call=call, enquiry=enquiry)
    return keep_recording(chunks, by=by, of=Of(call=call, enquiry=enquiry), source=Source.UPLOAD, name=name)


def keep_recording(
    chunks: Iterable[bytes],
    *,
    by: User | None,
    of: Of,
    source: Source,
    name: str = "",
    unfinished: bool = False,
    at: dt.datetime | None = None,
) -> Recording:
    """Keep a recording for as long as the parameter says, whoever may add it having been settled before.

    The same content of the same call a second time is the same recording. `unfinished` takes one whose end never
    came. Publishes `recording.added`. Raises FileRefused, in words.
    """
    with folder.receive(chunks, limit=settings.RECORDING_MAX_BYTES) as received:
        audio = examine(received.path, name=name, unfinished=unfinished)
        bars = peaks.peaks_of(received.path)
        at = at or timezone.now()
        with transaction.atomic(), acting(by=by):
            stored = files.keep(received, by=by, mime=MIMES[audio.format], years=value_of(RETENTION), at=at)
            recording, made = Recording.objects.get_or_create(
                file=stored,
                **of.key(),
                defaults={
                    **of.more(), "source": source, "format": audio.format, "duration_ms": audio.milliseconds,
                    "complete": audio.complete and not unfinished, "peaks": bars,
                    "file_name": LONG_NUMBER.sub("***", name[-NAME_LENGTH:]), "at": at, "by": by,
                },
            )  # fmt: skip
            if made:
                _tell(recording)
    return recording


def _tell(recording: Recording) -> None:
    """To be called when it is known what a recording is of, or that nobody knows."""
    publish(
        ADDED,
        {
            "recording": recording.pk,
            "call": recording.call_id,
            "attempt": recording.attempt_id,
            "enquiry": recording.enquiry_id,
        },
        at=recording.at,
    )


def join(
    recording: Recording,
    *,
    by: User | None,
    call: Call | None = None,
    enquiry: Enquiry | None = None,
    attempt: Attempt | None = None,
) -> Recording:
    """Say of which call or enquiry a recording is that belonged to nothing; `attempt` is the last try where none is
    given. `by` None is the system. Raises FileRefused, in words, for one that is joined already or is there a second
    time, PermissionDenied for who may not or does not see the call."""
    if by is not None:
        check(by, policies.MATCH)
        policies.check_add(by, call=call, enquiry=enquiry)
    with transaction.atomic(), acting(by=by):
        locked = Recording.objects.select_for_update(of=("self",)).get(pk=recording.pk)
        if locked.is_matched:
            raise FileRefused(_("Somebody has said already of which call this recording is."))
        if Recording.objects.filter(file=locked.file_id, call=call, enquiry=enquiry).exists():
            raise FileRefused(_("This call has this recording already."))
        locked.call, locked.attempt = call, attempt or _last_try(call)
        locked.enquiry_id = enquiry.pk if enquiry else None
        locked.save(update_fields=["call", "enquiry", "attempt"])
        _tell(locked)
    return locked


def _last_try(call: Call | None) -> Attempt | None:
    return call.attempts.order_by("-number").first() if call is not None else None


def add_mark(*, by: User, recording: Recording, position_ms: int, text: str, at: dt.datetime | None = None) -> Mark:
    """A remark at one moment. Raises FileRefused for no text, PermissionDenied for who may not play it or
    only looks on."""
    _check_write(by, recording)
    text = text.strip()[: Mark._meta.get_field("text").max_length]
    if not text:
        raise FileRefused(_("Say what is to be heard here."))
    place = max(0, min(position_ms, recording.duration_ms))
    with transaction.atomic(), acting(by=by):
        return Mark.objects.create(recording=recording, position_ms=place, text=text, by=by, at=at or timezone.now())


def may_write(user: User) -> bool:
    """Whether somebody who may listen may also set marks: who works with calls or answers for what is said in them,
    and not who only looks on."""
    return any(user.has_perm(name) for name in WRITING)


def _check_write(by: User, recording: Recording) -> None:
    """Raises PermissionDenied, in words."""
    policies.check_play(by, recording)
    if not may_write(by):
        raise PermissionDenied(refusal(policies.ADD_TO_CALL[0]))


def remove_mark(*, by: User, mark: Mark) -> None:
    """Take back a remark of one's own; the history keeps it. Raises PermissionDenied for another's."""
    if mark.by_id != by.pk:
        raise PermissionDenied(_("Only whoever made a mark takes it away."))
    with transaction.atomic(), acting(by=by):
        mark.delete()


def keep_peaks(*, by: User, recording: Recording, bars: Sequence[int]) -> bool:
    """Keep the picture of a recording that a browser worked out while playing it; the first one stays.

    Returns whether it was kept. Raises FileRefused for what is no picture, PermissionDenied for who may not play it
    or only looks on.
    """
    _check_write(by, recording)
    if not 0 < len(bars) <= peaks.COUNT or not all(0 <= bar <= peaks.LOUDEST for bar in bars):
        raise FileRefused(_("This is no picture of a recording."))
    with transaction.atomic(), acting(by=by):
        return bool(Recording.objects.filter(pk=recording.pk, peaks=None).update(peaks=list(bars)))
