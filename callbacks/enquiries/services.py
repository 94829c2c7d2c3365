"""Enquiries: opened, written, joined to a client, closed. Whoever was asked first answers for it until then."""

from __future__ import annotations

import datetime as dt
import uuid

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.calls.choices import ConcernKind
from callbacks.calls.concerns import raise_concern
from callbacks.enquiries import promises
from callbacks.enquiries.choices import EnquiryKind, EnquiryState
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.numbers import next_number
from callbacks.enquiries.policies import TAKE, is_vip, may_join, may_write, units_of
from callbacks.enquiries.workflow import ENQUIRIES
from callbacks.enquiries.writing import FIELDS, Written, check_complete, check_written, written_of
from clients.contacts.choices import ContactChannel, ContactDirection
from clients.contacts.models import ServiceRecord
from clients.contacts.services import Contact, join_record, record_enquiry
from clients.profile.additions import is_phone
from clients.profile.models import Client
from crm.access.guards import check
from crm.audit.services import acting
from crm.events.services import publish
from crm.organisation.models import User
from crm.personal.hide import NOTHING, Hidden, hide

OPENED, JOINED, CLOSED = "enquiry.opened", "enquiry.joined", "enquiry.closed"
PHONE = "client.phone"  # sealed and digested as clients' numbers are: one digest finds both


class ChangedMeanwhile(Exception):
    """Another window, or whoever had it before, wrote since it was opened; `stored` is what holds now."""

    def __init__(self, stored: Enquiry) -> None:
        super().__init__(f"enquiry {stored.enquiry_no} is at revision {stored.revision}")
        self.stored = stored


@transaction.atomic
def open_enquiry(
    *,
    written: Written,
    key: uuid.UUID,
    by: User,
    client: Client | None = None,
    phone: str = "",
    line: str = "",
    at: dt.datetime | None = None,
) -> Enquiry:
    """Write down an enquiry that is taken at this moment, once for each `key`: a double click makes one.

    `client` comes from a look-up's pass, or from `visible_to(by)`; None for a caller nobody knows, whose `phone` is
    kept sealed. Raises PermissionDenied for who may not, ValidationError in words.
    """
    check(by, TAKE)
    at, written = at or timezone.now(), written.tidy()
    known = Enquiry.objects.filter(form_key=key).first()
    if known is not None:
        return _same(known, by)
    check_written(written, before=None, at=at)
    hidden = _hidden(phone)
    unit = next(iter(units_of(by)), None)
    if unit is None:
        raise PermissionDenied(_("You hold no appointment today."))
    pk, number = next_number(at)
    fields = {name: getattr(written, name) for name in FIELDS} | {
        "pk": pk, "enquiry_no": number, "client": client, "line": line, "vip": is_vip(client, line), "unit": unit,
        "branch_id": client.branch_id if client else unit.pk, "arrived_at": at, "taken_at": at, "taken_by": by,
        "owner": by, "state": EnquiryState.TAKEN, "revision": 1,
        "phone_sealed": hidden.sealed, "phone_digest": hidden.digest, "phone_masked": hidden.masked,
    }  # fmt: skip
    with acting(by=by):
        made, created = Enquiry.objects.get_or_create(form_key=key, defaults=fields)
    if not created:
        return _same(made, by)
    promises.follow(made, None, by=by, at=at)
    _raise_complaint(made, by, at)
    publish(OPENED, {"enquiry": made.pk, "client": made.client_id, "kind": made.kind}, at=at)
    return made


def _same(known: Enquiry, by: User) -> Enquiry:
    """What the form made when it was sent before. Raises PermissionDenied for another's."""
    if known.taken_by_id != by.pk:
        raise PermissionDenied(_("Somebody else answers for this enquiry."))
    return known


def _hidden(phone: str) -> Hidden:
    if not phone.strip():
        return NOTHING
    if not is_phone(phone):
        words = _("This cannot be a phone number: a mobile of 11 digits, or area code and number.")
        raise ValidationError({"phone": words})
    return hide(phone, purpose=PHONE)


@transaction.atomic
def write_enquiry(
    *, enquiry: Enquiry, written: Written, revision: int, by: User, at: dt.datetime | None = None
) -> Enquiry:
    """Keep what is written about an enquiry. `revision` is that of what was opened. Sent twice, it is kept once.

    Raises PermissionDenied for who does not answer for it, ValidationError in words, ChangedMeanwhile where another
    revision holds; then nothing is written.
    """
    at, written = at or timezone.now(), written.tidy()
    stored = _mine(enquiry, by)
    before = written_of(stored)
    if before == written:
        return stored
    if stored.revision != revision:
        raise ChangedMeanwhile(stored)
    check_written(written, before=before, at=at)
    owed = promises.owed_by(stored)
    for name in FIELDS:
        setattr(stored, name, getattr(written, name))
    stored.revision += 1
    with acting(by=by):
        stored.save(update_fields=[*FIELDS, "revision"])
    promises.follow(stored, owed, by=by, at=at)
    _raise_complaint(stored, by, at)
    return stored


