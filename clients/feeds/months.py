"""Partitions of the fact tables, made before they are needed."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils import timezone

from clients.feeds.spec import all_feeds

AHEAD = dt.timedelta(days=40)


def make_months_ahead(*, today: dt.date | None = None) -> int:
    """Make this month's and the next month's partitions; returns how many were missing.

    An import that lays a month keeps other imports of that feed which need new months waiting until it ends; one that
    finds its months there does not.
    """
    today = today or timezone.localdate()
    made = 0
    with connection.cursor() as cursor:
        for feed in all_feeds():
            if feed.months:
                cursor.execute("SELECT clients_ensure_months(%s, %s, %s)", [feed.table, today, today + AHEAD])
                made += cursor.fetchone()[0]
    return made
