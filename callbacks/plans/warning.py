"""Whoever assigns calls in a unit is told, once a day, how many calls are due within the time that their plans say."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from callbacks.calls.telling import holders_of
from callbacks.plans.workflow import ASSIGN
from crm.access.roles import ROLES, Reach
from crm.messaging.services import tell
from crm.organisation.models import Appointment, Unit, User

# Days by the calendar before it is due, by the plan of one of the reasons; what is overdue is on the board already.
DUE_SOON = """
SELECT c.unit_id, count(*)
FROM callbacks_call AS c
WHERE c.state = 'waiting' AND c.due_at > %(at)s
  AND c.due_at <= %(at)s::timestamptz + (SELECT max(warn_days) FROM callbacks_plan) * interval '1 day'
  AND EXISTS (SELECT FROM callbacks_callreason AS r JOIN callbacks_plan AS p ON p.id = r.plan_id
              WHERE r.call_id = c.id AND r.state = 'open'
                AND c.due_at <= %(at)s::timestamptz + p.warn_days * interval '1 day')
GROUP BY c.unit_id
ORDER BY c.unit_id
"""


@transaction.atomic
def warn(*, at: dt.datetime | None = None) -> dict[int, int]:
    """Tell who assigns calls in each unit how many waiting ones are due soon. Returns the numbers, by unit.

    One notice a unit and day, however often it is called.
    """
    at = at or timezone.now()
    day = timezone.localdate(at)
    with connection.cursor() as cursor:
        cursor.execute(DUE_SOON, {"at": at})
        found: dict[int, int] = dict(cursor.fetchall())
    for unit in Unit.objects.filter(pk__in=found):
        number = found[unit.pk]
        text = ngettext("%(n)s call of %(unit)s is due soon.", "%(n)s calls of %(unit)s are due soon.", number)
        url = f"{reverse('callbacks:calls')}?unit={unit.code}&state=waiting&sort=due"
        words = text % {"n": number, "unit": unit.name}
        tell(users=_assigners(unit, day), key=f"due-soon:{unit.pk}:{day:%F}", text=words, url=url, at=at)
    return found


def _assigners(unit: Unit, day: dt.date) -> QuerySet[User]:
    """Who assigns calls in `unit`: in a branch its own people, elsewhere who is appointed there for the whole firm."""
    local = holders_of(ASSIGN, day=day, branch=unit.pk)
    central = [code for code, role in ROLES.items() if ASSIGN in role.permissions and role.reach is Reach.ALL]
    held = Appointment.objects.held_on(day).filter(role__in=central, unit=unit)
    found: QuerySet[User] = local | User.objects.in_service(day).filter(pk__in=held.values("user_id"))
    return found
