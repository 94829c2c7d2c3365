"""Something done to many clients at once: asked for once, carried out once, kept with what came of it, undone.

Up to `MANY` clients it is done while one waits; above, by a job (`clients.desk.runners`, which reads the filter anew).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.care import services as care
from clients.care.choices import HandoverReason, HandoverRule
from clients.lists import services
from clients.lists.choices import BulkVerb, ListKind
from clients.lists.chosen import freeze, frozen_clients
from clients.lists.keeping import lock_person, make_list
from clients.lists.models import BulkAction, ClientList, Tag
from clients.lists.policies import NEEDED, REVERSE, why_never_undone
from clients.lists.selectors import left_as_done
from clients.lists.services import Outcome, Written
from clients.profile.models import Client
from crm.access.guards import check
from crm.audit.services import acting
from crm.events.services import publish
from crm.exports.queries import kept_query
from crm.jobs import services as jobs
from crm.organisation.models import Unit, User

JOB_KIND = "clients.bulk"
MANY = 200  # clients; more are left to a job
SEALED = ("q",)  # words looked for may be somebody's phone number


@dataclass(frozen=True)
class Wanted:
    """What is to be done. `tag` for TAG and UNTAG, `client_list` for ADD and REMOVE, or `new_list` (a name, shared with
    `unit`) for ADD; `params` for ASSIGN: successors (primary keys), rule, reason, note."""

    verb: BulkVerb
    tag: Tag | None = None
    client_list: ClientList | None = None
    new_list: str = ""
    unit: Unit | None = None
    params: dict[str, Any] | None = None


@transaction.atomic
def request_action(
    *,
    wanted: Wanted,
    clients: QuerySet[Client],
    query: str,
    picked: Sequence[int],
    expected: int,
    by: User,
    key: str,
    at: dt.datetime | None = None,
) -> BulkAction:
    """Do what is `wanted` to `clients`, of which `by` was told there are `expected`: at once, or by a job when many.

    `query` and `picked` are how a job finds `clients` again. The same `key` does it once, also at the same moment.
    Raises PermissionDenied without the permission, ValidationError in words for what cannot be done at all.
    """
    at = at or timezone.now()
    check(by, NEEDED[wanted.verb])
    lock_person(by)
    key = f"{by.pk}:{key.replace(chr(0), '')[:40]}"
    if (known := BulkAction.objects.filter(key=key).first()) is not None:
        return known
    onto = wanted.client_list
    if wanted.new_list:
        onto = make_list(name=wanted.new_list, kind=ListKind.FIXED, unit=wanted.unit, by=by, at=at)
    action = BulkAction.objects.create(
        key=key,
        verb=wanted.verb,
        tag=wanted.tag,
        client_list=onto,
        params=wanted.params or {},
        query=kept_query(query, SEALED),
        picked=list(picked),
        expected=expected,
        by=by,
        asked_at=at,
    )
    return _begin(action, clients, at)


@transaction.atomic
def carry_out(*, action: BulkAction, clients: QuerySet[Client], at: dt.datetime | None = None) -> BulkAction:
    """Do it now, in one transaction; done already, it stays as it is.

    Raises ValidationError and PermissionDenied where it cannot be done any more.
    """
    at = at or timezone.now()
    related = BulkAction.objects.select_related("tag", "client_list", "by", "undoes")
    action = related.select_for_update(of=("self",)).get(pk=action.pk)
    if action.ended_at is not None:
        return action
    with acting(by=action.by, reason=_reason(action), bulk=action.pk):
        outcome = _do(action, clients, at)
    action.matched, action.done, action.unchanged = outcome.matched, outcome.done, outcome.unchanged
    action.refused, action.changed, action.ended_at = outcome.refused, list(outcome.changed), at
    action.save(update_fields=["matched", "done", "unchanged", "refused", "changed", "ended_at"])
    publish("clients.bulk_done", {"action": action.pk, "verb": action.verb, "done": action.done}, at=at)
    return action


@transaction.atomic
def undo_action(*, action: BulkAction, by: User, at: dt.datetime | None = None) -> BulkAction:
    """Take back exactly the rows that `action` changed, by an action of its own in reverse; asked twice, it is one.

    Raises ValidationError in words when it is not `by`'s to undo, or when somebody changed some of the rows since.
    """
    at = at or timezone.now()
    action = BulkAction.objects.select_for_update(of=("self",)).get(pk=action.pk)
    if why := why_never_undone(by, action):
        raise ValidationError(why)
    if (known := BulkAction.objects.filter(undoes=action).first()) is not None:
        return known
    if not left_as_done(action):
        raise ValidationError(_("Some of these clients were changed since; it can no longer be undone as a whole."))
    verb = REVERSE[BulkVerb(action.verb)]
    check(by, NEEDED[verb])
    undoing = BulkAction.objects.create(
        key=f"undo-{action.pk}",
        verb=verb,
        tag_id=action.tag_id,
        client_list_id=action.client_list_id,
        expected=action.done,
        by=by,
        asked_at=at,
        undoes=action,
    )
    return _begin(undoing, changed_by(action), at)


def changed_by(action: BulkAction) -> QuerySet[Client]:
    """The clients whose rows an action changed."""
    changed = RawSQL("SELECT unnest(changed) FROM clients_bulkaction WHERE id = %s", (action.pk,))
    return Client.objects.filter(pk__in=changed)


def _begin(action: BulkAction, clients: QuerySet[Client], at: dt.datetime) -> BulkAction:
    if action.expected <= MANY:
        return carry_out(action=action, clients=clients, at=at)
    action.job = jobs.request(JOB_KIND, str(action.pk), by=action.by, at=at)
    action.save(update_fields=["job"])
    return action


def _do(action: BulkAction, clients: QuerySet[Client], at: dt.datetime) -> Outcome:
    """The verb of the action, with what it is about."""
    verb, by = BulkVerb(action.verb), action.by
    undone = action.undoes
    written = Written(undone.by_id, undone.ended_at) if undone is not None and undone.ended_at else None
    if verb is BulkVerb.ASSIGN:
        return _assign(action, clients, at)
    if action.tag is not None and verb is BulkVerb.TAG:
        return services.put_tag(tag=action.tag, clients=clients, by=by, at=at)
    if action.tag is not None and verb is BulkVerb.UNTAG:
        return services.take_tag(tag=action.tag, clients=clients, by=by, written=written, at=at)
    if action.client_list is not None and verb is BulkVerb.ADD:
        return services.add_members(client_list=action.client_list, clients=clients, by=by, at=at)
    if action.client_list is not None and verb is BulkVerb.REMOVE:
        return services.remove_members(client_list=action.client_list, clients=clients, by=by, written=written, at=at)
    raise ValidationError(_("Please say which tag or list is meant."))


def _assign(action: BulkAction, clients: QuerySet[Client], at: dt.datetime) -> Outcome:
    """Give the clients to the chosen managers, by way of `clients.care`; taking it back is that room's business."""
    frozen = freeze(clients, action.by)
    given = action.params
    people = User.objects.in_bulk(given["successors"])
    assigned = care.assign_managers(
        clients=frozen_clients(),
        successors=[people[pk] for pk in given["successors"] if pk in people],
        rule=HandoverRule(given["rule"]),
        reason=HandoverReason(given["reason"]),
        note=given.get("note", ""),
        by=action.by,
        key=handover_key(action),
        at=at,
    )
    refused = dict(assigned.refused)
    unchanged = refused.pop(care.HIS_ALREADY, 0)
    return Outcome(frozen.matched, done=assigned.handover.clients, unchanged=unchanged, refused=refused)


def handover_key(action: BulkAction) -> str:
    """Under which key the hand-over of an assignment is kept."""
    return f"bulk-{action.pk}"


def _reason(action: BulkAction) -> str:
    return f"{BulkVerb(action.verb).label}: {action.tag or action.client_list or ''}".rstrip(": ")
