"""What was loaded, asked by other rooms."""

from __future__ import annotations

import datetime as dt

from clients.feeds.models import FeedBatch

# Without these a night's figures would be wrong: yesterday's assets and flows would look like nothing.
NEEDED_FOR_A_DAY = ("assets", "trades", "cashflows")


def day_is_complete(day: dt.date) -> list[str]:
    """Which of assets, trades and cash flows are still missing for `day`; empty when the day is complete.

    A feed is in when a file with that business date was taken, every row of it. A file whose control total is wrong is
    never taken.
    """
    came = set(FeedBatch.objects.of_day(day).taken().values_list("feed", flat=True))
    return [feed for feed in NEEDED_FOR_A_DAY if feed not in came]
