"""Contacts with clients written down by staff, and what is promised to clients: made, kept, dropped, handed on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.contacts.choices import ContactChannel, ContactDirection, FollowUpState, RecordSource
from clients.contacts.models import FollowUp, ServiceRecord
from clients.contacts.policies import ENTER, LOOK_UP, concerns, keepers
from clients.profile.models import Client
from crm.access.guards import check
from crm.audit.services import acting
from crm.events.services import publish
from crm.messaging.services import tell
from crm.organisation.models import User
from crm.web.figures import exact_time

RECORDED, JOINED = "contact.recorded", "contact.joined"
MADE, KEPT, DROPPED, HANDED = "promise.made", "promise.kept", "promise.dropped", "promise.handed"
OWN_NUMBER = "S-"  # begins the numbers of records that staff enter; the rest is the key of the form
AHEAD = dt.timedelta(minutes=5)  # so far may the clock of whoever types run ahead of ours


@dataclass(frozen=True)
class Contact:
    """What is written down about one contact: how, when, about what, and what came of it."""

    channel: ContactChannel
    direction: ContactDirection
    occurred_at: dt.datetime
    topic: str
    summary: str
    outcome: str = ""


@dataclass(frozen=True)
class Promised:
    """What a client was promised in a contact: what, by when, and who keeps it."""

    what: str
    due_at: dt.datetime
    owner: User


@transaction.atomic
def record_contact(
    *,
    client: Client,
    contact: Contact,
    key: str,
    by: User,
    promised: Promised | None = None,
    at: dt.datetime | None = None,
) -> ServiceRecord:
    """Write down a contact with a client of one's scope, once for each `key`, with what was promised in it.

    `client` comes from `visible_to(by)`. Raises PermissionDenied for who may not, ValidationError for a time to come,
    a promise that cannot be made, or a key under which something else was written down.
    """
    check(by, ENTER)
    at = at or timezone.now()
    record, created = _keep(client, contact, key, by, at)
    if promised is not None and (created or not record.follow_ups.filter(what=_line(promised.what)).exists()):
        promise(
            client=client, what=promised.what, due_at=promised.due_at, owner=promised.owner, by=by, record=record, at=at
        )
    return record


@transaction.atomic
def record_enquiry(
    *, client: Client | None, contact: Contact, key: str, by: User, at: dt.datetime | None = None
) -> ServiceRecord:
    """Write down who turned to us first-hand: a client of any scope whom a look-up found, or a caller nobody knows.

    Always inbound, once for each `key`. The client's manager is told, where somebody else took the enquiry. Raises
    PermissionDenied for who may not, ValidationError for a time to come or a key that was used for something else.
    """
    check(by, ENTER, LOOK_UP)
    if contact.direction is not ContactDirection.INBOUND:
        raise ValueError("an enquiry comes in")
    at = at or timezone.now()
    record, created = _keep(client, contact, key, by, at)
    manager = client.manager if client else None
    if created and client is not None and manager is not None and manager != by:
        words = _("%(by)s took an enquiry of your client %(number)s: %(topic)s")
        text = words % {"by": by.name, "number": client.client_no, "topic": contact.topic}
        url = reverse("clients:detail", args=[client.client_no])
        tell(users=[manager], key=f"enquiry:{record.pk}", text=text, url=url, at=at)
    return record


@transaction.atomic
def join_record(*, record: ServiceRecord, client: Client, by: User, at: dt.datetime | None = None) -> ServiceRecord:
    """A caller nobody knew turns out to be `client`, whom a look-up found: the record goes into his file.

    There already, it stays so. Raises PermissionDenied for who may not, ValidationError once another's file has it.
    """
    check(by, ENTER, LOOK_UP)
    locked = ServiceRecord.objects.select_for_update(of=("self",)).get(pk=record.pk)
    if locked.client_id == client.pk:
        return locked
    if locked.client_id is not None:
        raise ValidationError(_("This record is in another client's file already."))
    locked.client = client
    with acting(by=by):
        locked.save(update_fields=["client"])
    publish(JOINED, {"record": locked.pk, "client": client.pk}, at=at or timezone.now())
    return locked


def _keep(client: Client | None, contact: Contact, key: str, by: User, at: dt.datetime) -> tuple[ServiceRecord, bool]:
    """The record with this key, and whether it was made now. A key under which something else was written down is
    refused: of two pages of one form that were filled in differently, none may be lost without a word."""
    if contact.occurred_at > at + AHEAD:
        raise ValidationError({"occurred_at": _("This time is still to come.")})
    fields: dict[str, Any] = {
        "client": client,
        "occurred_at": contact.occurred_at,
        "channel": contact.channel,
        "direction": contact.direction,
        "staff": by,
        "staff_no": by.staff_no,
        "topic": contact.topic.strip()[:100],
        "summary": contact.summary.strip(),
        "outcome": contact.outcome.strip()[:100],
        "source": RecordSource.STAFF,
    }
    with acting(by=by):
        record, created = ServiceRecord.objects.get_or_create(record_no=f"{OWN_NUMBER}{key}", defaults=fields)
    if not created and any(getattr(record, name) != value for name, value in fields.items()):
        raise ValidationError(_("This form was used already, for something else. Save again to write this down too."))
    if created:
        payload = {"record": record.pk, "client": record.client_id, "channel": record.channel}
        publish(RECORDED, payload | {"direction": record.direction}, at=at)
    return record, created


@transaction.atomic
def promise(
    *,
    client: Client,
    what: str,
    due_at: dt.datetime,
    owner: User,
    by: User,
    record: ServiceRecord | None = None,
    at: dt.datetime | None = None,
) -> FollowUp:
    """Promise something to a client by an instant; `owner` keeps it. Promised already, the same promise is returned.

    `client` comes from `visible_to(by)`. Raises PermissionDenied for who may not, ValidationError for a time past or
    an owner who could not keep it.
    """
    check(by, ENTER)
    at, what = at or timezone.now(), _line(what)
    if not what:
        raise ValidationError({"what": _("Say what was promised.")})
    if due_at <= at:
        raise ValidationError({"due_at": _("A promise is for a time to come.")})
    _check_keeper(client, owner, by, at)
    _one_at_a_time(f"promise:{client.pk}")
    same = FollowUp.objects.open().filter(client=client, what=what, due_at=due_at, owner=owner).first()
    if same is not None:
        return same
    with acting(by=by):
        made = FollowUp.objects.create(
            client=client, record=record, what=what, due_at=due_at, owner=owner, created_at=at, created_by=by
        )
    publish(MADE, {"promise": made.pk, "client": client.pk, "owner": owner.pk}, at=at)
    _tell_owner(made, by, at)
    return made


def _line(what: str) -> str:
    """What was promised, as it is kept."""
    return " ".join(what.split())[:300]


def keep_promise(*, promise: FollowUp, result: str = "", by: User, at: dt.datetime | None = None) -> FollowUp:
    """The promise is kept; `result` says what came of it. Kept already by the same person, it stays so.

    Raises PermissionDenied for whom it does not concern, ValidationError when it was ended meanwhile.
    """
    return _end(promise, FollowUpState.DONE, result, by, at)


def drop_promise(*, promise: FollowUp, reason: str, by: User, at: dt.datetime | None = None) -> FollowUp:
    """The promise is no longer needed, and why. Raises as `keep_promise`, and ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError({"result": _("Say why it is no longer needed.")})
    return _end(promise, FollowUpState.DROPPED, reason, by, at)