@transaction.atomic
def join_client(*, enquiry: Enquiry, client: Client, by: User, at: dt.datetime | None = None) -> Enquiry:
    """Say which client called; `client` comes from a look-up's pass. Joined to him already, it stays so.

    Closed for somebody nobody knew, its service record goes into the client's file now. Raises PermissionDenied for
    who does not answer for it, ValidationError once another client's file has it.
    """
    at = at or timezone.now()
    stored = ENQUIRIES.locked(enquiry)
    if stored.client_id == client.pk:
        return stored
    if not may_join(stored, by):
        raise PermissionDenied(_("Only who answers for this enquiry may say which client called."))
    if stored.concerns.exists() and stored.client_id is not None:
        raise ValidationError(_("A complaint of the other client hangs on this enquiry. Open a new one."))
    owed = promises.owed_by(stored)
    stored = ENQUIRIES.take(
        stored, "join", by=by, at=at, details={"client": client.client_no}, client=client,
        branch_id=client.branch_id, vip=is_vip(client, stored.line),
    )  # fmt: skip
    if stored.record is not None:
        join_record(record=stored.record, client=client, by=by, at=at)
    elif stored.state == EnquiryState.TAKEN:
        promises.follow(stored, owed, by=by, at=at)
    publish(JOINED, {"enquiry": stored.pk, "client": client.pk}, at=at)
    return stored


@transaction.atomic
def close_enquiry(
    *, enquiry: Enquiry, written: Written, revision: int, by: User, at: dt.datetime | None = None
) -> Enquiry:
    """Keep what is written and close the enquiry: its service record goes into the client's file, its promise is kept.

    Closed already by the same person, it stays so. Raises as `write_enquiry`, and ValidationError for what is missing
    or while a colleague is asked to take it over.
    """
    at, written = at or timezone.now(), written.tidy()
    stored = ENQUIRIES.locked(enquiry)
    if stored.state == EnquiryState.CLOSED and stored.closed_by_id == by.pk:
        return stored
    stored = write_enquiry(enquiry=stored, written=written, revision=revision, by=by, at=at)
    check_complete(written)
    if stored.hand_overs.filter(state="asked").exists():
        raise ValidationError(_("A colleague is asked to take this enquiry over: wait for him, or take it back."))
    promises.keep(stored, by=by, at=at)
    record = _record(stored, by, at)
    closed = ENQUIRIES.take(stored, "close", by=by, at=at, closed_at=at, closed_by=by, record=record)
    publish(CLOSED, {"enquiry": closed.pk, "client": closed.client_id, "kind": closed.kind}, at=at)
    return closed


def _record(enquiry: Enquiry, by: User, at: dt.datetime) -> ServiceRecord:
    """The service record of a closed enquiry; what was answered stands below what was asked."""
    topic = enquiry.topic or str(EnquiryKind(enquiry.kind).label)
    who = _("Caller: %(name)s") % {"name": enquiry.caller_name} if enquiry.caller_name and not enquiry.client_id else ""
    contact = Contact(
        channel=ContactChannel.PHONE,
        direction=ContactDirection.INBOUND,
        occurred_at=enquiry.arrived_at,
        topic=topic,
        summary="\n".join(part for part in (who, enquiry.question, enquiry.answer) if part),
        outcome=_("Answered") if enquiry.answer else _("Passed on"),
    )
    return record_enquiry(client=enquiry.client, contact=contact, key=enquiry.enquiry_no, by=by, at=at)


def _mine(enquiry: Enquiry, by: User) -> Enquiry:
    """The enquiry, locked, when `by` answers for it. Raises PermissionDenied, or ValidationError once it is closed."""
    check(by, TAKE)
    stored = ENQUIRIES.locked(enquiry)
    if stored.state != EnquiryState.TAKEN:
        raise ValidationError(_("This enquiry is not open any more."))
    if not may_write(stored, by):
        raise PermissionDenied(_("Somebody else answers for this enquiry."))
    return stored


def _raise_complaint(enquiry: Enquiry, by: User, at: dt.datetime) -> None:
    """A complaint is kept for those who handle complaints, once for each enquiry, whatever becomes of the enquiry."""
    if enquiry.kind == EnquiryKind.COMPLAINT and not enquiry.concerns.exists():
        raise_concern(
            kind=ConcernKind.COMPLAINT,
            enquiry_id=enquiry.pk,
            client=enquiry.client,
            branch_id=enquiry.branch_id,
            said=enquiry.question,
            by=by,
            at=at,
        )
