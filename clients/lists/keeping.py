"""Client lists themselves: made, renamed, shared, put away. Who is on them: `clients.lists.services`."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.lists.choices import ListKind
from clients.lists.models import ClientList
from clients.lists.policies import SEE
from clients.lists.services import locked_list
from crm.access.guards import check
from crm.audit.services import acting
from crm.organisation.models import Unit, User
from crm.web.services import SHARE, units_to_share_with

MOST_LISTS = 100  # of one person
QUERY_MAX = 4_000


@transaction.atomic
def make_list(
    *,
    name: str,
    kind: ListKind,
    by: User,
    query: str = "",
    unit: Unit | None = None,
    at: dt.datetime | None = None,
) -> ClientList:
    """A list of `by`'s own: empty and fixed, or by the rule `query`, which holds filters and no words looked for.

    `unit`: who holds a role there sees it too. Raises ValidationError with words for a name that is empty, too long or
    taken, for too many lists, and for a rule without a filter; PermissionDenied where `by` may not share.
    """
    check(by, SEE)
    lock_person(by)
    name = _checked_name(by, name)
    _check_sharing(by, unit)
    if ClientList.objects.filter(owner=by).in_use().count() >= MOST_LISTS:
        raise ValidationError(_("You have %(most)s lists. Put one away first.") % {"most": MOST_LISTS})
    if kind == ListKind.RULE and not query:
        raise ValidationError(_("A list by rule needs a filter; without one it would hold everybody."))
    if len(query) > QUERY_MAX or "\0" in query:
        raise ValidationError(_("These are too many filters for a list by rule."))
    with acting(by=by):
        return ClientList.objects.create(
            name=name,
            kind=kind,
            query=query if kind == ListKind.RULE else "",
            owner=by,
            unit=unit,
            created_at=at or timezone.now(),
        )


@transaction.atomic
def describe_list(*, client_list: ClientList, name: str, unit: Unit | None, by: User) -> ClientList:
    """Rename a list, share it with a unit or with nobody. Raises as `make_list`, PermissionDenied for another's."""
    kept = locked_list(by, client_list)
    lock_person(by)
    if (unit and unit.pk) != kept.unit_id:
        _check_sharing(by, unit)
    kept.name, kept.unit = _checked_name(by, name, kept), unit
    with acting(by=by):
        kept.save(update_fields=["name", "unit"])
    return kept


@transaction.atomic
def archive_list(*, client_list: ClientList, is_archived: bool, by: User) -> ClientList:
    """Put a list away, or take it out again. Raises PermissionDenied for another's."""
    kept = locked_list(by, client_list)
    kept.is_archived = is_archived
    with acting(by=by):
        kept.save(update_fields=["is_archived"])
    return kept


def lock_person(by: User) -> None:
    """One writer at a time among what a person keeps: his row is the lock, to the end of the transaction."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)


def _check_sharing(by: User, unit: Unit | None) -> None:
    if unit is None:
        return
    check(by, SHARE)
    if unit.pk not in {one.pk for one in units_to_share_with(by)}:
        raise PermissionDenied(_("A list is shared with a unit in which you hold a role."))


def _checked_name(by: User, name: str, kept: ClientList | None = None) -> str:
    name = " ".join(name.replace("\0", "").split())
    longest = ClientList._meta.get_field("name").max_length or 0
    if not name:
        raise ValidationError(_("A list needs a name."))
    if len(name) > longest:
        raise ValidationError(_("The name of a list has at most %(most)s characters.") % {"most": longest})
    others = ClientList.objects.filter(owner=by, name=name)
    if (others.exclude(pk=kept.pk) if kept else others).exists():
        raise ValidationError(_("You already have a list called “%(name)s”.") % {"name": name})
    return name
