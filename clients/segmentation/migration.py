"""Who went where between two days: matrices of tier, style and group, and the clients behind every cell.

Where a client stood at the end of a day is what his first later change says he left; without a later change, where he
stands now. So only the changes since the first day are read, however many clients there are. Scope is today's.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.urls import reverse

from clients.segmentation.composition_page import in_scope
from clients.segmentation.models import Run, SegmentChange, Standing
from clients.segmentation.selectors import current_run, standing_runs
from clients.segmentation.trial_page import AXES, Matrix, matrix_of
from clients.segmentation.trials import Cells
from crm.access.scope import Scope, scope_of
from crm.organisation.models import User

NAMES = {"tier": "tier", "style": "style", "group": '"group"'}
DAYS_OFFERED = 60

# Where clients with a change after the first day stood on the first day, on the last, and stand now. "": in no run.
WENT = """
WITH since AS (
    SELECT client_id, id, as_of, old_tier, old_style, old_group FROM clients_segmentchange WHERE run_id = ANY (%(runs)s)
), first AS (
    SELECT DISTINCT ON (client_id) * FROM since ORDER BY client_id, id
), later AS (
    SELECT DISTINCT ON (client_id) * FROM since WHERE as_of > %(last)s ORDER BY client_id, id
), now AS (
    SELECT client_id, branch_id, manager_id, group_since IS NOT NULL AS stands, tier, style, "group"
    FROM clients_standing WHERE client_id IN (SELECT client_id FROM first)
)
SELECT now.client_id, first.old_{axis} AS before,
       CASE WHEN later.client_id IS NOT NULL THEN later.old_{axis} WHEN now.stands THEN now.{name} ELSE '' END AS after,
       CASE WHEN now.stands THEN now.{name} ELSE '' END AS today
FROM now JOIN first USING (client_id) LEFT JOIN later USING (client_id)
WHERE %(everything)s OR now.branch_id = ANY (%(branches)s)
"""


@dataclass(frozen=True)
class Span:
    """From the end of one day to the end of another; both are days of runs."""

    first: dt.date
    last: dt.date

    @property
    def query(self) -> str:
        return urlencode({"from": self.first.isoformat(), "to": self.last.isoformat()})


def days_with_runs() -> list[dt.date]:
    """The newest days that a standing was found for, newest first."""
    found = standing_runs().order_by("-as_of").values_list("as_of", flat=True).distinct()  # replaced ones stood too
    return list(found[:DAYS_OFFERED])


def span_of(given_first: str, given_last: str, days: Sequence[dt.date]) -> Span | None:
    """The span that the address names, each day moved back to one with a run; else the month up to the newest.

    None when there are not two days with runs.
    """
    if len(days) < 2:
        return None
    last = _day_of(given_last, days[0], days[:-1])
    earlier = [day for day in days if day < last]
    return Span(_day_of(given_first, last - dt.timedelta(days=30), earlier), last)


def _day_of(given: str, usual: dt.date, days: Sequence[dt.date]) -> dt.date:
    try:
        wanted = dt.date.fromisoformat(given)
    except ValueError:
        wanted = usual
    return next((day for day in days if day <= wanted), days[-1])


def matrices(span: Span, user: User) -> list[Matrix]:
    """Tier, style and group for the clients in the reader's scope: two queries each."""
    return [matrix_of(axis, _cells(axis, span, scope_of(user)), _behind(span)) for axis in AXES]


def _behind(span: Span) -> Any:
    def address(axis: str, before: str, after: str) -> str:
        days = [span.first.isoformat(), span.last.isoformat()]
        return reverse("clients:migration-cell", args=[*days, axis, before, after])

    return address


def _cells(axis: str, span: Span, scope: Scope) -> Cells:
    """How many went from where to where. Who has no change since the first day stayed where he stands now."""
    cells: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for code, count in _standing_now(axis, scope):
        cells[code][code] += count
    for before, after, today, count in _counted(axis, span, scope):
        cells[before][after] += count
        if today:
            cells[today][today] -= count
    return {before: dict(line) for before, line in cells.items()}


def _standing_now(axis: str, scope: Scope) -> list[tuple[str, int]]:
    """Today's counts in a scope: of the whole firm as the newest run counted them, of branches as they are today."""
    run: Run | None = current_run()
    if run is None:
        return []
    if scope.everything:
        sums = in_scope(scope, run).values_list(axis).annotate(clients=Sum("clients")).order_by()
        return [(code, clients) for code, clients in sums]
    found = Standing.objects.filter(branch_id__in=sorted(scope.branch_ids), group_since__isnull=False)
    counts: defaultdict[str, int] = defaultdict(int)
    for code in found.order_by().values_list(axis, flat=True):
        counts[code] += 1
    return list(counts.items())


def _counted(axis: str, span: Span, scope: Scope) -> list[tuple[str, str, str, int]]:
    statement, values = went(axis, span, scope)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT before, after, today, count(*) FROM ({statement}) AS went GROUP BY 1, 2, 3",  # noqa: S608
            values,
        )
        return list(cursor.fetchall())


def went(axis: str, span: Span, scope: Scope) -> tuple[str, dict[str, Any]]:
    """The statement and its values: a row for each client in scope with a change after the first day."""
    runs = list(standing_runs().filter(as_of__gt=span.first).values_list("pk", flat=True))
    values = {
        "runs": runs,
        "last": span.last,
        "everything": scope.everything,
        "branches": sorted(scope.branch_ids),
    }
    return WENT.format(axis=axis, name=NAMES[axis]), values


def clients_behind(axis: str, before: str, after: str, span: Span, user: User) -> QuerySet[Standing]:
    """The standings of the clients in the reader's scope who went this way; of a diagonal cell, who stayed.

    `before` and `after` are codes of the axis, "" for no run.
    """
    statement, values = went(axis, span, scope_of(user))
    moved = f"SELECT client_id FROM ({statement}) AS went WHERE before = %(before)s AND after = %(after)s"  # noqa: S608
    with connection.cursor() as cursor:
        written: str = cursor.mogrify(moved, values | {"before": before, "after": after}).decode()
    went_this_way = Q(pk__in=RawSQL(written.replace("%", "%%"), ()))  # noqa: S611 (values are quoted by the driver)
    rows = Standing.objects.visible_to(user)
    if before != after or not before:
        return rows.filter(went_this_way)
    changed = SegmentChange.objects.filter(run_id__in=values["runs"]).values("client_id")
    stayed = Q(**{axis: before}, group_since__isnull=False) & ~Q(pk__in=changed)
    return rows.filter(went_this_way | stayed)
