"""Reads of tags, lists and bulk actions, for pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from clients.lists.choices import BulkVerb, ListKind
from clients.lists.models import BulkAction, ClientList, ClientListMember, ClientTag, Tag
from clients.profile.choices import ClientStatus
from clients.profile.models import Client
from clients.profile.policies import EDIT
from crm.organisation.models import User

# How many of the rows that an action changed stand as it left them.
STILL_TAGGED = """
    SELECT count(*) FROM clients_clienttag AS put
    WHERE put.tag_id = %(of)s AND put.by_id = %(by)s AND put.at = %(at)s
      AND put.client_id IN (SELECT unnest(changed) FROM clients_bulkaction WHERE id = %(action)s)"""
STILL_UNTAGGED = """
    SELECT cardinality(changed) - (SELECT count(*) FROM clients_clienttag AS put
                                   WHERE put.tag_id = %(of)s AND put.client_id IN (SELECT unnest(action.changed)))
    FROM clients_bulkaction AS action WHERE id = %(action)s"""
STILL_LISTED = """
    SELECT count(*) FROM clients_clientlistmember AS put
    WHERE put.list_id = %(of)s AND put.by_id = %(by)s AND put.at = %(at)s
      AND put.client_id IN (SELECT unnest(changed) FROM clients_bulkaction WHERE id = %(action)s)"""
STILL = {BulkVerb.TAG: STILL_TAGGED, BulkVerb.UNTAG: STILL_UNTAGGED, BulkVerb.ADD: STILL_LISTED}


@dataclass(frozen=True)
class Outside:
    """Of the `total` clients on a fixed list, `number` are outside the reader's scope."""

    number: int
    total: int


@dataclass(frozen=True)
class Tagging:
    """The tags of one client, and those that whoever looks may put on him."""

    tags: Sequence[Tag]
    choices: Sequence[Tag]
    may_tag: bool


def tagging_of(client: Client, user: User) -> Tagging:
    """What the head of a client's page shows of tags: one query."""
    his = Exists(ClientTag.objects.filter(client=client, tag=OuterRef("pk")))
    found = list(Tag.objects.annotate(is_his=his).filter(Q(is_his=True) | Q(is_active=True)).order_by("name"))
    tags = [tag for tag in found if tag.is_his]
    may_tag = user.has_perm(EDIT)
    choices = [tag for tag in found if not tag.is_his] if may_tag and client.status != ClientStatus.CLOSED else []
    return Tagging(tags, choices, may_tag)


def left_as_done(action: BulkAction) -> bool:
    """Whether every row that a TAG, UNTAG or ADD changed still stands as it was left: one query."""
    values = {
        "of": action.tag_id or action.client_list_id,
        "by": action.by_id,
        "at": action.ended_at,
        "action": action.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(STILL[BulkVerb(action.verb)], values)
        (number,) = cursor.fetchone()
    return int(number) == action.done


def outside(kept: ClientList, user: User) -> Outside:
    """How many of a fixed list's clients `user` does not see: two counts."""
    total = kept.members.count()
    return Outside(total - Client.objects.visible_to(user).filter(pk__in=members_of(kept)).count(), total)


def members_of(kept: ClientList) -> QuerySet[ClientListMember, int]:
    """The primary keys of the clients on a fixed list, as a subquery."""
    return ClientListMember.objects.filter(list=kept).values_list("client_id", flat=True)


def tags_on(client_ids: Sequence[int]) -> dict[int, list[str]]:
    """The tags of these clients by name: one query."""
    found: dict[int, list[str]] = {}
    rows = ClientTag.objects.filter(client_id__in=client_ids).order_by("tag__name")
    for client_id, name in rows.values_list("client_id", "tag__name"):
        found.setdefault(client_id, []).append(name)
    return found


def vocabulary() -> QuerySet[Tag]:
    """Every tag with the number of clients in the firm that have it, those in use first."""
    return Tag.objects.annotate(clients=Count("client_tags")).order_by("-is_active", "name")


def lists_of(user: User) -> QuerySet[ClientList]:
    """One's own lists and those shared with one, by name, with how many clients a fixed one holds."""
    members = Count("members", filter=Q(kind=ListKind.FIXED))
    visible = ClientList.objects.visible_to(user).select_related("owner", "unit")
    return visible.annotate(clients=members).order_by("is_archived", "name", "pk")
