"""Policies: one person proposes a version, another approves or refuses it; from its day on the runs use it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.segmentation import rules
from clients.segmentation.choices import PolicyState
from clients.segmentation.models import Policy
from clients.segmentation.rules import PolicyError
from crm.access.guards import check

if TYPE_CHECKING:
    from crm.organisation.models import User

PROPOSE = "clients.propose_policy"
APPROVE = "clients.approve_policy"
NUMBERING = "SELECT pg_advisory_xact_lock(hashtext('clients.segmentation.policy'))"


@transaction.atomic
def propose_policy(
    *,
    name: str,
    rules_given: Mapping[str, Any] | rules.Rules,
    effective_on: dt.date,
    note: str,
    by: User,
    at: dt.datetime | None = None,
) -> Policy:
    """A new version that waits for somebody else's decision; stored complete, defaults filled in.

    `at` is when (now). Raises PermissionDenied, or PolicyError for rules that cannot be used, a name or reason that
    is missing, and a day that has passed: nights that are over keep the rules they were run with.
    """
    check(by, PROPOSE)
    at = at or timezone.now()
    given = rules_given if isinstance(rules_given, rules.Rules) else rules.parse(rules_given)
    if not name.strip() or not note.strip():
        raise PolicyError(_("A policy needs a name and a reason."))
    _check_day(effective_on, at)
    with connection.cursor() as cursor:
        cursor.execute(NUMBERING)  # two who propose at once get two numbers
    newest = Policy.objects.aggregate(newest=Max("version"))["newest"] or 0
    return Policy.objects.create(
        version=newest + 1,
        name=name.strip(),
        rules=rules.complete(given),
        note=note.strip(),
        proposed_by=by,
        proposed_at=at,
        effective_on=effective_on,
    )


@transaction.atomic
def approve_policy(*, policy: Policy, by: User, note: str = "", at: dt.datetime | None = None) -> Policy:
    """Put a proposed version into force from its day on. `by` must be another person than who proposed it.

    Raises PermissionDenied, or PolicyError when it was decided already or its day has passed meanwhile.
    """
    at = at or timezone.now()
    waiting = _waiting(policy, by)
    _check_day(waiting.effective_on, at)
    return _decide(waiting, PolicyState.APPROVED, by, note, at)


@transaction.atomic
def refuse_policy(*, policy: Policy, by: User, note: str, at: dt.datetime | None = None) -> Policy:
    """Refuse a proposed version, with the reason. Raises PermissionDenied or PolicyError."""
    waiting = _waiting(policy, by)
    if not note.strip():
        raise PolicyError(_("Please say why you refuse."))
    return _decide(waiting, PolicyState.REFUSED, by, note, at or timezone.now())


def why_not_decide(policy: Policy, user: User) -> str:
    """Why `user` may not approve or refuse `policy`, in words; empty when he may."""
    if policy.state != PolicyState.PROPOSED:
        return _("Version %(version)s has been decided already.") % {"version": policy.version}
    if policy.proposed_by_id == user.pk:
        return _("You proposed this version yourself; somebody else decides.")
    return ""


def _waiting(policy: Policy, by: User) -> Policy:
    """The policy's row, locked, still waiting and not `by`'s own."""
    check(by, APPROVE)
    locked = Policy.objects.select_for_update(of=("self",)).get(pk=policy.pk)
    refusal = why_not_decide(locked, by)
    if refusal and locked.state == PolicyState.PROPOSED:
        raise PermissionDenied(refusal)
    if refusal:
        raise PolicyError(refusal)
    return locked


def _decide(policy: Policy, state: PolicyState, by: User, note: str, at: dt.datetime) -> Policy:
    policy.state, policy.decided_by, policy.decided_at, policy.decision_note = state, by, at, note.strip()
    policy.save()
    return policy


def _check_day(effective_on: dt.date, at: dt.datetime) -> None:
    if effective_on < timezone.localdate(at):
        raise PolicyError(_("A policy cannot take effect on a day that has passed. Please propose it for a later day."))
