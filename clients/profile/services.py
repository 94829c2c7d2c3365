"""What is done with the client's file."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from clients.profile.choices import PersonalField, RevealReason
from clients.profile.models import Client
from clients.profile.policies import REVEAL
from clients.profile.selectors import open_field
from crm.access.guards import refusal
from crm.audit.models import ReadKind
from crm.audit.services import record_read
from crm.organisation.models import User


@transaction.atomic
def reveal(
    *, client: Client, field: PersonalField, reason: RevealReason, by: User, request: HttpRequest | None = None
) -> str:
    """One personal field of `client` in clear, put down with the reason before it is handed out.

    Empty when nothing is stored. `client` must come from `visible_to(by)`. Raises PermissionDenied, in words, for
    somebody who may not reveal.
    """
    if not by.has_perm(REVEAL):
        raise PermissionDenied(refusal(REVEAL))
    record_read(
        by=by,
        kind=ReadKind.REVEAL,
        subject="client",
        subject_no=client.client_no,
        fields=[field.value],
        reason=str(reason.value),
        request=request,
    )
    return client.name if field is PersonalField.NAME else open_field(client, field.value)
