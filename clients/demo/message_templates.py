"""The words in which the demo firm writes to its clients."""

from __future__ import annotations

from crm.messaging.models import MessageTemplate

SIGNED = "\n\n{staff}\n{branch}　{branch_phone}"

# Code, name, words of the SMS.
SMS = (
    (
        "risk-due",
        "风险测评到期提醒",
        "{name}，您好！您的风险承受能力测评即将到期，请通过手机应用或到{branch}重新测评。咨询电话{branch_phone}。",
    ),
    (
        "missed-call",
        "未接来电告知",
        "{name}，您好！我是{branch}的{staff}，刚才致电您未能接通。您方便时请回电{branch_phone}。",
    ),
    (
        "visit",
        "到访预约确认",
        "{name}，您好！您预约的到访已登记，{branch}{staff}将为您服务。如需改期请致电{branch_phone}。",
    ),
    (
        "new-client",
        "新开户欢迎",
        "{name}，您好！欢迎您成为{branch}的客户，我是您的客户经理{staff}。"
        "投资有风险，请先了解交易规则。服务电话{branch_phone}。",
    ),
)
# Code, name, subject, words, whether it is marketing.
EMAILS = (
    (
        "statement",
        "对账单说明",
        "{branch}：您的对账单",
        "{name}：\n\n您好！您索取的对账单已备好，可在手机应用“我的账户”中下载，也可到{branch}柜台领取。",
        False,
    ),
    (
        "salon",
        "投资者交流会邀请",
        "{branch}投资者交流会",
        "{name}：\n\n您好！{branch}将举办投资者交流会，介绍近期市场情况与产品知识，诚邀您参加。",
        True,
    ),
)


def lay_templates() -> None:
    """The firm's message templates; what is there stays as it is."""
    sms = [MessageTemplate(code=code, channel="sms", name=name, body=body) for code, name, body in SMS]
    emails = [
        MessageTemplate(
            code=code, channel="email", name=name, subject=subject, body=body + SIGNED, is_marketing=marketing
        )
        for code, name, subject, body, marketing in EMAILS
    ]
    MessageTemplate.objects.bulk_create([*sms, *emails], ignore_conflicts=True)
