"""Who may do what with tags, lists and many clients at once; refusals in words."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from clients.care import services as care
from clients.care.policies import HAND_OVER
from clients.lists.choices import BulkVerb
from clients.lists.models import BulkAction, ClientList
from clients.profile.policies import EDIT
from crm.organisation.models import User

SEE = "clients.view_client"
MANAGE_TAGS = "clients.manage_tags"
# What each verb asks for; whose clients, the scope decides.
NEEDED = {
    BulkVerb.TAG: EDIT,
    BulkVerb.UNTAG: EDIT,
    BulkVerb.ADD: SEE,
    BulkVerb.REMOVE: SEE,
    BulkVerb.ASSIGN: HAND_OVER,
}
REVERSE = {
    BulkVerb.TAG: BulkVerb.UNTAG,
    BulkVerb.UNTAG: BulkVerb.TAG,
    BulkVerb.ADD: BulkVerb.REMOVE,
}
# Why a client was left out: the codes in `Outcome.refused`, beside those of `clients.care`.
CLOSED = care.CLOSED


def refusal_words(code: str) -> str:
    """A code of `Outcome.refused` in words."""
    return care.refusal_words(code)


def check_owner(by: User, kept: ClientList) -> None:
    """Raises PermissionDenied unless the list is `by`'s own."""
    if kept.owner_id != by.pk:
        raise PermissionDenied(_("Only whoever made a list may change it. Put its clients on a list of your own."))


def why_never_undone(user: User, action: BulkAction) -> str:
    """Why this action is none that `user` can undo, whatever became of its rows; empty when it may be one."""
    if action.by_id != user.pk:
        return _("Only whoever did it can undo it.")
    if action.ended_at is None:
        return _("It is not done yet.")
    if action.verb not in REVERSE or action.undoes_id is not None or not action.done:
        return _("There is nothing to undo.")
    return ""
