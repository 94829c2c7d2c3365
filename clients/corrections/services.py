"""Corrections of what the core system owns: proposed, decided by a second person, sent, taken over."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from clients.corrections import policies, values
from clients.corrections.choices import CorrectedField, CorrectionState
from clients.corrections.models import Correction
from clients.profile.models import Client
from crm.access.guards import check
from crm.audit.services import acting
from crm.events.services import publish
from crm.messaging.services import tell
from crm.organisation.models import User

PROPOSED, DECIDED, TAKEN_OVER = "correction.proposed", "correction.decided", "corrections.taken_over"


@transaction.atomic
def propose_correction(
    *, client: Client, field: CorrectedField, value: str, reason: str, by: User, at: dt.datetime | None = None
) -> Correction:
    """Propose another value for one field of a client's file. Asked for twice by the same person it is made once.

    `value` is what was written; empty asks for the field to be cleared. The file itself changes when the core system
    says so. Raises ValidationError, in words, for a value that cannot be, one that is in the file already, and a
    field for which another correction is open; Client.DoesNotExist outside the scope; PermissionDenied.
    """
    check(by, policies.PROPOSE)
    at = at or timezone.now()
    # The lock keeps the feed from changing the very field meanwhile.
    locked = Client.objects.visible_to(by).select_for_update(of=("self",), no_key=True).get(pk=client.pk)
    clear = values.read_value(field, value, locked, today=timezone.localdate(at))
    kept = values.keep(field, clear, locked)
    if kept.digest == values.current_digest(field, locked):
        raise ValidationError({"value": _("That is what the core system has already.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Please say how you know.")})
    waiting = Correction.objects.open().filter(client=locked, field=field).first()
    if waiting is not None:
        return _the_same(waiting, kept, by)
    with acting(by=by, reason=reason.strip()):
        made = Correction.objects.create(
            client=locked,
            field=field,
            old_masked=values.current_masked(field, locked),
            new_sealed=kept.sealed,
            new_digest=kept.digest,
            new_masked=kept.masked,
            reason=reason.strip()[:300],
            proposed_by=by,
            proposed_at=at,
        )
    publish(PROPOSED, {"correction": made.pk}, at=at)
    return made


def _the_same(waiting: Correction, kept: values.Kept, by: User) -> Correction:
    """The open correction where it says the same and is `by`'s own: a double click. Raises ValidationError else."""
    digest = None if waiting.new_digest is None else bytes(waiting.new_digest)
    if waiting.proposed_by_id == by.pk and digest == kept.digest:
        return waiting
    raise ValidationError({"value": _("Another correction of this field is still open. One at a time.")})


@transaction.atomic
def decide_correction(
    *, correction: Correction, approve: bool, note: str = "", by: User, at: dt.datetime | None = None
) -> Correction:
    """Approve or reject what somebody else proposed. An approved one goes to the core system with the next file.

    Raises PermissionDenied for one's own, Correction.DoesNotExist outside the scope, ValidationError when it was
    decided meanwhile or a rejection does not say why.
    """
    check(by, policies.DECIDE)
    at = at or timezone.now()
    locked = _locked(correction, by)
    refusal = policies.why_not_decide(locked, by)
    if refusal and locked.proposed_by_id == by.pk:
        raise PermissionDenied(refusal)
    if refusal:
        raise ValidationError(refusal)
    if not approve and not note.strip():
        raise ValidationError({"note": _("Say why, so that the proposer knows what to change.")})
    locked.state = CorrectionState.APPROVED if approve else CorrectionState.REJECTED
    locked.decided_by, locked.decided_at, locked.decision_note = by, at, note.strip()[:300]
    with acting(by=by, reason=note.strip()):
        locked.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    publish(DECIDED, {"correction": locked.pk, "approved": approve}, at=at)
    _tell(locked, at)
    return locked


@transaction.atomic
def withdraw_correction(*, correction: Correction, by: User) -> Correction:
    """Take one's own correction back, as long as it was not sent. Taken back already, it stays so.

    Raises PermissionDenied for somebody else's, ValidationError when it is too late, Correction.DoesNotExist outside
    the scope.
    """
    check(by, policies.PROPOSE)
    locked = _locked(correction, by)
    if locked.proposed_by_id == by.pk and locked.state == CorrectionState.WITHDRAWN:
        return locked
    refusal = policies.why_not_withdraw(locked, by)
    if refusal and locked.proposed_by_id != by.pk:
        raise PermissionDenied(refusal)
    if refusal:
        raise ValidationError(refusal)
    locked.state = CorrectionState.WITHDRAWN
    with acting(by=by):
        locked.save(update_fields=["state"])
    return locked


def _tell(decided: Correction, at: dt.datetime) -> None:
    """The proposer learns, in his language, what became of his correction."""
    proposer, client_no = decided.proposed_by, decided.client.client_no
    with translation.override(proposer.language or settings.LANGUAGE_CODE):
        words = _("Your correction of client %(number)s was rejected: %(why)s")
        if decided.state == CorrectionState.APPROVED:
            words = _("Your correction of client %(number)s was approved.")
    text = words % {"number": client_no, "why": decided.decision_note}
    url = reverse("clients:correction", args=[decided.pk])
    tell(users=[proposer], key=f"correction-{decided.pk}", text=text, url=url, at=at)


def _locked(correction: Correction, by: User) -> Correction:
    visible = Correction.objects.visible_to(by)
    return visible.select_for_update(of=("self",)).select_related("client", "proposed_by").get(pk=correction.pk)
