"""Changes of manager until the core system, which owns the field, has them too (docs/decisions/0004).

A change waits (*pending*) until the clients feed brings the new manager, which confirms it, or another one, which
supersedes it. Until then a feed that still brings the old manager is only late. After two changes in a row everything
that the core system may still believe is late: the manager before the first, and the one between.
"""

# ruff: noqa: S608 (the SQL is made of the constants below and of names in code)

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import connection

from clients.care.choices import AssignmentState
from clients.care.models import ManagerAssignment

PORTION = 2_000

# Every pending change with the managers that a late feed may bring: a chain of changes, each replaced by the next.
PENDING = """
    WITH RECURSIVE chain AS (
        SELECT id AS assignment_id, client_id, new_manager_id, old_manager_id AS late_id, at AS since
        FROM clients_managerassignment WHERE state = 'pending'
        UNION
        SELECT chain.assignment_id, chain.client_id, chain.new_manager_id, earlier.old_manager_id, earlier.at
        FROM chain
        JOIN clients_managerassignment AS earlier
          ON earlier.client_id = chain.client_id AND earlier.state = 'superseded' AND earlier.settled_at = chain.since
         AND earlier.new_manager_id IS NOT DISTINCT FROM chain.late_id
    )
    SELECT assignment_id, client_id, new_manager_id, array_agg(late_id) AS late_ids
    FROM chain GROUP BY assignment_id, client_id, new_manager_id"""


def any_pending() -> bool:
    """Whether a change waits for the core system at all: one look into a partial index."""
    return ManagerAssignment.objects.filter(state=AssignmentState.PENDING).exists()


def manager_waits(client_id: int) -> bool:
    """Whether this client's manager was changed here and the core system does not have it yet."""
    return ManagerAssignment.objects.filter(client_id=client_id, state=AssignmentState.PENDING).exists()


def settle(*, answers: str, at: dt.datetime) -> int:
    """Confirm or supersede pending changes; returns how many. Runs in the caller's transaction.

    `answers` is SQL, made of names in code: assignment_id, and confirms (true: the core system has the new manager).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE clients_managerassignment AS assignment
                SET state = CASE WHEN answer.confirms THEN 'confirmed' ELSE 'superseded' END, settled_at = %s
                FROM ({answers}) AS answer
                WHERE answer.assignment_id = assignment.id AND assignment.state = 'pending'""",
            [at],
        )
        return int(cursor.rowcount)


def pending_changes() -> Iterator[tuple[str, str]]:
    """Client number and the new manager's staff number ("" for none) of every pending change, by client number."""
    pending = ManagerAssignment.objects.filter(state=AssignmentState.PENDING).order_by("client__client_no")
    rows = pending.values_list("client__client_no", "new_manager__staff_no")
    return ((client_no, staff_no or "") for client_no, staff_no in rows.iterator(PORTION))


def pending_since(instant: dt.datetime | None) -> int:
    """How many changes wait that were made after `instant` (None: ever)."""
    pending = ManagerAssignment.objects.filter(state=AssignmentState.PENDING)
    return (pending.filter(at__gt=instant) if instant else pending).count()