@transaction.atomic
def hand_promise(*, promise: FollowUp, owner: User, by: User, at: dt.datetime | None = None) -> FollowUp:
    """Somebody else keeps the promise from now on; he is told, and reminded anew. Raises as `keep_promise`."""
    at = at or timezone.now()
    locked = _locked(promise, by)
    if locked.state != FollowUpState.OPEN:
        raise ValidationError(_("This promise was ended meanwhile."))
    if locked.owner_id == owner.pk:
        return locked
    _check_keeper(locked.client, owner, by, at)
    locked.owner, locked.reminded_at = owner, None
    with acting(by=by):
        locked.save(update_fields=["owner", "reminded_at"])
    publish(HANDED, {"promise": locked.pk, "client": locked.client_id, "owner": owner.pk}, at=at)
    _tell_owner(locked, by, at)
    return locked


@transaction.atomic
def _end(promise: FollowUp, state: FollowUpState, result: str, by: User, at: dt.datetime | None) -> FollowUp:
    at = at or timezone.now()
    locked = _locked(promise, by)
    if locked.state == state and locked.ended_by_id == by.pk:
        return locked
    if locked.state != FollowUpState.OPEN:
        raise ValidationError(_("This promise was ended meanwhile."))
    locked.state, locked.ended_at, locked.ended_by = state, at, by
    locked.result = " ".join(result.split())[:300]
    with acting(by=by, reason=locked.result):
        locked.save(update_fields=["state", "ended_at", "ended_by", "result"])
    event = KEPT if state is FollowUpState.DONE else DROPPED
    publish(event, {"promise": locked.pk, "client": locked.client_id, "in_time": at <= locked.due_at}, at=at)
    return locked


def _locked(promise: FollowUp, by: User) -> FollowUp:
    """The promise for change, when it concerns `by`. Raises PermissionDenied otherwise."""
    check(by, ENTER)
    locked = FollowUp.objects.select_for_update(of=("self",)).select_related("client", "owner").get(pk=promise.pk)
    if not concerns(locked, by):
        raise PermissionDenied(_("This promise is neither yours nor to a client whom you see."))
    return locked


def _check_keeper(client: Client, owner: User, by: User, at: dt.datetime) -> None:
    if not keepers(client, by, timezone.localdate(at)).filter(pk=owner.pk).exists():
        words = _("%(name)s cannot keep it: not in service, or without sight of this client.") % {"name": owner.name}
        raise ValidationError({"owner": words})


def _tell_owner(made: FollowUp, by: User, at: dt.datetime) -> None:
    """Whoever has to keep what somebody else promised is told."""
    if made.owner_id == by.pk:
        return
    words = _("%(by)s asks you to keep a promise to client %(number)s by %(due)s: %(what)s")
    values = {"by": by.name, "number": made.client.client_no, "due": exact_time(made.due_at), "what": made.what}
    key = f"promise-yours:{made.pk}:{at.isoformat()}"
    tell(users=[made.owner], key=key, text=words % values, url=reverse("clients:promises"), at=at)


def _one_at_a_time(name: str) -> None:
    """Wait until nobody else is at `name`, to the end of the transaction: a double click finds what it made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
