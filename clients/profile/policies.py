"""Who sees a client's personal data how (`people.md`). Scope is the queryset's business."""

from __future__ import annotations

from clients.profile.choices import ClientKind
from crm.access.scope import scope_of
from crm.organisation.models import User
from crm.personal.masks import mask_name

OWN_IN_CLEAR = "clients.see_own_in_clear"
REVEAL = "clients.reveal_personal"
EDIT = "clients.edit_profile"


def own_manager_ids(user: User) -> frozenset[int]:
    """The managers whose clients `user` sees in clear: himself and whom he stands in for, if he may at all."""
    return scope_of(user).manager_ids if user.has_perm(OWN_IN_CLEAR) else frozenset()


def shown_name(name: str, kind: str, *, clear: bool) -> str:
    """A client's name as it is shown: in clear for own clients, else `李**`."""
    return name if clear else mask_name(name, institution=kind == ClientKind.INSTITUTION)
