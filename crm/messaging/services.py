"""The outbox and the notices: what is asked for in a transaction is sent after it, once.

A message's states: queued → sending → sent | failed; queued → cancelled. The mark "sending" is committed before the
gateway is asked: whoever finds it there after the lease knows that a worker was killed in between, and asks the
gateway whether it has the message. Where the gateway cannot tell, the message is failed with these words rather than
sent a second time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.access.guards import check
from crm.audit.services import acting
from crm.events.nudge import nudge_after_commit
from crm.messaging.choices import MessageState
from crm.messaging.gateways import GatewayAway, GatewayRefused, Outgoing, Receipt, gateway_for
from crm.messaging.models import Message, MessageTemplate, Notice
from crm.messaging.selectors import count_key
from crm.organisation.models import User
from crm.personal.masks import mask_email, mask_phone
from crm.personal.seal import seal, unseal

log = structlog.get_logger(__name__)

SEND = "crm.messaging.send"
PURPOSE = "message.to"
LEASE = dt.timedelta(minutes=2)  # longer than any gateway may take
FIRST_PAUSE = dt.timedelta(minutes=1)
LONGEST_PAUSE = dt.timedelta(hours=1)
MOST_TRIES = 8
SWEPT_AT_ONCE = 200
MASKS = {"sms": mask_phone, "email": mask_email}
NOTICE_LENGTH = 300


def enqueue(
    *,
    key: str,
    channel: str,
    to: str,
    body: str,
    subject: str = "",
    template: MessageTemplate | None = None,
    values: Mapping[str, str] | None = None,
    about: str = "",
    about_no: str = "",
    by: User | None,
    at: dt.datetime | None = None,
    not_before: dt.datetime | None = None,
) -> Message:
    """Put a message into the outbox; it is sent after the running transaction, but not before `not_before`. The same
    `key` gives the same message.

    `to` is a phone number or an address in clear and is stored sealed; `values` are what the template was filled
    with; `about`/`about_no` name what it is about ("client", a number). `by` is None for the system.
    """
    at = at or timezone.now()
    fields = {
        "channel": channel,
        "to_sealed": seal(to, purpose=PURPOSE),
        "to_masked": MASKS[channel](to),
        "subject": subject,
        "body": body,
        "template": template,
        "values": dict(values or {}),
        "about": about,
        "about_no": about_no,
        "by": by,
        "created_at": at,
        "next_try_at": max(at, not_before) if not_before else at,
    }
    with transaction.atomic():
        message, created = Message.objects.get_or_create(key=key, defaults=fields)
        if created:
            nudge_after_commit(SEND, message.pk)
    return message


def cancel(message: Message, *, at: dt.datetime | None = None) -> bool:
    """Take a waiting message back. False when it is too late."""
    waiting = Message.objects.filter(pk=message.pk, state=MessageState.QUEUED)
    return bool(waiting.update(state=MessageState.CANCELLED, ended_at=at or timezone.now()))


def send(message_id: int, *, at: dt.datetime | None = None) -> bool:
    """Send one message that is due, unless somebody else is at it. True when it is settled now."""
    at = at or timezone.now()
    taken = _take(message_id, at)
    if taken is None:
        return False
    message, was_sending = taken
    gateway = gateway_for(message.channel)
    out = _outgoing(message)
    try:
        receipt = gateway.find(out) if was_sending else None
    except GatewayAway:
        return _fail(message, _("It is not known whether this message was sent: the worker stopped meanwhile."), at)
    try:
        receipt = receipt or gateway.send(out)
    except GatewayRefused as refusal:
        return _fail(message, str(refusal), at)
    except GatewayAway as away:
        return _again(message, str(away), at)
    return _sent(message, gateway.name, receipt, at)


def _take(message_id: int, at: dt.datetime) -> tuple[Message, bool] | None:
    """Mark a due message as being sent, and say whether it was so already; None when there is nothing to do."""
    with transaction.atomic():
        due = Message.objects.filter(pk=message_id, ended_at__isnull=True, next_try_at__lte=at)
        locked = due.select_for_update(skip_locked=True, of=("self",)).select_related("template")
        message = locked.first()
        if message is None:
            return None
        was_sending = message.state == MessageState.SENDING
        message.state, message.tries, message.next_try_at = MessageState.SENDING, message.tries + 1, at + LEASE
        message.save(update_fields=["state", "tries", "next_try_at"])
    return message, was_sending


def _outgoing(message: Message) -> Outgoing:
    return Outgoing(
        key=message.key,
        to=unseal(message.to_sealed, purpose=PURPOSE),
        subject=message.subject,
        body=message.body,
        template_code=message.template.gateway_code if message.template else "",
        values=message.values,
        asked_at=message.created_at,
    )


def _sent(message: Message, gateway: str, receipt: Receipt, at: dt.datetime) -> bool:
    message.state, message.ended_at, message.error = MessageState.SENT, at, ""
    message.gateway, message.gateway_no = gateway, receipt.number
    message.save(update_fields=["state", "ended_at", "error", "gateway", "gateway_no"])
    return True


def _fail(message: Message, words: str, at: dt.datetime) -> bool:
    message.state, message.ended_at, message.error = MessageState.FAILED, at, words
    message.save(update_fields=["state", "ended_at", "error"])
    log.warning("message_failed", message=message.pk, channel=message.channel, tries=message.tries)
    if message.by is not None:
        text = _("A message to %(to)s was not sent: %(why)s") % {"to": message.to_masked, "why": words}
        tell(users=[message.by], key=f"message-failed:{message.pk}", text=text, at=at)
    return True


def _again(message: Message, words: str, at: dt.datetime) -> bool:
    """The gateway took nothing: wait for another try, or give up after the last."""
    if message.tries >= MOST_TRIES:
        return _fail(message, words, at)
    message.state, message.error = MessageState.QUEUED, words
    message.next_try_at = at + min(FIRST_PAUSE * (1 << (message.tries - 1)), LONGEST_PAUSE)
    message.save(update_fields=["state", "error", "next_try_at"])
    return False


def sweep(*, at: dt.datetime | None = None) -> int:
    """Send what nudges lost and what is due again. Returns how many messages were settled."""
    at = at or timezone.now()
    due = Message.objects.filter(ended_at__isnull=True, next_try_at__lte=at).order_by("next_try_at", "pk")
    return sum(send(pk, at=at) for pk in list(due.values_list("pk", flat=True)[:SWEPT_AT_ONCE]))


def tell(
    *,
    users: Iterable[User],
    key: str,
    text: str | Callable[[], str],
    url: str = "",
    loud: bool = False,
    at: dt.datetime | None = None,
) -> None:
    """Give members of staff a notice, in the running transaction. The same `key` is told to a person once.

    A `text` that is called is called once for each person, in his language.
    """
    at = at or timezone.now()
    notices = [
        Notice(user=user, key=key, text=_told(text, user)[:NOTICE_LENGTH], url=url, is_loud=loud, created_at=at)
        for user in users
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    _forget_counts(notice.user_id for notice in notices)


def _told(text: str | Callable[[], str], user: User) -> str:
    """The words in the language of whoever reads them."""
    if isinstance(text, str):
        return text
    with translation.override(user.language or settings.LANGUAGE_CODE):
        return text()


def mark_read(notice: Notice, *, by: User, at: dt.datetime | None = None) -> None:
    """Mark one of one's own notices as read; a second time changes nothing."""
    Notice.objects.visible_to(by).unread().filter(pk=notice.pk).update(read_at=at or timezone.now())
    _forget_counts([by.pk])


def mark_all_read(*, by: User, at: dt.datetime | None = None) -> int:
    """Mark all of one's notices as read. Returns how many were not before."""
    read = Notice.objects.visible_to(by).unread().update(read_at=at or timezone.now())
    _forget_counts([by.pk])
    return read


def _forget_counts(user_ids: Iterable[int]) -> None:
    """The bell counts anew, once what changed is committed."""
    keys = [count_key(pk) for pk in user_ids]
    transaction.on_commit(lambda: cache.delete_many(keys), robust=True)


@transaction.atomic
def save_template(template: MessageTemplate, *, by: User) -> MessageTemplate:
    """Keep a new or changed template, checked by its form. Raises PermissionDenied, in words, for who may not."""
    check(by, "crm.manage_templates")
    with acting(by=by):
        template.save()
    return template
