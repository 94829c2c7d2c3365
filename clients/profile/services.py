"""What is done with the client's file."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from clients.profile.choices import EXTRA_PHONE, PersonalField, RevealReason
from clients.profile.models import Client, ExtraPhone
from clients.profile.policies import REVEAL
from clients.profile.selectors import open_field
from crm.access.guards import refusal
from crm.audit.models import ReadKind
from crm.audit.services import record_read
from crm.organisation.models import User
from crm.personal.seal import unseal


@transaction.atomic
def reveal(
    *, client: Client, field: PersonalField, reason: RevealReason, by: User, request: HttpRequest | None = None
) -> str:
    """One personal field of `client` in clear, put down with the reason before it is handed out.

    Empty when nothing is stored. `client` must come from `visible_to(by)`. Raises PermissionDenied, in words, for
    somebody who may not reveal.
    """
    _put_down(client, field.value, reason, by, request)
    return client.name if field is PersonalField.NAME else open_field(client, field.value)


@transaction.atomic
def reveal_phone(*, phone: ExtraPhone, reason: RevealReason, by: User, request: HttpRequest | None = None) -> str:
    """One further phone in clear, put down as `reveal` does; its client must come from `visible_to(by)`."""
    _put_down(phone.client, EXTRA_PHONE, reason, by, request)
    return unseal(phone.phone_sealed, purpose="client.phone")


def _put_down(client: Client, field: str, reason: RevealReason, by: User, request: HttpRequest | None) -> None:
    if not by.has_perm(REVEAL):
        raise PermissionDenied(refusal(REVEAL))
    record_read(
        by=by,
        kind=ReadKind.REVEAL,
        subject="client",
        subject_no=client.client_no,
        fields=[field],
        reason=str(reason.value),
        request=request,
    )
