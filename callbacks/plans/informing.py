"""The SMS to clients whose movement is beyond the branch's daily limit: the branch's number, and nothing else."""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import transaction
from django.utils import timezone

from callbacks.calls.choices import ReasonState
from callbacks.calls.models import CallReason
from callbacks.plans.models import Making
from callbacks.queue.rules import rules
from clients.contacts.messages import MessageRefused, send_to_client
from clients.profile.models import Client
from crm.messaging.choices import MessageChannel
from crm.messaging.models import MessageTemplate
from crm.worktime.arithmetic import next_opening

log = structlog.get_logger(__name__)

TEMPLATE = "movement-listed"
WORDS = (
    "尊敬的{name}：您的账户近期出现较大变动。如非本人操作，或有任何疑问，请致电{branch}（{branch_phone}）核实。"
    "我们不会以任何理由向您索要密码或验证码。"
)


def lay_template() -> None:
    """The text that is sent, unless the firm has one of its own under the same code."""
    fields = {"channel": MessageChannel.SMS, "name": "异动提醒（未安排回访）", "body": WORDS}
    MessageTemplate.objects.get_or_create(code=TEMPLATE, defaults=fields)


@transaction.atomic
def inform_listed(*, making: Making, at: dt.datetime | None = None) -> int:
    """Ask for one SMS to each client whom `making` listed. Returns how many were asked for; again, it asks for none.

    It leaves when clients may next be called: they are to call back, and nobody is woken at night. Who wants no SMS,
    or has no phone, stays on the list alone.
    """
    at, known = at or timezone.now(), rules()
    template = MessageTemplate.objects.filter(code=TEMPLATE, is_active=True).first()
    if template is None:
        log.warning("listed_not_informed", making=making.pk)
        return 0
    opens = next_opening(known.calendar, at, known.hours)
    listed = CallReason.objects.filter(making=making, state=ReasonState.LISTED).exclude(facts__has_key="turn")
    asked = Client.objects.filter(pk__in=listed.values("client")).select_related("branch").order_by("pk")
    return sum(_inform(client, template, making, at, opens) for client in asked.iterator())


def _inform(client: Client, template: MessageTemplate, making: Making, at: dt.datetime, opens: dt.datetime) -> bool:
    key = f"listed:{making.pk}"
    try:
        send_to_client(client=client, template=template, by=None, key=key, at=at, not_before=opens)
    except MessageRefused:
        return False
    return True
