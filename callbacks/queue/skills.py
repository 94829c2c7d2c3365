"""Who is good at calls of which reason. Assignment by skill prefers them."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from callbacks.calls.choices import ReasonKind
from callbacks.queue.models import Skill
from callbacks.queue.supervising import ASSIGN
from crm.access.guards import refusal
from crm.audit.services import acting
from crm.organisation.models import User


@transaction.atomic
def set_skills(*, user: User, kinds: Collection[str], by: User) -> list[str]:
    """Let `user` be good at exactly these reasons. Returns them in their usual order; the history keeps what changed.

    Raises PermissionDenied without the permission, ValidationError for a reason that does not exist.
    """
    if not by.has_perm(ASSIGN):
        raise PermissionDenied(refusal(ASSIGN))
    if unknown := set(kinds) - set(ReasonKind.values):
        raise ValidationError(_("There is no reason “%(kind)s”.") % {"kind": sorted(unknown)[0][:30]})
    with acting(by=by):
        kept = set(Skill.objects.filter(user=user).values_list("kind", flat=True))
        Skill.objects.filter(user=user, kind__in=kept - set(kinds)).delete()
        Skill.objects.bulk_create(
            [Skill(user=user, kind=kind) for kind in sorted(set(kinds) - kept)], ignore_conflicts=True
        )
    return [kind for kind in ReasonKind.values if kind in kinds]
