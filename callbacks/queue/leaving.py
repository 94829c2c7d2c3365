"""What somebody who left had to call goes back to the pool of his unit."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from callbacks.calls.models import Call
from callbacks.calls.workflow import NAME
from crm.organisation.models import User

FEW = 500  # calls at a time

GIVE_BACK = """
WITH gone AS (
    SELECT id, state, assignee_id, claimed_by_id FROM callbacks_call
    WHERE id = ANY (%(calls)s)  -- what a colleague works on by now stays with him, whoever it was assigned to
      AND (claimed_by_id = ANY (%(people)s) OR (claimed_by_id IS NULL AND assignee_id = ANY (%(people)s)))
    ORDER BY id FOR UPDATE SKIP LOCKED
), logged AS (
    INSERT INTO crm_transition (workflow, object_id, verb, old_state, new_state, by_id, at, reason, details)
    SELECT %(workflow)s, id, CASE WHEN state = 'claimed' THEN 'expire' ELSE 'assign' END, state, 'waiting', NULL,
           %(at)s, '', jsonb_build_object('left', coalesce(claimed_by_id, assignee_id), 'from', assignee_id)
    FROM gone
)
UPDATE callbacks_call AS c
SET state = 'waiting', claimed_by_id = NULL, claimed_at = NULL, lease_until = NULL, live = false,
    ready = c.ready AND gone.state = 'waiting',
    not_before = CASE WHEN gone.state = 'claimed' THEN %(at)s ELSE c.not_before END,
    assignee_id = CASE WHEN c.assignee_id = ANY (%(people)s) THEN NULL ELSE c.assignee_id END
FROM gone WHERE c.id = gone.id
RETURNING c.id
"""


def give_back_of_leavers(*, at: dt.datetime | None = None) -> int:
    """Put what leavers were assigned or worked on back into the pools, a few hundred a time. Returns how many.

    Who leaves hands over by hand until his last day; from the day he is gone nothing may wait for him.
    """
    at = at or timezone.now()
    serving = User.objects.in_service(timezone.localdate(at)).values("pk")
    gone = list(User.objects.exclude(pk__in=serving).values_list("pk", flat=True))
    with transaction.atomic():
        assigned = Q(assignee__in=gone, claimed_by__isnull=True)
        held = Call.objects.open().filter(assigned | Q(claimed_by__in=gone))
        calls = list(held.order_by("id").values_list("pk", flat=True)[:FEW])
        if not calls:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(GIVE_BACK, {"calls": calls, "people": gone, "workflow": NAME, "at": at})
            return len(cursor.fetchall())
