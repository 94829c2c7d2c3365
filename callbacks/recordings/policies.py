"""Who may do what with a recording. Whether somebody sees it at all is `RecordingQuerySet.visible_to`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from callbacks.calls.confidence import kept_from
from callbacks.recordings.models import Recording
from crm.access.guards import refusal
from crm.organisation.models import User

if TYPE_CHECKING:
    from callbacks.calls.models import Call
    from callbacks.enquiries.models import Enquiry

PLAY = "callbacks.play_recordings"
MATCH = "callbacks.assign_calls"
# Whoever works with calls, or supervises them, may add recordings to those he sees.
ADD_TO_CALL = ("callbacks.work_calls", "callbacks.courtesy_calls", "callbacks.assign_calls")
ADD_TO_ENQUIRY = ("callbacks.take_enquiries", "callbacks.assign_calls")


def may_play(user: User, recording: Recording) -> bool:
    """Whoever holds the permission, and whose own voice it is: who added it, who called, who answered the enquiry."""
    if recording.by_id == user.pk:
        return True
    if recording.call is not None and kept_from(recording.call, user):
        return False
    if user.has_perm(PLAY):
        return True
    if recording.call is not None:
        return recording.call.claimed_by_id == user.pk or recording.call.attempts.filter(by=user).exists()
    return recording.enquiry is not None and user.pk in (recording.enquiry.owner_id, recording.enquiry.taken_by_id)


def check_play(user: User, recording: Recording) -> None:
    """Raises PermissionDenied, in words."""
    if not may_play(user, recording):
        raise PermissionDenied(refusal(PLAY))


def may_add(user: User, *, to_enquiry: bool = False) -> bool:
    return any(user.has_perm(name) for name in (ADD_TO_ENQUIRY if to_enquiry else ADD_TO_CALL))


def check_add(user: User, *, call: Call | None, enquiry: Enquiry | None) -> None:
    """Whether somebody may add recordings to a call or an enquiry that he sees. Raises PermissionDenied, in words."""
    thing = call or enquiry
    if thing is None or not may_add(user, to_enquiry=call is None):
        raise PermissionDenied(refusal(ADD_TO_CALL[0] if enquiry is None else ADD_TO_ENQUIRY[0]))
    if not type(thing).objects.visible_to(user).filter(pk=thing.pk).exists():
        raise PermissionDenied(refusal(MATCH))
