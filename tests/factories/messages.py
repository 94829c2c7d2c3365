"""Templates and messages."""

from __future__ import annotations

from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from crm.messaging.models import Message, MessageTemplate
from crm.messaging.services import PURPOSE
from crm.personal.masks import mask_phone
from crm.personal.seal import seal


class MessageTemplateFactory(DjangoModelFactory):  # type: ignore[misc]
    class Meta:
        model = MessageTemplate

    code = factory.Sequence(lambda n: f"template-{n}")
    channel = "sms"
    name = factory.Sequence(lambda n: f"模板{n}")
    body = "{name}您好，{branch}提醒您：风险测评即将到期。{staff} {branch_phone}"


class MessageFactory(DjangoModelFactory):  # type: ignore[misc]
    """An SMS that waits; `to` in clear is stored sealed."""

    class Meta:
        model = Message

    class Params:
        to = "13800138000"

    key = factory.Sequence(lambda n: f"message-{n}")
    channel = "sms"
    to_sealed = factory.LazyAttribute(lambda made: seal(made.to, purpose=PURPOSE))
    to_masked = factory.LazyAttribute(lambda made: mask_phone(made.to))
    body = "您好"
    created_at = factory.LazyFunction(timezone.now)
    next_try_at = factory.LazyAttribute(lambda made: made.created_at)


def template(**fields: Any) -> MessageTemplate:
    made: MessageTemplate = MessageTemplateFactory(**fields)
    return made


def message(**fields: Any) -> Message:
    made: Message = MessageFactory(**fields)
    return made
