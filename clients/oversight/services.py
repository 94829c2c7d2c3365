from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import ngettext

from clients.oversight.unusual import unusual_reading
from crm.access.roles import ROLES
from crm.messaging.services import tell
from crm.organisation.models import Appointment, User

PERMISSION = "crm.view_read_log"


@transaction.atomic
def tell_unusual(*, day: dt.date, today: dt.date) -> int:
    """Tell everybody who reads the log today of a day's unusual reading; the same day is told once.

    Returns how many findings there are. Nobody is told of nothing.
    """
    findings = unusual_reading(day, day)
    if findings:
        readers = [code for code, role in ROLES.items() if PERMISSION in role.permissions]
        held = Appointment.objects.held_on(today).filter(role__in=readers).values("user_id")
        text = ngettext(
            "%(n)s finding of unusual reading of client data on %(day)s",
            "%(n)s findings of unusual reading of client data on %(day)s",
            len(findings),
        ) % {"n": len(findings), "day": day.isoformat()}
        people = User.objects.in_service(today).filter(pk__in=held)
        tell(users=people, key=f"unusual:{day.isoformat()}", text=text, url=reverse("clients:unusual"))
    return len(findings)
