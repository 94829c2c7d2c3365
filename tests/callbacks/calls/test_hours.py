"""The next try: later, within the hours, before it is due where that can be, at another part of the day."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.calls.hours import SOON, part_of, propose_next
from crm.worktime.arithmetic import SHANGHAI, Calendar, Hours, Intervals, in_window, next_opening
from crm.worktime.choices import DayRule

USUAL = Hours(DayRule.WORKING, Intervals.of([["09:00", "12:00"], ["13:30", "20:00"]]))
# A National Day week with the Saturday after it worked.
HOLIDAYS = Calendar(unusual_work=frozenset({dt.date(2026, 10, day) for day in (1, 2, 5, 6, 7, 10)}))


def here(day: str, time: str) -> dt.datetime:
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time.fromisoformat(time), SHANGHAI)


INSTANTS = st.datetimes(dt.datetime(2026, 9, 20), dt.datetime(2026, 10, 20)).map(
    lambda one: one.replace(tzinfo=SHANGHAI)
)
TIMES = st.integers(0, 47).map(lambda half: dt.time(half // 2, half % 2 * 30))
SPANS = st.tuples(TIMES, TIMES).filter(lambda span: span[0] < span[1])
HOURS = st.one_of(
    st.just(USUAL), st.builds(lambda days, span: Hours(days, Intervals((span,))), st.sampled_from(list(DayRule)), SPANS)
)


@given(now=INSTANTS, tries=st.lists(INSTANTS, max_size=4), due=INSTANTS, hours=HOURS)
def test_it_is_later_within_the_hours_and_in_time_where_that_can_be(
    now: dt.datetime, tries: list[dt.datetime], due: dt.datetime, hours: Hours
) -> None:
    found = propose_next(tries, due=due, hours=hours, calendar=HOLIDAYS, now=now)
    assert found > now
    assert in_window(HOLIDAYS, found, hours)
    first = next_opening(HOLIDAYS, now + SOON, hours)
    assert found <= due or found == first, "late, though it could have been in time"


@given(now=INSTANTS, due_in=st.integers(5, 20))
def test_far_from_due_it_is_another_day_and_another_part_of_it(now: dt.datetime, due_in: int) -> None:
    found = propose_next([now], due=now + dt.timedelta(days=due_in + 12), hours=USUAL, calendar=HOLIDAYS, now=now)
    assert found.date() > now.date()
    assert part_of(found) != part_of(now)


@pytest.mark.parametrize(
    ("now", "due", "expected"),
    [
        ("09:40", ("2026-11-25", "17:30"), ("2026-11-25", "13:30")),  # due today: the same day, another part
        ("15:10", ("2026-11-25", "20:00"), ("2026-11-25", "17:30")),
        ("18:30", ("2026-11-25", "20:00"), ("2026-11-25", "19:00")),  # hardly any time left: as soon as may be
        ("09:40", ("2026-12-04", "20:00"), ("2026-11-26", "13:30")),  # time enough: the next day, the afternoon
        ("15:00", ("2026-12-04", "20:00"), ("2026-11-26", "09:00")),
        ("10:00", ("2026-11-20", "20:00"), ("2026-11-25", "10:30")),  # overdue already
    ],
)
def test_examples(now: str, due: tuple[str, str], expected: tuple[str, str]) -> None:
    at = here("2026-11-25", now)
    assert propose_next([at], due=here(*due), hours=USUAL, calendar=Calendar(), now=at) == here(*expected)


def test_three_tries_are_in_three_parts_of_the_day() -> None:
    first, due = here("2026-11-25", "09:30"), here("2026-12-20", "20:00")
    tries = [first]
    for _round in range(2):
        tries.append(propose_next(tries, due=due, hours=USUAL, calendar=Calendar(), now=tries[-1]))
    assert [part_of(one) for one in tries] == [0, 1, 2]
