"""Open promises go with the clients: whoever takes a client over keeps what was promised to him."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection

# Of the clients that were moved; a reminder that only the old manager got is given again.
WITH_CLIENTS = """
    UPDATE clients_followup AS promise SET owner_id = moved.new_manager_id, reminded_at = NULL
    FROM care_moved AS moved
    WHERE promise.client_id = moved.client_id AND promise.state = 'open'
      AND promise.owner_id = moved.old_manager_id AND moved.new_manager_id IS NOT NULL"""

# What somebody promised to other people's clients: to their manager, where he is in service, else to the successors of
# the branch in turn.
THE_REST = """
    WITH posts AS (
        SELECT branch_id, successor_id, place, count(*) OVER (PARTITION BY branch_id) AS among
        FROM unnest(%(branch_ids)s::bigint[], %(successor_ids)s::bigint[], %(places)s::bigint[])
             AS posts (branch_id, successor_id, place)
    ),
    left_over AS (
        SELECT promise.id, client.branch_id, manager.id AS manager_id,
               row_number() OVER (PARTITION BY client.branch_id ORDER BY promise.due_at, promise.id) - 1 AS n
        FROM clients_followup AS promise
        JOIN clients_client AS client ON client.id = promise.client_id
        LEFT JOIN crm_user AS manager ON manager.id = client.manager_id AND manager.id <> %(owner)s
             AND manager.is_active AND (manager.left_on IS NULL OR manager.left_on > %(day)s)
        WHERE promise.state = 'open' AND promise.owner_id = %(owner)s
          AND (%(branches)s::bigint[] IS NULL OR client.branch_id = ANY(%(branches)s))
    ),
    given AS (
        SELECT left_over.id, coalesce(left_over.manager_id, posts.successor_id) AS owner_id
        FROM left_over
        LEFT JOIN posts ON posts.branch_id = left_over.branch_id AND posts.place = left_over.n %% posts.among
    )
    UPDATE clients_followup AS promise SET owner_id = given.owner_id, reminded_at = NULL
    FROM given WHERE given.id = promise.id AND given.owner_id IS NOT NULL"""

# What a hand-over moved and nobody has touched since, back to who had it. The history knows which those are.
BACK = """
    UPDATE clients_followup AS promise SET owner_id = before.owner_id, reminded_at = NULL
    FROM (
        SELECT DISTINCT ON (moved.id) moved.id, moved.owner_id AS taken_by, earlier.owner_id
        FROM clients_followup AS open_promise
        JOIN clients_followupevent AS moved ON moved.pgh_obj_id = open_promise.id
        JOIN LATERAL (
            SELECT owner_id FROM clients_followupevent AS earlier
            WHERE earlier.pgh_obj_id = moved.pgh_obj_id AND earlier.pgh_id < moved.pgh_id
            ORDER BY earlier.pgh_id DESC LIMIT 1
        ) AS earlier ON true
        WHERE open_promise.state = 'open' AND moved.pgh_label = 'update'
          AND moved.pgh_context ->> 'handover' = %(handover)s
        ORDER BY moved.id, moved.pgh_id DESC
    ) AS before
    WHERE before.id = promise.id AND promise.state = 'open' AND promise.owner_id = before.taken_by"""


def move_with_clients() -> int:
    """Move the open promises of the clients in the temporary table `care_moved`. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(WITH_CLIENTS)
        return int(cursor.rowcount)


def move_the_rest(
    *, owner: int, posts: Sequence[tuple[int, int, int]], branches: list[int] | None, day: dt.date
) -> int:
    """Move what `owner` still has to keep for clients of `branches` (None: of all). Returns how many.

    `posts` are (branch, successor, place from 0 within the branch).
    """
    branch_ids, successor_ids, places = [list(column) for column in zip(*posts, strict=True)] or [[]] * 3
    params: dict[str, Any] = {
        "owner": owner,
        "branch_ids": branch_ids,
        "successor_ids": successor_ids,
        "places": places,
        "branches": branches,
        "day": day,
    }
    with connection.cursor() as cursor:
        cursor.execute(THE_REST, params)
        return int(cursor.rowcount)


def move_back(*, handover: int) -> int:
    """Give back what the hand-over with this number moved. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(BACK, {"handover": str(handover)})
        return int(cursor.rowcount)
