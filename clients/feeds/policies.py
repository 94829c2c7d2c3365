"""Who may load which feed (`feeds.md`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from clients.feeds import declared  # noqa: F401  (registers the feeds)
from clients.feeds.spec import Feed, all_feeds
from crm.access.roles import ROLES
from crm.access.scope import appointments_of
from crm.organisation.choices import UnitKind

if TYPE_CHECKING:
    from crm.organisation.models import User

EVERYTHING = "clients.feed_everything"
OWN_BRANCH = "clients.feed_own_branch"


def feeds_of(user: User) -> list[str]:
    """The names of the feeds that `user` may load, in the order in which a firm loads them."""
    confined = branches_for(user)
    return [feed.name for feed in all_feeds() if confined is None or (confined and feed.within)]


def branches_for(user: User | None) -> list[int] | None:
    """The branches to whose clients `user` is confined when loading; none at all where he may not load anything.

    None where he is not confined: the operations centre, and the system itself (`user` None).
    """
    if user is None or user.has_perm(EVERYTHING):
        return None
    if not user.has_perm(OWN_BRANCH):
        return []
    return sorted(
        appointment.unit_id
        for appointment in appointments_of(user)
        if appointment.unit.kind == UnitKind.BRANCH
        and appointment.role in ROLES
        and OWN_BRANCH in ROLES[appointment.role].permissions
    )


def check_may_load(user: User | None, feed: Feed) -> None:
    """Raises PermissionDenied with the reason."""
    if user is None or feed.name in feeds_of(user):
        return
    if branches_for(user):
        raise PermissionDenied(
            _("You load corrections of clients and service records of your branch; this feed is for others.")
        )
    raise PermissionDenied(_("Loading feeds is for the operations centre; none of your roles includes it."))
