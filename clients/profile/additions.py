"""What staff add to a client's file beside the core system's data: further phones and notes."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.profile.models import Client, ClientNote, ExtraPhone
from clients.profile.policies import EDIT
from crm.access.guards import check
from crm.audit.services import acting
from crm.events.services import publish
from crm.organisation.models import User
from crm.personal.hide import hide, look_up_tail
from crm.personal.normal import normal_phone

NOTED = "client.noted"
PHONES_CHANGED = "client.phones_changed"
MOST_PHONES = 10
AGAIN = dt.timedelta(minutes=10)  # so soon, the same note of the same person is a double click


@transaction.atomic
def add_phone(*, client: Client, phone: str, remark: str = "", by: User, at: dt.datetime | None = None) -> ExtraPhone:
    """A further number of the client, sealed. One that is there already is returned.

    `client` comes from `visible_to(by)`. Raises PermissionDenied for who may not, ValidationError for what cannot be a
    phone number, the number that the file has anyway, or too many.
    """
    check(by, EDIT)
    if not is_phone(phone):
        raise ValidationError(
            {"phone": _("This cannot be a phone number: a mobile of 11 digits, or area code and number.")}
        )
    hidden = hide(phone, purpose="client.phone")
    if client.phone_digest is not None and bytes(client.phone_digest) == hidden.digest:
        raise ValidationError({"phone": _("This is the number in the file already.")})
    there = ExtraPhone.objects.filter(client=client)
    if there.count() >= MOST_PHONES and not there.filter(phone_digest=hidden.digest).exists():
        raise ValidationError({"phone": _("At most %(most)s further numbers are kept.") % {"most": MOST_PHONES}})
    fields = {
        "phone_sealed": hidden.sealed,
        "phone_masked": hidden.masked,
        "tail_digest": look_up_tail(phone, purpose="client.phone_tail"),
        "remark": " ".join(remark.split())[:100],
    }
    with acting(by=by):
        kept, created = there.get_or_create(client=client, phone_digest=hidden.digest, defaults=fields)
    if created:
        publish(PHONES_CHANGED, {"client": client.pk}, at=at)
    return kept


@transaction.atomic
def remove_phone(*, phone: ExtraPhone, by: User, at: dt.datetime | None = None) -> None:
    """The number is not the client's any more; the history keeps that it was. Removed already, nothing happens."""
    check(by, EDIT)
    with acting(by=by):
        removed, _rows = ExtraPhone.objects.filter(pk=phone.pk).delete()
    if removed:
        publish(PHONES_CHANGED, {"client": phone.client_id}, at=at)


@transaction.atomic
def add_note(*, client: Client, text: str, by: User, at: dt.datetime | None = None) -> ClientNote:
    """A note about the client. The same one of the same person within minutes is a double click and made once.

    `client` comes from `visible_to(by)`. Raises PermissionDenied for who may not, ValidationError for nothing.
    """
    check(by, EDIT)
    at, text = at or timezone.now(), text.strip()
    if not text:
        raise ValidationError({"text": _("Write the note first.")})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"note:{client.pk}:{by.pk}"])
    same = ClientNote.objects.filter(client=client, by=by, text=text, at__gt=at - AGAIN).first()
    if same is not None:
        return same
    made = ClientNote.objects.create(client=client, text=text, by=by, at=at)
    publish(NOTED, {"note": made.pk, "client": client.pk}, at=at)
    return made


def is_phone(written: str) -> bool:
    """Whether what somebody wrote is a number that can be dialled, in China by default."""
    return normal_phone(written).startswith("+")
