"""Unusual reading: who opened many clients in a short time, clients outside his work, or clients at odd hours.

One statement over the days asked for; nothing is judged. What counts as much is a setting, shown beside the findings,
and each finding leads to the rows of the log behind it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.oversight.filters import day_bounds
from crm.organisation.models import User

MOST = 500
ZONE = "Asia/Shanghai"

KINDS: dict[str, str | Promise] = {
    "in_an_hour": _("Many clients within an hour"),
    "reveals_a_day": _("Many fields revealed"),
    "outside_a_day": _("Many clients for whom nothing was done"),
    "at_odd_hours": _("Clients opened at night"),
}
MEANINGS: dict[str, str | Promise] = {
    "in_an_hour": _("Different clients opened within one hour of the clock."),
    "reveals_a_day": _("Hidden fields shown in clear on one day."),
    "outside_a_day": _(
        "Clients of other managers opened on one day, for whom the reader entered no service record, promise or "
        "correction from the day before to the day after."
    ),
    "at_odd_hours": _("Different clients opened between 22:00 and 06:00."),
}

STATEMENT = """
WITH opened AS (
    SELECT by_id, subject_no, kind, at, at AT TIME ZONE %(zone)s AS local
    FROM crm_readlog
    WHERE at >= %(first)s AND at < %(end)s AND subject = 'client' AND subject_no <> '' AND kind IN ('page', 'reveal')
), counted AS (
    SELECT by_id, day, 'in_an_hour' AS kind, max(clients) AS number
    FROM (SELECT by_id, local::date AS day, count(DISTINCT subject_no) AS clients
          FROM opened GROUP BY by_id, local::date, date_trunc('hour', local)) AS hours
    GROUP BY by_id, day
  UNION ALL
    SELECT by_id, local::date, 'reveals_a_day', count(*) FROM opened WHERE kind = 'reveal' GROUP BY 1, 2
  UNION ALL
    SELECT by_id, local::date, 'at_odd_hours', count(DISTINCT subject_no)
    FROM opened WHERE extract(hour FROM local) >= 22 OR extract(hour FROM local) < 6 GROUP BY 1, 2
  UNION ALL
    SELECT o.by_id, o.day, 'outside_a_day', count(*)
    FROM (SELECT DISTINCT by_id, subject_no, local::date AS day FROM opened) AS o
    JOIN clients_client AS c ON c.client_no = o.subject_no AND c.manager_id IS DISTINCT FROM o.by_id
    WHERE NOT EXISTS (
            SELECT FROM clients_servicerecord AS r
            WHERE r.client_id = c.id AND r.staff_id = o.by_id
              AND (r.occurred_at AT TIME ZONE %(zone)s)::date BETWEEN o.day - 1 AND o.day + 1)
      AND NOT EXISTS (
            SELECT FROM clients_followup AS f
            WHERE f.client_id = c.id AND f.created_by_id = o.by_id
              AND (f.created_at AT TIME ZONE %(zone)s)::date BETWEEN o.day - 1 AND o.day + 1)
      AND NOT EXISTS (
            SELECT FROM clients_correction AS k
            WHERE k.client_id = c.id AND k.proposed_by_id = o.by_id
              AND (k.proposed_at AT TIME ZONE %(zone)s)::date BETWEEN o.day - 1 AND o.day + 1)
    GROUP BY o.by_id, o.day
)
SELECT counted.by_id, counted.day, counted.kind, counted.number, limits.most
FROM counted JOIN unnest(%(kinds)s::text[], %(limits)s::bigint[]) AS limits (kind, most) USING (kind)
WHERE counted.number >= limits.most
ORDER BY counted.day DESC, counted.number::numeric / limits.most DESC, counted.by_id
LIMIT %(most)s
"""


@dataclass(frozen=True)
class Finding:
    """Somebody read unusually on a day: what, how many, from how many on it is told, and the rows behind it."""

    person: User
    day: dt.date
    kind: str
    number: int
    limit: int
    url: str

    @property
    def label(self) -> str:
        return str(KINDS[self.kind])


def unusual_reading(first: dt.date, last: dt.date) -> Sequence[Finding]:
    """The findings of the days from `first` to `last`, newest day first, the furthest above its limit first.

    At most 500. Two queries.
    """
    limits = settings.UNUSUAL_READING
    values: dict[str, Any] = {
        "zone": ZONE,
        "first": day_bounds(first)[0],
        "end": day_bounds(last)[1],
        "kinds": list(limits),
        "limits": list(limits.values()),
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, values)
        found = cursor.fetchall()
    people = User.objects.in_bulk({by for by, *_rest in found})
    return [
        Finding(people[by], day, kind, number, limit, _behind(people[by], day, kind))
        for by, day, kind, number, limit in found
    ]


def _behind(person: User, day: dt.date, kind: str) -> str:
    """The address of the rows that a finding counts."""
    kinds = [("kind", "reveal")] if kind == "reveals_a_day" else [("kind", "page"), ("kind", "reveal")]
    return f"{reverse('clients:reads')}?{urlencode([*kinds, ('day', day.isoformat()), ('by', person.staff_no)])}"


def limits_in_words() -> list[tuple[str, str, int]]:
    """Every kind with what it means and from how many on it is told."""
    return [(str(KINDS[kind]), str(MEANINGS[kind]), limit) for kind, limit in settings.UNUSUAL_READING.items()]
