"""Calls that nobody of their branch may make: everybody who calls there is recused. They are held, and seen as held."""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import connection, transaction
from django.utils import timezone

from callbacks.calls.units import LOCAL
from callbacks.calls.workflow import NAME
from crm.organisation.models import Appointment, User

log = structlog.get_logger(__name__)

AT_ONCE = 5_000
# As `Facts.recuses`: who is named on the call; of a regulated script, today's manager and introducer, too. A unit
# without callers recuses nobody.
HOLD_NOBODYS = """
WITH callers AS (
    SELECT unit_id, array_agg(user_id) AS people
    FROM unnest(%(units)s::bigint[], %(people)s::bigint[]) AS appointed (unit_id, user_id)
    GROUP BY unit_id
), found AS (
    SELECT c.id
    FROM callbacks_call AS c
    JOIN callers ON callers.unit_id = c.unit_id
    LEFT JOIN clients_client AS k ON k.id = c.client_id
    WHERE c.state = 'waiting' AND c.hold = '' AND c.assignee_id IS NULL
      AND callers.people <@ (c.recused || CASE WHEN c.regulated THEN ARRAY[k.manager_id, k.introducer_id] END)
    ORDER BY c.id LIMIT %(most)s FOR UPDATE OF c SKIP LOCKED
), logged AS (
    INSERT INTO crm_transition (workflow, object_id, verb, old_state, new_state, by_id, at, details)
    SELECT %(workflow)s, id, 'hold', 'waiting', 'waiting', NULL, %(at)s, jsonb_build_object('hold', 'nobody')
    FROM found
)
UPDATE callbacks_call AS c SET hold = 'nobody', ready = false, closes_at = NULL FROM found WHERE c.id = found.id
"""


def hold_nobodys(*, at: dt.datetime | None = None) -> int:
    """Hold the waiting, unassigned calls of branches of which everybody who calls there today is recused.

    A supervisor frees them to the call centre, or assigns them. Returns how many were held.
    """
    at = at or timezone.now()
    day = timezone.localdate(at)
    held = Appointment.objects.held_on(day).filter(role__in=LOCAL, user__in=User.objects.in_service(day))
    pairs = list(held.values_list("unit", "user").distinct())
    values = {"units": [unit for unit, _user in pairs], "people": [user for _unit, user in pairs]}
    total = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(HOLD_NOBODYS, values | {"workflow": NAME, "at": at, "most": AT_ONCE})
            changed = int(cursor.rowcount)
        total += changed
        if changed < AT_ONCE:
            break
    if total:
        log.info("calls_of_nobody_held", calls=total)
    return total
