"""Who counts for a year's coverage: written down once, at the end of the year before."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from callbacks.plans.making import alone
from callbacks.plans.models import CoverageBase

# The clients at the end of that year: opened by then, not closed by then; suspended and dormant ones are left out.
FREEZE = """
INSERT INTO callbacks_coveragebase (year, client_id, branch_id)
SELECT %(year)s, c.id, c.branch_id
FROM clients_client AS c
JOIN clients_standing AS s ON s.client_id = c.id
WHERE c.opened_on <= %(last_day)s AND c.status <> 'suspended' AND NOT 'dormant' = ANY (s.matches)
  AND CASE WHEN c.closed_on IS NULL THEN c.status <> 'closed' ELSE c.closed_on > %(last_day)s END
ORDER BY c.id
"""


def freeze_base(*, year: int) -> int:
    """Write down who counts for the coverage of `year`; what is written stays. Returns how many were written now.

    Meant for the evening of 31 December of the year before. Later (a firm that begins within the year, a night on which
    nothing ran) who was suspended or dormant is taken from today.
    """
    with alone():
        if CoverageBase.objects.filter(year=year).exists():
            return 0
        with connection.cursor() as cursor:
            cursor.execute(FREEZE, {"year": year, "last_day": dt.date(year - 1, 12, 31)})
            return int(cursor.rowcount)
