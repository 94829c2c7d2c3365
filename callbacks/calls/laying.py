"""What every firm begins with: the outcome codes, and what is written to whoever could not be reached."""

from __future__ import annotations

from typing import Any

from callbacks.calls.models import OutcomeCode
from crm.messaging.choices import MessageChannel
from crm.messaging.models import MessageTemplate

# In the order of their keys on the call screen. What follows depends on the flags alone.
OUTCOMES: tuple[dict[str, Any], ...] = (
    {"code": "complete", "label_zh": "完成", "label_en": "Complete", "reached": True, "complete": True},
    {"code": "reschedule", "label_zh": "改约", "label_en": "Call again", "reached": True, "retry": True},
    {"code": "no_answer", "label_zh": "未接", "label_en": "No answer", "retry": True},
    {"code": "switched_off", "label_zh": "关机停机", "label_en": "Switched off", "retry": True},
    {"code": "wrong_number", "label_zh": "空号/错号", "label_en": "Wrong number", "wrong_number": True},
    {"code": "not_client", "label_zh": "非本人", "label_en": "Not the client", "not_client": True, "retry": True},
    {"code": "refused", "label_zh": "拒访", "label_en": "Refused", "reached": True, "refuse": True},
    {"code": "objection", "label_zh": "有异议", "label_en": "Objection", "reached": True, "objection": True},
)
UNREACHABLE = "callback-unreachable"  # the code of the SMS
UNREACHABLE_MAIL = "callback-unreachable-mail"  # of the e-mail to whoever cannot be sent an SMS
SMS = {
    "channel": MessageChannel.SMS,
    "name": "回访未联系上",
    "body": "{name}您好，{branch}近日多次致电未能与您取得联系。请您方便时致电{branch_phone}，我们会尽快为您服务。",
}
MAIL = {
    "channel": MessageChannel.EMAIL,
    "name": "回访未联系上（邮件）",
    "subject": "{branch}：请与我们联系",
    "body": "{name}您好：\n\n{branch}近日多次致电未能与您取得联系。请您方便时致电{branch_phone}，我们会尽快为您服务。",
}


def lay_outcomes(codes: Any = OutcomeCode, templates: Any = MessageTemplate) -> None:
    """Lay what is not there yet; what the firm has changed since stays as it is.

    A migration hands in the models as they were at its time.
    """
    for order, fields in enumerate(OUTCOMES, 1):
        codes.objects.get_or_create(code=fields["code"], defaults=fields | {"order": order})
    templates.objects.get_or_create(code=UNREACHABLE, defaults=SMS)
    templates.objects.get_or_create(code=UNREACHABLE_MAIL, defaults=MAIL)
