"""Tags on clients and clients on lists: one way for each verb, for one client as for a hundred thousand.

`clients` is any queryset; what `by` does not see is left out of it. Each verb is one set-based statement whose history
is written by the triggers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.lists.choices import ListKind
from clients.lists.chosen import Frozen, freeze
from clients.lists.models import ClientList, Tag
from clients.lists.policies import CLOSED, SEE, check_owner
from clients.profile.models import Client
from clients.profile.policies import EDIT
from crm.access.guards import check
from crm.audit.services import acting
from crm.organisation.models import User

PUT_TAG = """
    INSERT INTO clients_clienttag (client_id, tag_id, by_id, at)
    SELECT client_id, %(of)s, %(by)s, %(at)s FROM lists_chosen WHERE status <> 'closed' ORDER BY client_id
    ON CONFLICT (client_id, tag_id) DO NOTHING
    RETURNING client_id"""
TAKE_TAG = """
    DELETE FROM clients_clienttag AS put USING lists_chosen AS chosen
    WHERE put.client_id = chosen.client_id AND put.tag_id = %(of)s AND {only}
    RETURNING put.client_id"""
ADD_MEMBERS = """
    INSERT INTO clients_clientlistmember (client_id, list_id, by_id, at)
    SELECT client_id, %(of)s, %(by)s, %(at)s FROM lists_chosen ORDER BY client_id
    ON CONFLICT (list_id, client_id) DO NOTHING
    RETURNING client_id"""
REMOVE_MEMBERS = """
    DELETE FROM clients_clientlistmember AS put USING lists_chosen AS chosen
    WHERE put.client_id = chosen.client_id AND put.list_id = %(of)s AND {only}
    RETURNING put.client_id"""
WRITTEN_THEN = "put.by_id = %(then_by)s AND put.at = %(then_at)s"


@dataclass(frozen=True)
class Written:
    """Who wrote the rows that are meant, and at which instant: those of one earlier action and no others."""

    by: int
    at: dt.datetime


@dataclass(frozen=True)
class Outcome:
    """What came of it: how many clients there were, whose rows changed, how many were as wanted already, and how many
    were left out, by reason."""

    matched: int
    changed: Sequence[int] = ()
    done: int = 0
    unchanged: int = 0
    refused: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def put_tag(*, tag: Tag, clients: QuerySet[Client], by: User, at: dt.datetime | None = None) -> Outcome:
    """Put `tag` on the clients; closed accounts are left out.

    Raises PermissionDenied without the permission, ValidationError for a tag that is no longer used.
    """
    check(by, EDIT)
    if not Tag.objects.select_for_update(of=("self",), no_key=True).filter(pk=tag.pk, is_active=True).exists():
        raise ValidationError(_("The tag “%(name)s” is no longer used.") % {"name": tag.name})
    frozen = freeze(clients, by)
    with acting(by=by, tag=tag.pk):
        changed = _write(PUT_TAG, of=tag.pk, by=by, at=at)
    return _outcome(frozen, changed, closed=frozen.closed)


@transaction.atomic
def take_tag(
    *, tag: Tag, clients: QuerySet[Client], by: User, written: Written | None = None, at: dt.datetime | None = None
) -> Outcome:
    """Take `tag` off the clients; with `written` only where it was put on then. Raises PermissionDenied."""
    check(by, EDIT)
    frozen = freeze(clients, by)
    with acting(by=by, tag=tag.pk):
        return _outcome(frozen, _write(TAKE_TAG, of=tag.pk, by=by, at=at, written=written))


@transaction.atomic
def add_members(
    *, client_list: ClientList, clients: QuerySet[Client], by: User, at: dt.datetime | None = None
) -> Outcome:
    """Put the clients on a fixed list of `by`'s own.

    Raises PermissionDenied for another's list, ValidationError for one by rule or one that was put away.
    """
    kept = locked_list(by, client_list)
    if kept.kind != ListKind.FIXED:
        raise ValidationError(_("A list by rule holds whoever matches; clients cannot be put on it by hand."))
    if kept.is_archived:
        raise ValidationError(_("The list “%(name)s” was put away.") % {"name": kept.name})
    frozen = freeze(clients, by)
    with acting(by=by, client_list=kept.pk):
        return _outcome(frozen, _write(ADD_MEMBERS, of=kept.pk, by=by, at=at))


@transaction.atomic
def remove_members(
    *,
    client_list: ClientList,
    clients: QuerySet[Client],
    by: User,
    written: Written | None = None,
    at: dt.datetime | None = None,
) -> Outcome:
    """Take the clients off a fixed list of `by`'s own; with `written` only those put on it then.

    Raises PermissionDenied for another's list.
    """
    kept = locked_list(by, client_list)
    frozen = freeze(clients, by)
    with acting(by=by, client_list=kept.pk):
        return _outcome(frozen, _write(REMOVE_MEMBERS, of=kept.pk, by=by, at=at, written=written))


def locked_list(by: User, client_list: ClientList) -> ClientList:
    """The list of `by`'s own, as it stands now, one writer at a time. Raises PermissionDenied for another's."""
    check(by, SEE)
    kept = ClientList.objects.select_for_update(of=("self",), no_key=True).get(pk=client_list.pk)
    check_owner(by, kept)
    return kept


def _write(statement: str, *, of: int, by: User, at: dt.datetime | None, written: Written | None = None) -> list[int]:
    """Run the statement of a verb over the chosen clients. Returns those whose rows changed."""
    values: dict[str, Any] = {"of": of, "by": by.pk, "at": at or timezone.now()}
    if written is not None:
        values |= {"then_by": written.by, "then_at": written.at}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(only=WRITTEN_THEN if written else "TRUE"), values)
        return [client_id for (client_id,) in cursor.fetchall()]


def _outcome(frozen: Frozen, changed: list[int], *, closed: int = 0) -> Outcome:
    return Outcome(
        matched=frozen.matched,
        changed=changed,
        done=len(changed),
        unchanged=frozen.matched - closed - len(changed),
        refused={CLOSED: closed} if closed else {},
    )
