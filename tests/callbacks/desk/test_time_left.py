"""What is left of the time, in working days and hours."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from callbacks.desk.time_left import left
from crm.worktime.arithmetic import SHANGHAI, Calendar

NOW = dt.datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)  # a Wednesday
# Monday the 30th is a holiday, Saturday the 28th a make-up working day.
CALENDAR = Calendar(unusual_work=frozenset({dt.date(2026, 11, 30), dt.date(2026, 11, 28)}))


@pytest.mark.parametrize(
    ("month", "day", "hour", "words", "over", "today"),
    [
        (11, 25, 20, "10 h 0 min left", False, True),
        (11, 26, 20, "1 working day left", False, False),
        (11, 28, 20, "3 working days left", False, False),
        (12, 1, 20, "4 working days left", False, False),
        (11, 25, 9, "overdue since today", True, False),
        (11, 24, 20, "overdue by 1 working day", True, False),
        (11, 20, 20, "overdue by 3 working days", True, False),
    ],
)
def test_in_words(month: int, day: int, hour: int, words: str, over: bool, today: bool) -> None:
    with translation.override("en"):
        assert left(dt.datetime(2026, month, day, hour, tzinfo=SHANGHAI), NOW, CALENDAR) == (words, over, today)


def test_minutes_and_far_away() -> None:
    with translation.override("en"):
        assert left(NOW + dt.timedelta(minutes=1, seconds=5), NOW, CALENDAR).words == "1 minute left"
        assert left(NOW + dt.timedelta(days=61), NOW, CALENDAR).words == ""
