"""SMS and e-mail from templates to clients: what may go out, to which address, and the record that it did."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.contacts.choices import ContactDirection, RecordSource
from clients.contacts.models import ServiceRecord
from clients.profile.choices import ClientKind, Gender, OptOut
from clients.profile.models import Client, ClientWishes
from clients.profile.selectors import open_field
from crm.access.guards import check
from crm.audit.services import acting
from crm.messaging.choices import MessageChannel
from crm.messaging.models import Message, MessageTemplate
from crm.messaging.services import enqueue
from crm.messaging.templates import filled
from crm.organisation.models import User

SEND = "crm.send_messages"
ADDRESSES = {MessageChannel.SMS: "phone", MessageChannel.EMAIL: "email"}
OPT_OUTS = {MessageChannel.SMS: OptOut.SMS, MessageChannel.EMAIL: OptOut.EMAIL}
TITLES = {Gender.MALE: "先生", Gender.FEMALE: "女士"}


class MessageRefused(Exception):
    """This message may not, or cannot, go to this client; the text says why, in words for staff."""


def form_of_address(client: Client) -> str:
    """How a message greets a client: as he wishes, by surname and title, or an institution by its name."""
    wishes = wishes_of(client)
    if wishes and wishes.preferred_name:
        return wishes.preferred_name
    if client.kind == ClientKind.INSTITUTION or not client.name.isalpha():
        return client.name
    return client.name[:1] + TITLES.get(Gender(client.gender), "客户") if client.gender else client.name[:1] + "客户"


def wishes_of(client: Client) -> ClientWishes | None:
    return ClientWishes.objects.filter(client=client).first()


def words_for(template: MessageTemplate, client: Client, by: User | None) -> tuple[str, str, dict[str, str]]:
    """Subject, text and values of a template filled for a client as `by` would send it; None: the branch itself."""
    values = {
        "name": form_of_address(client),
        "branch": client.branch.name,
        "branch_phone": client.branch.phone,
        "staff": by.name if by else client.branch.name,
    }
    subject, body = filled(template, values)
    return subject, body, values


def why_not(template: MessageTemplate, client: Client) -> str:
    """Why this template may not go to this client; empty when it may."""
    channel, wishes = MessageChannel(template.channel), wishes_of(client)
    opt_outs = set(wishes.opt_outs) if wishes else set()
    if not template.is_active:
        return _("This template is not in use.")
    if OPT_OUTS[channel] in opt_outs:
        return _("The client does not want messages by this channel.")
    if template.is_marketing and OptOut.MARKETING in opt_outs:
        return _("The client does not want marketing.")
    if getattr(client, f"{ADDRESSES[channel]}_sealed") is None:
        return _("The file has no phone number.") if channel == MessageChannel.SMS else _("The file has no e-mail.")
    return ""


@transaction.atomic
def send_to_client(
    *,
    client: Client,
    template: MessageTemplate,
    by: User | None,
    key: str,
    at: dt.datetime | None = None,
    not_before: dt.datetime | None = None,
) -> Message:
    """Send a template to the client's phone or e-mail on file, and keep the service record of it.

    `client` comes from `visible_to(by)`, `by` None is the system itself; `key` is of the form, so that a double click
    sends once. It leaves at `not_before` at the earliest.
    Raises PermissionDenied for who may not send, MessageRefused where the client's opt-outs or file forbid it.
    """
    if by is not None:
        check(by, SEND)
    if refusal := why_not(template, client):
        raise MessageRefused(refusal)
    at = at or timezone.now()
    subject, body, values = words_for(template, client, by)
    with acting(by=by):
        message = enqueue(
            key=f"client:{client.pk}:{key}",
            channel=template.channel,
            to=open_field(client, ADDRESSES[MessageChannel(template.channel)]),
            subject=subject,
            body=body,
            template=template,
            values=values,
            about="client",
            about_no=client.client_no,
            by=by,
            at=at,
            not_before=not_before,
        )
        _keep_record(message, client, template, by)
    return message


def _keep_record(message: Message, client: Client, template: MessageTemplate, by: User | None) -> None:
    """The service record of a message, once."""
    fields = {
        "record_no": f"MSG-{message.pk}",
        "client": client,
        "occurred_at": message.created_at,
        "channel": message.channel,
        "direction": ContactDirection.OUTBOUND,
        "staff": by,
        "staff_no": by.staff_no if by else "",
        "topic": template.name,
        "summary": message.body,
        "source": RecordSource.MESSAGE,
    }
    ServiceRecord.objects.get_or_create(message=message, defaults=fields)
