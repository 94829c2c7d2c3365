"""Recordings as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from callbacks.calls.confidence import kept_from
from callbacks.calls.models import Attempt, Call
from callbacks.recordings import policies, services
from callbacks.recordings.models import Mark, Recording
from crm.organisation.models import User

if TYPE_CHECKING:
    from callbacks.enquiries.models import Enquiry

WIDE, HIGH = 400, 64  # of the picture, in its own units


@dataclass(frozen=True)
class Place:
    """A mark with its time and where in the picture it stands."""

    mark: Mark
    time: str
    x: int
    mine: bool


@dataclass(frozen=True)
class Shown:
    """One recording for one person."""

    recording: Recording
    may_play: bool
    may_write: bool  # set marks, keep the picture
    length: str
    picture: str  # the path of an SVG; empty until somebody played it
    marks: Sequence[Place] = ()

    @property
    def who(self) -> str:
        """Who added it; whoever it was in the case of the telephone system, that."""
        return self.recording.by.name if self.recording.by else self.recording.get_source_display()


def of_call(call: Call, user: User) -> list[Shown]:
    """The recordings of a call that `user` sees, in the order in which they came. Three queries at most."""
    found = list(_with_names(Recording.objects.filter(call=call)).order_by("at", "pk"))
    own = (found != [] and not kept_from(call, user)) and (
        user.has_perm(policies.PLAY)
        or call.claimed_by_id == user.pk
        or Attempt.objects.filter(call=call, by=user).exists()
    )
    return [_shown(one, user, may_play=own or one.by_id == user.pk) for one in found]


def of_enquiry(enquiry: Enquiry, user: User) -> list[Shown]:
    """As `of_call`, for an enquiry."""
    found = _with_names(Recording.objects.filter(enquiry=enquiry)).order_by("at", "pk")
    return [_shown(one, user, may_play=policies.may_play(user, one)) for one in found]


def unmatched(user: User, *, most: int) -> list[Shown]:
    """The newest `most` recordings that belong to nothing yet and that `user` may see."""
    found = _with_names(Recording.objects.visible_to(user).unmatched())[:most]
    return [_shown(one, user, may_play=policies.may_play(user, one)) for one in found]


def shown(recording: Recording, user: User) -> Shown:
    """One recording with its marks."""
    marks = list(recording.marks.select_related("by").order_by("position_ms", "pk"))
    places = [
        Place(one, clock(one.position_ms), one.position_ms * WIDE // (recording.duration_ms or 1), one.by_id == user.pk)
        for one in marks
    ]
    return _shown(recording, user, may_play=policies.may_play(user, recording), marks=places)


def _with_names(found: QuerySet[Recording]) -> QuerySet[Recording]:
    return found.select_related("file", "by", "enquiry")


def _shown(recording: Recording, user: User, *, may_play: bool, marks: Sequence[Place] = ()) -> Shown:
    may_write = may_play and services.may_write(user)
    return Shown(recording, may_play, may_write, clock(recording.duration_ms), picture(recording.peaks or []), marks)


def clock(milliseconds: int) -> str:
    """`3:07`, and `1:02:03` from an hour on."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def picture(peaks: Sequence[int]) -> str:
    """The loudness as the path of an SVG: one upright line each, the loudest as high as the picture."""
    top = max(peaks, default=0) or 1
    step, middle = WIDE / (len(peaks) or 1), HIGH / 2
    bars = (max(middle * peak / top - 1, 0.5) for peak in peaks)
    return "".join(f"M{(n + 0.5) * step:.1f} {middle - bar:.1f}V{middle + bar:.1f}" for n, bar in enumerate(bars))


def subject_link(recording: Recording) -> tuple[str, str]:
    """Of what a recording is, in words, and where that stands."""
    if recording.call_id is not None:
        url = reverse("callbacks:call", args=[recording.call_id])
        return _("Call %(number)s") % {"number": recording.call_id}, url
    if recording.enquiry is not None:
        url = reverse("callbacks:enquiry", args=[recording.enquiry.enquiry_no])
        return _("Enquiry %(number)s") % {"number": recording.enquiry.enquiry_no}, url
    return pgettext("of a recording", "not known yet"), ""


def card_of(shown_ones: Sequence[Shown], *, url: str, name: str, pk: int, may_add: bool) -> dict[str, Any]:
    """What `callbacks/recordings/card.html` takes, for a call or an enquiry (`name`)."""
    return {"recordings": shown_ones, "card_url": url, "of_name": name, "of_pk": pk, "may_add": may_add}
