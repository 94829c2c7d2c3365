"""Drafts of forms: kept while somebody types, taken up when he opens the form again, discarded once it is saved.

A draft is no business data: it leaves neither history nor events. Of several open pages of one form one writes the
draft; another would overwrite a text that it does not show, and is told so instead.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from crm.drafts.models import Draft
from crm.drafts.querysets import KEPT_FOR
from crm.drafts.registry import check_reach
from crm.personal.seal import seal, unseal

if TYPE_CHECKING:
    from crm.organisation.models import User

log = structlog.get_logger(__name__)

MOST_CHARACTERS = 20_000  # of one form: names and values together
Fields = Sequence[tuple[str, str]]  # as a form sends them; names may repeat


class DraftElsewhere(Exception):
    """Another page of the same form holds the draft by now, or has ended it. The message is for people."""


@dataclass(frozen=True)
class Kept:
    """A draft that is taken up: what stood in the form, when, and the page that wrote it."""

    fields: MultiValueDict[str, str]
    kept_at: dt.datetime
    window: uuid.UUID


@transaction.atomic
def keep_draft(
    *,
    by: User,
    kind: str,
    key: str,
    fields: Fields,
    window: uuid.UUID,
    seen: uuid.UUID | None = None,
    at: dt.datetime | None = None,
) -> Draft:
    """Keep what stands in a form of `kind` about the object `key`; of each there is one, and the newest counts.

    `window` names the open page, `seen` the page whose draft it shows or went on from (None: it began empty).
    Raises OutOfReach, PermissionDenied, ValidationError for a text that is too long, DraftElsewhere where the draft
    there is was written by a page that this one has not seen, or was saved or discarded meanwhile.
    """
    check_reach(by, kind, key)
    at = at or timezone.now()
    if sum(len(name) + len(value) for name, value in fields) > MOST_CHARACTERS:
        raise ValidationError(_too_long())
    own = Draft.objects.visible_to(by).filter(kind=kind, object_key=key)
    own.over(at).delete()
    kept = own.select_for_update(of=("self",)).first()
    if kept is None and seen is not None:
        raise DraftElsewhere(_("This form was saved or its draft discarded elsewhere. What you type here is not kept."))
    new = {"sealed": seal(json.dumps(list(fields)), purpose=_purpose(by, kind, key)), "window": window, "kept_at": at}
    if kept is None:
        kept, created = own.get_or_create(user=by, kind=kind, object_key=key, defaults=new)
        if created:
            return kept
    if kept.window not in (window, seen):
        raise DraftElsewhere(
            _("This form is open elsewhere too, and the draft there is kept. Save here before you leave.")
        )
    for name, value in new.items():
        setattr(kept, name, value)
    kept.save(update_fields=list(new))
    return kept


def take_up(*, by: User, kind: str, key: str, at: dt.datetime | None = None) -> Kept | None:
    """One's own draft of a form, opened; None without one. One that no key opens any more is discarded.

    Raises OutOfReach and PermissionDenied as `keep_draft`.
    """
    check_reach(by, kind, key)
    at = at or timezone.now()
    kept = Draft.objects.visible_to(by).filter(kind=kind, object_key=key, kept_at__gte=at - KEPT_FOR).first()
    if kept is None:
        return None
    try:
        fields = json.loads(unseal(kept.sealed, purpose=_purpose(by, kind, key)))
    except (InvalidTag, OSError):
        log.warning("draft_does_not_open", kind=kind)
        discard_draft(by=by, kind=kind, key=key)
        return None
    found: MultiValueDict[str, str] = MultiValueDict()
    for name, value in fields:
        found.appendlist(name, value)
    return Kept(found, kept.kept_at, kept.window)


def discard_draft(*, by: User, kind: str, key: str) -> bool:
    """The form is saved, or its draft not wanted. Whether there was one. Only one's own can be discarded."""
    removed, _rows = Draft.objects.visible_to(by).filter(kind=kind, object_key=key).delete()
    return removed > 0


def sweep(*, at: dt.datetime | None = None) -> int:
    """Remove the drafts of more than a week before `at`, whoever wrote them. Returns how many went."""
    removed, _rows = Draft.objects.over(at or timezone.now()).delete()
    if removed:
        log.info("drafts_swept", drafts=removed)
    return removed


def _too_long() -> str:
    words = _("This is too long to be kept as a draft (at most %(most)s characters). Shorten it, or save it in parts.")
    return words % {"most": f"{MOST_CHARACTERS:,}"}


def _purpose(by: User, kind: str, key: str) -> str:
    """A draft opens for its author, form and object alone."""
    return f"draft:{by.pk}:{kind}:{key}"
