"""API tokens: a program acts for a member of staff, with some of his permissions, until a day.

The token itself is shown once, when it is issued; kept is its digest. What it may do is never more than what the
person may do on the day: both lists are intersected with every request, and a leaver's tokens end with his service.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.guards import check
from crm.access.models import ApiToken
from crm.access.roles import ROLES
from crm.history import put_down
from crm.organisation.models import User
from crm.personal.seal import digest

MANAGE = "crm.manage_tokens"
LONGEST = dt.timedelta(days=366)
NOTED_EVERY = dt.timedelta(minutes=1)
PREFIX = "crm_"
SHOWN = 12  # characters by which a token is recognised in lists
PURPOSE = "api-token"


def known_permissions() -> list[str]:
    """Every permission that some role holds, by name."""
    return sorted({name for role in ROLES.values() for name in role.permissions})


@transaction.atomic
def issue(
    *, name: str, user: User, permissions: Sequence[str], ends_on: dt.date, by: User, at: dt.datetime | None = None
) -> tuple[ApiToken, str]:
    """Issue a token for `user` with `permissions` until `ends_on` (that day included). Returns it and its clear text.

    Raises PermissionDenied for who may not issue tokens, or for himself; ValidationError, in words, for a permission
    that the person does not hold, or a day that is past or further than a year away.
    """
    check(by, MANAGE)
    if user.pk == by.pk:
        raise PermissionDenied(_("Nobody issues a token for himself."))
    at = at or timezone.now()
    today = timezone.localdate(at)
    if not today <= ends_on <= today + LONGEST:
        raise ValidationError({"ends_on": _("A token is valid for a year at most, and not until a day that is past.")})
    lacking = sorted(set(permissions) - user.get_all_permissions())
    if lacking or not permissions:
        words = _("%(name)s does not hold: %(permissions)s") % {"name": user.name, "permissions": ", ".join(lacking)}
        raise ValidationError({"permissions": words if lacking else _("Choose at least one permission.")})
    clear = PREFIX + secrets.token_urlsafe(32)
    with put_down(user=by.pk, staff_no=by.staff_no):
        token = ApiToken.objects.create(
            name=name,
            user=user,
            permissions=sorted(set(permissions)),
            prefix=clear[:SHOWN],
            digest=digest(clear, purpose=PURPOSE),
            created_at=at,
            created_by=by,
            ends_on=ends_on,
        )
    return token, clear


@transaction.atomic
def withdraw(token: ApiToken, *, by: User, at: dt.datetime | None = None) -> None:
    """End a token at once. Who issues tokens may, and the person it acts for. Raises PermissionDenied."""
    if token.user_id != by.pk:
        check(by, MANAGE)
    with put_down(user=by.pk, staff_no=by.staff_no):
        locked = ApiToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
        if locked.withdrawn_at is None:
            locked.withdrawn_at, locked.withdrawn_by = at or timezone.now(), by
            locked.save()


def token_for(clear: str, *, at: dt.datetime | None = None) -> ApiToken | None:
    """The valid token with this text, whose person is in service; its use is noted once a minute."""
    at = at or timezone.now()
    today = timezone.localdate(at)
    valid = ApiToken.objects.valid_on(today).filter(user__in=User.objects.in_service(today))
    token = valid.select_related("user").filter(digest=digest(clear, purpose=PURPOSE)).first()
    if token and (token.last_used_at is None or at - token.last_used_at > NOTED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return token
