"""Figures of the contacts of a period: how many, with whom, how long they waited and spoke. One statement.

Each contact counts once in every dimension: its day and hour in the firm's time zone, staff, topic, outcome, direction,
channel. A wait or a talk that nobody measured (a letter) counts in no mean; a contact is *answered* when somebody spoke
(talk above 0 seconds), and the share answered in time is of all contacts whose wait is known, those who hung up
included. Percentiles lie between two values where they must, as those of `percentile_cont` do.
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


# The grouping sets, with the bit mask that GROUPING gives each of them (a bit is 0 where the column is grouped by).
_MASKS = {
    127: Dimension.TOTAL,
    63: Dimension.DAY,
    95: Dimension.HOUR,
    111: Dimension.STAFF,
    119: Dimension.TOPIC,
    123: Dimension.OUTCOME,
    125: Dimension.DIRECTION,
    126: Dimension.CHANNEL,
}
_COLUMNS = ("day", "hour", "staff_no", "topic", "outcome", "direction", "channel")
_BY = f"GROUPING({', '.join(_COLUMNS)}) AS mask, coalesce({', '.join(_COLUMNS)}, '') AS key"


def _sets(also: str = "") -> str:
    """GROUPING SETS of the total and of each column, each together with the column `also`."""
    every = (", ".join(one for one in (column, also) if one) for column in ("", *_COLUMNS))
    return f"GROUPING SETS ({', '.join(f'({one})' for one in every)})"


def _spread(name: str, value: str) -> str:
    """How the values of a column are spread: mean, median and 90th percentile by key. Worked out from how often each
    value occurs, whole seconds being few: sorting all contacts once for each dimension takes many times as long."""
    return f"""
{name}_found AS (
    SELECT {_BY}, {value} AS value, count(*) AS number FROM told WHERE {value} IS NOT NULL GROUP BY {_sets(value)}
),
{name}_ranked AS (
    SELECT mask, key, value, number, sum(number) OVER (PARTITION BY mask, key ORDER BY value) AS upto,
           sum(number) OVER (PARTITION BY mask, key) - 1 AS last
    FROM {name}_found
),
{name} AS (
    SELECT mask, key, sum(number)::bigint AS number, sum(value * number)::bigint AS total,
           {_percentile(0.5)} AS median, {_percentile(0.9)} AS p90
    FROM {name}_ranked
    GROUP BY mask, key, last
)"""  # noqa: S608 (put together from constants)


def _percentile(share: float) -> str:
    """SQL: the value at `share` of the way from the first to the last, between two neighbours where it must."""
    low = f"min(value) FILTER (WHERE upto > floor({share} * last))"
    high = f"min(value) FILTER (WHERE upto > ceil({share} * last))"
    return f"({low} + ({high} - {low}) * ({share} * last - floor({share} * last)))::float8"


_SQL = f"""
WITH told AS MATERIALIZED (
    SELECT r.client_id, r.wait, r.talk, to_char(local.at, 'YYYY-MM-DD') COLLATE "C" AS day,
           to_char(local.at, 'HH24') COLLATE "C" AS hour, r.staff_no COLLATE "C" AS staff_no,
           r.topic COLLATE "C" AS topic, r.outcome COLLATE "C" AS outcome,
           r.direction COLLATE "C" AS direction, r.channel COLLATE "C" AS channel
    FROM ({{rows}}) AS r
    CROSS JOIN LATERAL (SELECT r.occurred_at AT TIME ZONE %s) AS local (at)
),
counted AS (
    SELECT {_BY}, count(*) AS number, count(client_id) AS with_client,
           count(*) FILTER (WHERE talk > 0 AND wait <= %s) AS soon,
           count(*) FILTER (WHERE talk > 0 AND wait <= %s) AS later
    FROM told GROUP BY {_sets()}
),
clients AS (
    SELECT mask, key, count(*) AS number
    FROM (SELECT {_BY} FROM told WHERE client_id IS NOT NULL GROUP BY {_sets("client_id")}) AS one
    GROUP BY mask, key
),
{_spread("waits", "wait")},
{_spread("talks", "talk")}
SELECT mask, key, c.number, c.with_client, coalesce(k.number, 0), coalesce(w.number, 0),
       w.total::float8 / w.number, w.median, w.p90, c.soon, c.later,
       t.total::float8 / t.number, t.median, t.p90, coalesce(t.total, 0)
FROM counted AS c
LEFT JOIN clients AS k USING (mask, key)
LEFT JOIN waits AS w USING (mask, key)
LEFT JOIN talks AS t USING (mask, key)
WHERE c.number > 0
"""  # noqa: S608 (put together from constants; the rows are a scoped queryset's, every value a parameter)
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
        cursor.execute(_SQL.format(rows=inner), [*values, str(SHANGHAI), SOON, LATER])
        for mask, *figures in cursor.fetchall():
            found[_MASKS[mask]].append(Figures(*figures))
    return {
        one: sorted(found[one], key=lambda row, one=one: row.key if one in IN_ORDER else (-row.number, row.key))  # type: ignore[misc]
        for one in Dimension
    }
