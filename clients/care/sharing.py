"""How clients are shared out among successors: one query over the chosen clients, whoever many they are.

A client goes to a successor of his own branch. `in_turn`: the client with most assets to the first successor, the next
to the second, and so on. `by_load`: each client, most assets first, to whoever then has fewest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet

from clients.care.choices import HandoverRule
from clients.care.policies import IN_CARE, Post
from clients.profile.models import Client

# The n-th client of a branch, counted from 0 by assets, goes to the n-th slot of that branch.
SLOTS = {
    HandoverRule.IN_TURN: """
        SELECT branch_id, successor_id, place + round * among AS n
        FROM posts CROSS JOIN LATERAL generate_series(0, (wanted - 1) / among) AS round""",
    HandoverRule.BY_LOAD: """
        SELECT branch_id, successor_id, row_number() OVER (PARTITION BY branch_id ORDER BY level, place) - 1 AS n
        FROM posts CROSS JOIN LATERAL generate_series(held, brim) AS level""",
}
SHARED = """
    WITH chosen (client_id, branch_id, old_manager_id, assets, tier) AS ({chosen}),
    posts AS (
        SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
                             %s::bigint[])
                 AS posts (branch_id, successor_id, place, among, held, brim, wanted)
    ),
    slots AS ({slots}),
    ranked AS (
        SELECT chosen.*, row_number() OVER (PARTITION BY branch_id ORDER BY assets DESC, client_id) - 1 AS n
        FROM chosen
    )
    SELECT ranked.client_id, ranked.branch_id, ranked.old_manager_id, slots.successor_id AS new_manager_id,
           ranked.assets, ranked.tier
    FROM ranked LEFT JOIN slots ON slots.branch_id = ranked.branch_id AND slots.n = ranked.n"""


@dataclass(frozen=True)
class Sharing:
    """SQL of who gets whom (client_id, branch_id, old_manager_id, new_manager_id, assets, tier) and its parameters.

    `new_manager_id` is empty where nobody of the client's branch takes over.
    """

    sql: str
    params: tuple[Any, ...]


def share_out(clients: QuerySet[Client], posts: Sequence[Post], rule: HandoverRule) -> Sharing:
    """Who gets which of `clients`. Two queries for counts; nothing is written."""
    rows = clients.values_list("pk", "branch_id", "manager_id", "standing__average_assets", "standing__tier")
    chosen, params = compiled(rows)
    wanted = _count_by(clients, "branch_id")
    held = _loads(clients, posts)
    by_branch: dict[int, list[int]] = defaultdict(list)
    for post in posts:
        by_branch[post.branch_id].append(post.user.pk)
    lines = []
    for branch_id, people in by_branch.items():
        loads, number = [held[pk] for pk in people], wanted.get(branch_id, 0)
        if number:
            top = brim(loads, number)
            lines += [(branch_id, pk, place, len(people), loads[place], top, number) for place, pk in enumerate(people)]
    columns = [list(column) for column in zip(*lines, strict=True)] or [[]] * 7
    return Sharing(SHARED.format(chosen=chosen, slots=SLOTS[rule]), (*params, *columns))


def compiled(rows: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    """SQL of a query and its parameters, also of one that Django knows to find nothing."""
    sql, params = rows.order_by().query.get_compiler(connection=connection, elide_empty=False).as_sql()
    return sql, tuple(params)


def brim(loads: Sequence[int], number: int) -> int:
    """The level to which `number` clients fill up people who hold `loads`, in whole clients."""
    low, high = min(loads), min(loads) + number
    while low < high:
        middle = (low + high) // 2
        room = sum(max(0, middle + 1 - load) for load in loads)
        low, high = (low, middle) if room >= number else (middle + 1, high)
    return low


def _loads(clients: QuerySet[Client], posts: Sequence[Post]) -> dict[int, int]:
    """How many clients each successor has, those left out that are being shared out."""
    people = {post.user.pk for post in posts}
    held = _count_by(Client.objects.filter(IN_CARE, manager__in=people), "manager_id")
    moved = _count_by(clients.filter(manager__in=people), "manager_id")
    return {pk: held.get(pk, 0) - moved.get(pk, 0) for pk in people}


def _count_by(clients: QuerySet[Client], column: str) -> dict[int, int]:
    return dict(clients.order_by().values_list(column).annotate(number=Count("pk")))
