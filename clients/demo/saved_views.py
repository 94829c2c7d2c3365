"""Views that the branches' heads share with their people, and a large export that waits for its release."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils import timezone, translation

from clients.demo.people import STAFF
from clients.profile.models import Client
from crm.exports.choices import ExportReason
from crm.exports.services import request_export
from crm.organisation.models import User
from crm.web.services import save_view

LIST = "clients"
ASKS = "8201"  # of risk control; compliance or the operations centre releases it
# Name, filter and order as the address has them, columns (none: the usual ones).
SHARED = (
    ("异动客户（当日跟进）", "group=movement", ()),
    ("高端客户流失风险", "tier=diamond&tier=platinum&group=at_risk", ()),
    ("测评已过期", "risk=expired", ("number", "name", "tier", "risk", "valid", "manager", "contact")),
)
MINE = (("新开户客户", "group=new&sort=opened", ()),)


def save_views() -> None:
    """Three views of the marketing director of each branch, shared with the branch, and one of his own."""
    directors = [person.staff_no for person in STAFF if "marketing_director" in person.roles]
    for director in User.objects.filter(staff_no__in=directors).order_by("staff_no"):
        unit = director.appointments.get(role="marketing_director").unit
        for shared, views in ((unit, SHARED), (None, MINE)):
            for name, query, columns in views:
                save_view(by=director, list_name=LIST, name=name, query=query, columns=columns, unit=shared)


def ask_for_export(*, until: dt.date) -> None:
    """Risk control asks for all clients, which a second person releases; a firm too small for that asks for nothing."""
    if Client.objects.count() <= settings.EXPORT_RELEASE_ROWS:
        return
    with translation.override(settings.LANGUAGE_CODE):
        request_export(
            by=User.objects.get(staff_no=ASKS),
            list_name=LIST,
            query="sort=number",
            columns=("number", "name", "tier", "group", "assets", "risk", "branch"),
            reason=ExportReason.REVIEW,
            key="demo",
            language=settings.LANGUAGE_CODE,
            at=dt.datetime.combine(until, dt.time(16, 40), tzinfo=timezone.get_default_timezone()),
        )
