"""Figures of the contacts of a period: how many, with whom, how long they waited and spoke. One statement.

Each contact counts once in every dimension: its day and hour in the firm's time zone, staff, topic, outcome, direction,
channel. A wait or a talk that nobody measured (a letter) counts in no mean; a contact is *answered* when somebody spoke
(talk above 0 seconds), and the share answered in time is of all contacts whose wait is known, those who hung up
included. Percentiles lie between two values where they must (`percentile_cont`, as pandas' `quantile` does by default).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, pgettext_lazy

from clients.contacts.models import ServiceRecord
from crm.worktime.arithmetic import SHANGHAI

SOON, LATER = 20, 60  # seconds within which a call shall be answered


class Dimension(models.TextChoices):
    """What the contacts of a period are counted by."""

    TOTAL = "total", gettext_lazy("All contacts")
    DAY = "day", pgettext_lazy("contacts", "Day")
    HOUR = "hour", gettext_lazy("Hour of the day")
    STAFF = "staff", gettext_lazy("Staff")
    TOPIC = "topic", gettext_lazy("Topic")
    OUTCOME = "outcome", gettext_lazy("Outcome")
    DIRECTION = "direction", gettext_lazy("Direction")
    CHANNEL = "channel", gettext_lazy("Channel")


IN_ORDER = (Dimension.DAY, Dimension.HOUR)  # of their keys; the others by number, the most first


class Figures(NamedTuple):
    """The figures of one key (`2026-11-25`, `09`, a staff number, a topic …; empty: not known). Times are seconds;
    None where nothing was measured."""

    key: str
    number: int
    with_client: int  # contacts with a known client
    clients: int  # different ones
    waited: int  # contacts whose wait is known
    wait_mean: float | None
    wait_median: float | None
    wait_p90: float | None
    soon: int  # answered within SOON
    later: int  # answered within LATER
    talk_mean: float | None
    talk_median: float | None
    talk_p90: float | None
    talk_total: int

    @property
    def soon_share(self) -> float | None:
        """The share answered within SOON, 0 to 1, of those whose wait is known."""
        return self.soon / self.waited if self.waited else None

    @property
    def later_share(self) -> float | None:
        return self.later / self.waited if self.waited else None


_SQL = """
WITH told AS ({rows})
SELECT d.dimension, d.key, count(*), count(t.client_id), count(DISTINCT t.client_id), count(t.wait),
       avg(t.wait)::float8,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY t.wait), percentile_cont(0.9) WITHIN GROUP (ORDER BY t.wait),
       count(*) FILTER (WHERE t.talk > 0 AND t.wait <= %s), count(*) FILTER (WHERE t.talk > 0 AND t.wait <= %s),
       avg(t.talk)::float8,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY t.talk), percentile_cont(0.9) WITHIN GROUP (ORDER BY t.talk),
       coalesce(sum(t.talk), 0)::bigint
FROM told AS t
CROSS JOIN LATERAL (
    SELECT t.occurred_at AT TIME ZONE %s
) AS local (at)
CROSS JOIN LATERAL (VALUES
    ('total', ''), ('day', to_char(local.at, 'YYYY-MM-DD')), ('hour', to_char(local.at, 'HH24')),
    ('staff', t.staff_no), ('topic', t.topic), ('outcome', t.outcome),
    ('direction', t.direction), ('channel', t.channel)
) AS d (dimension, key)
GROUP BY d.dimension, d.key
"""
_READ = ("client_id", "occurred_at", "staff_no", "topic", "outcome", "direction", "channel")


def figures_of(
    rows: QuerySet[ServiceRecord], *, begins: dt.datetime, ends: dt.datetime
) -> Mapping[Dimension, Sequence[Figures]]:
    """The figures of those of `rows` (a person's scope) from the instant `begins` on, before `ends`: one query.

    Days and hours are in the order of time, everything else has the most contacts first. No contact: empty lists.
    """
    found: dict[Dimension, list[Figures]] = defaultdict(list)
    asked = rows.between(begins, ends).order_by()  # type: ignore[attr-defined]
    measured = asked.values(*_READ, wait=models.F("wait_seconds"), talk=models.F("duration_seconds"))
    try:
        inner, values = measured.query.sql_with_params()
    except EmptyResultSet:  # somebody who sees no client at all
        return {one: [] for one in Dimension}
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(rows=inner), [*values, SOON, LATER, str(SHANGHAI)])
        for dimension, *figures in cursor.fetchall():
            found[Dimension(dimension)].append(Figures(*figures))
    return {
        one: sorted(found[one], key=lambda row, one=one: row.key if one in IN_ORDER else (-row.number, row.key))  # type: ignore[misc]
        for one in Dimension
    }
