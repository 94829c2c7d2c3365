"""Who may ask for an export, release it and take it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from crm.access.guards import refusal
from crm.access.scope import scope_of
from crm.exports.choices import ExportState
from crm.exports.models import Export
from crm.organisation.models import User

ASK = "crm.export_lists"
RELEASE = "crm.release_exports"


def why_not_decide(user: User, export: Export) -> str:
    """Why `user` may neither release nor refuse this export, in words; empty when he may."""
    if not user.has_perm(RELEASE):
        return refusal(RELEASE)
    if export.by_id == user.pk:
        return _("Nobody releases an export of his own.")
    if not scope_of(user).covers(scope_of(export.by)):
        return _("Whoever asked sees clients that you do not see. Somebody who sees them all decides.")
    return ""


def may_decide(user: User, export: Export) -> bool:
    return export.state == ExportState.WAITING and not why_not_decide(user, export)


def why_not_take(user: User, export: Export) -> str:
    """Why `user` may not download the file of this export, in words; empty when he may."""
    if export.by_id == user.pk:
        return "" if user.has_perm(ASK) else refusal(ASK)
    return why_not_decide(user, export)


def may_withdraw(user: User, export: Export) -> bool:
    """Whoever asked may take it back before it is there."""
    return export.by_id == user.pk and export.state in (ExportState.WAITING, ExportState.MAKING)
