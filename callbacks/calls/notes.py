"""The note and the finding of a call, saved as they are typed."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.calls.choices import TO_RISK_CONTROL, ConcernKind, Finding, ReasonKind
from callbacks.calls.concerns import raise_concern
from callbacks.calls.holding import locked_for
from callbacks.calls.models import Call, CallReason
from crm.audit.services import acting
from crm.organisation.models import User

LONGEST = 5000


class NotedMeanwhile(Exception):
    """The note or the finding was changed from a second window; `stored` is the call as it is now."""

    def __init__(self, stored: Call) -> None:
        super().__init__(f"call {stored.pk} is at revision {stored.revision}")
        self.stored = stored


@transaction.atomic
def save_note(*, call: Call, note: str, revision: int, by: User) -> Call:
    """Keep the call's note. `revision` is the call's as it was shown; the same text once more changes nothing.

    Raises NotHeld, ValidationError for a text that is too long, NotedMeanwhile where another text holds.
    """
    locked, note = locked_for(call, by), note.strip()
    if len(note) > LONGEST:
        raise ValidationError(_("A note has at most %(most)s characters."), params={"most": LONGEST})
    if note == locked.note:
        return locked
    return _keep(locked, revision, by, note=note)


@transaction.atomic
def save_finding(*, call: Call, finding: str, note: str, revision: int, by: User) -> Call:
    """Keep what the check of a movement came to. Risk control hears of it when the call ends: what is chosen on the
    way there is nobody's report yet.

    Raises as `save_note`, and ValidationError for a call that is about no movement.
    """
    locked, note = locked_for(call, by), note.strip()
    if finding not in Finding.values:
        raise ValidationError({"finding": _("Choose what the check came to.")})
    if len(note) > LONGEST:
        raise ValidationError(_("A note has at most %(most)s characters."), params={"most": LONGEST})
    if not is_about_movement(locked):
        raise ValidationError(_("Only a call about an abnormal movement has a finding."))
    if (finding, note) != (locked.finding, locked.finding_note):
        locked = _keep(locked, revision, by, finding=finding, finding_note=note)
    return locked


def report_finding(*, call: Call, by: User, at: dt.datetime | None = None) -> None:
    """Report a finding that risk control must see, as the call ends. `by` holds the call."""
    if call.finding in TO_RISK_CONTROL:
        label = Finding(call.finding).label
        said = f"{label}: {' '.join(call.finding_note.split())}" if call.finding_note else str(label)
        raise_concern(kind=ConcernKind.MOVEMENT, call=call, said=said, by=by, at=at or timezone.now())


def is_about_movement(call: Call) -> bool:
    return call.kind == ReasonKind.MOVEMENT or CallReason.objects.filter(call=call, kind=ReasonKind.MOVEMENT).exists()


def _keep(call: Call, revision: int, by: User, **fields: str) -> Call:
    """Write what was typed, when it was typed on what is stored."""
    if revision != call.revision:
        raise NotedMeanwhile(call)
    for name, value in fields.items():
        setattr(call, name, value)
    call.revision += 1
    with acting(by=by):
        call.save(update_fields=[*fields, "revision"])
    return call
