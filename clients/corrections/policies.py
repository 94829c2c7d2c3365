"""Who may do what with a correction, in words. Scope is the queryset's business."""

from __future__ import annotations

from django.utils.translation import gettext as _

from clients.corrections.choices import CorrectionState
from clients.corrections.models import Correction
from crm.organisation.models import User

PROPOSE = "clients.propose_correction"
DECIDE = "clients.decide_correction"
SEND = "clients.send_corrections"


def why_not_decide(correction: Correction, user: User) -> str:
    """Why `user`, who may decide corrections, may not decide this one; empty when he may."""
    if correction.state != CorrectionState.PROPOSED:
        return _("This correction is no longer waiting: %(state)s.") % {"state": correction.get_state_display()}
    if correction.proposed_by_id == user.pk:
        return _("You proposed this correction yourself; somebody else decides.")
    return ""


def why_not_withdraw(correction: Correction, user: User) -> str:
    """Why `user` may not take this correction back; empty when he may. What was sent cannot be taken back."""
    if correction.proposed_by_id != user.pk:
        return _("Only whoever proposed a correction takes it back.")
    if correction.state not in (CorrectionState.PROPOSED, CorrectionState.APPROVED):
        return _("This correction can no longer be taken back: %(state)s.") % {"state": correction.get_state_display()}
    return ""
