"""Clients change hands: of everything one manager holds, or of chosen clients; and back again on the same day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.care import moving, policies, promises
from clients.care.choices import HandoverReason, HandoverRule
from clients.care.locks import keep_imports_out
from clients.care.models import Handover, ManagerAssignment
from clients.care.policies import HAND_OVER, IN_CARE, Post
from clients.care.sharing import compiled, share_out
from clients.profile.models import Client
from crm.access.guards import check
from crm.access.scope import scope_of
from crm.audit.services import acting
from crm.jobs import services as jobs
from crm.organisation.models import User

JOB_KIND = "clients.handover"
# Why a client was not moved: the codes in `Assigned.refused`.
OUT_OF_SCOPE, CLOSED, NO_SUCCESSOR, HIS_ALREADY = "scope", "closed", "successor", "same"


@dataclass(frozen=True)
class Assigned:
    """What came of it: the hand-over (with how many clients and promises), and how many were left out, by reason."""

    handover: Handover
    refused: dict[str, int] = field(default_factory=dict)


def refusal_words(code: str) -> str:
    """A code of `Assigned.refused` in words."""
    return {
        OUT_OF_SCOPE: _("not of your branches"),
        CLOSED: _("account closed"),
        NO_SUCCESSOR: _("nobody of the client's branch takes over"),
        HIS_ALREADY: _("has this manager already"),
    }[code]


@transaction.atomic
def request_handover(
    *,
    from_manager: User,
    successors: Sequence[User],
    rule: HandoverRule,
    reason: HandoverReason,
    note: str = "",
    by: User,
    key: str,
    at: dt.datetime | None = None,
) -> Handover:
    """Ask for the hand-over of all that `from_manager` holds; a worker carries it out (`assign_managers`).

    `key` names the form that asked: asked for twice it is one hand-over. Raises ValidationError for successors who
    cannot be, PermissionDenied.
    """
    check(by, HAND_OVER)
    at = at or timezone.now()
    policies.check_successors(successors, from_manager, timezone.localdate(at))
    handover = _noted(from_manager, successors, rule, reason, note, by, key, at)
    if handover.job is None:
        handover.job = jobs.request(JOB_KIND, str(handover.pk), by=by, at=at)
        handover.save(update_fields=["job"])
    return handover


@transaction.atomic
def assign_managers(
    *,
    clients: QuerySet[Client],
    successors: Sequence[User],
    rule: HandoverRule,
    reason: HandoverReason,
    note: str = "",
    by: User,
    key: str,
    from_manager: User | None = None,
    at: dt.datetime | None = None,
) -> Assigned:
    """Give `clients` to the successors of their branches by `rule`: the one way, beside the feeds, a manager changes.

    Of `clients` those are moved that are not closed and lie in the branches of `by`. Their open promises go along;
    with `from_manager` also what he promised to other people's clients. Waits for an import of clients to end. `key`
    makes it unique: done already, it is only told again. Many clients: give a queryset over a table, not over numbers.
    Raises ValidationError for successors who cannot be, PermissionDenied.
    """
    check(by, HAND_OVER)
    at = at or timezone.now()
    keep_imports_out()
    handover = _noted(from_manager, successors, rule, reason, note, by, key, at)
    if handover.done_at is not None:
        return Assigned(handover)
    posts = policies.check_successors(successors, from_manager, timezone.localdate(at))
    refused = _left_out(clients, by)
    mine = clients.filter(IN_CARE, policies.branch_condition(by))
    sharing = share_out(mine, posts, rule)
    moved = moving.choose(sharing.sql, sharing.params)
    refused |= {NO_SUCCESSOR: moved.without_successor, HIS_ALREADY: moved.unchanged}
    with acting(by=by, reason=_in_words(reason, note), handover=handover.pk):
        moving.move(handover, at=at)
        handover.clients = moved.clients
        handover.follow_ups = promises.move_with_clients()
        if from_manager is not None:
            handover.follow_ups += _move_the_rest(from_manager, posts, by, timezone.localdate(at))
    _done(handover, at)
    return Assigned(handover, {code: number for code, number in refused.items() if number})


@transaction.atomic
def take_back(*, handover: Handover, by: User, at: dt.datetime | None = None) -> Handover:
    """Take a hand-over of today back, by a new one in reverse: clients whose manager is still who got them then.

    Promises that it moved and that are still open go back too. Taken back twice at once, it is taken back once.
    Raises ValidationError when it is too late, PermissionDenied, Handover.DoesNotExist outside the scope.
    """
    check(by, HAND_OVER)
    at = at or timezone.now()
    keep_imports_out()
    taken = Handover.objects.visible_to(by).get(pk=handover.pk)
    refusal = policies.why_not_take_back(taken, at=at)
    if refusal:
        raise ValidationError(refusal)
    back = Handover.objects.create(
        key=f"{policies.BACK}{taken.pk}",
        from_manager=None,
        successors=[taken.from_manager_id] if taken.from_manager_id else [],
        rule=taken.rule,
        reason=HandoverReason.OTHER,
        note=_("Takes back hand-over %(number)s") % {"number": taken.pk},
        by=by,
        asked_at=at,
    )
    back.clients = moving.choose(*_reverse_of(taken, by), to_nobody=True).clients
    with acting(by=by, reason=back.note, handover=back.pk):
        moving.move(back, at=at)
        back.follow_ups = promises.move_back(handover=taken.pk)
    _done(back, at)
    return back


def _noted(
    from_manager: User | None,
    successors: Sequence[User],
    rule: HandoverRule,
    reason: HandoverReason,
    note: str,
    by: User,
    key: str,
    at: dt.datetime,
) -> Handover:
    """The hand-over with this key, made where there is none. A second one at the same moment waits for the first."""
    fields = {
        "from_manager": from_manager,
        "successors": [one.pk for one in successors],
        "rule": rule,
        "reason": reason,
        "note": note.strip()[:300],
        "by": by,
        "asked_at": at,
    }
    made, _created = Handover.objects.get_or_create(key=key, defaults=fields)
    return Handover.objects.select_for_update(of=("self",)).get(pk=made.pk)


def _left_out(clients: QuerySet[Client], by: User) -> dict[str, int]:
    here = policies.branch_condition(by)
    elsewhere = Q(pk__isnull=True) if scope_of(by).everything else ~here
    counted = clients.order_by().aggregate(
        elsewhere=Count("pk", filter=elsewhere), closed=Count("pk", filter=here & ~IN_CARE)
    )
    return {OUT_OF_SCOPE: counted["elsewhere"], CLOSED: counted["closed"]}


def _move_the_rest(owner: User, posts: Sequence[Post], by: User, day: dt.date) -> int:
    places: dict[int, int] = {}
    placed = []
    for post in posts:
        place = places.setdefault(post.branch_id, 0)
        placed.append((post.branch_id, post.user.pk, place))
        places[post.branch_id] += 1
    scope = scope_of(by)
    branches = None if scope.everything else sorted(scope.branch_ids)
    return promises.move_the_rest(owner=owner.pk, posts=placed, branches=branches, day=day)


def _in_words(reason: HandoverReason, note: str) -> str:
    return f"{reason.label}: {note.strip()}" if note.strip() else str(reason.label)


def _reverse_of(taken: Handover, by: User) -> tuple[str, tuple[Any, ...]]:
    """SQL of the clients that are still as `taken` left them, with their managers the other way round."""
    still = taken.assignments.filter(
        policies.branch_condition(by, "client__branch_id"), client__manager_id=F("new_manager_id")
    )
    later = ManagerAssignment.objects.filter(client=OuterRef("client"), pk__gt=OuterRef("pk"))
    rows = still.filter(~Exists(later)).values_list(
        "client_id", "client__branch_id", "new_manager_id", "old_manager_id"
    )
    query, params = compiled(rows)
    columns = "client_id, branch_id, old_manager_id, new_manager_id"
    return f"SELECT * FROM ({query}) AS still ({columns})", params  # noqa: S608 (compiled by Django)


def _done(handover: Handover, at: dt.datetime) -> None:
    handover.done_at = at
    handover.save(update_fields=["clients", "follow_ups", "done_at"])
    moving.announce(handover, at=at)
