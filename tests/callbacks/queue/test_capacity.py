"""What the next days hold against the people on duty."""

from __future__ import annotations

import datetime as dt

import pytest

from callbacks.queue.capacity import week_of
from crm.organisation.models import Unit, User
from crm.worktime.arithmetic import SHANGHAI
from tests.factories.calls import CallFactory
from tests.factories.clients import client
from tests.factories.people import StandInFactory, person

pytestmark = pytest.mark.django_db
WEDNESDAY = dt.datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)


def due(unit: Unit, *days: int) -> None:
    """Calls due on these days of November 2026, at the end of the window."""
    for day in days:
        at = dt.datetime(2026, 11, day, 20, tzinfo=SHANGHAI)
        CallFactory(client=client(branch=unit), unit=unit, due_at=at)


def test_days_people_and_what_is_too_much(branch: Unit, clerk: User) -> None:
    colleague = person("callback_clerk", branch)
    StandInFactory(
        absent=colleague, deputy=clerk, starts_on=dt.date(2026, 11, 27), ends_on=dt.date(2026, 11, 27), reason="年假"
    )
    due(branch, 24, 25, 26, 26, 27, 29)

    (week,) = week_of([branch.pk], WEDNESDAY)

    assert [one.day.day for one in week.days] == [26, 27, 30, 1, 2]
    thursday, friday, monday = week.days[:3]
    assert (thursday.due, thursday.overdue, thursday.people, thursday.possible) == (2, 2, 2, 80)
    assert (friday.due, friday.people, friday.possible) == (2, 1, 40)  # with Sunday's, and one colleague away
    assert (monday.due, monday.missing) == (0, -80)
    assert (week.work, week.missing) == (6, 6 - 80 * 4 - 40)


def test_who_leaves_is_not_counted_from_that_day(branch: Unit, clerk: User) -> None:
    clerk.left_on = dt.date(2026, 11, 30)
    clerk.save()

    (week,) = week_of([branch.pk], WEDNESDAY)

    assert [one.people for one in week.days] == [1, 1, 0, 0, 0]


def test_another_unit_has_its_own(branch: Unit, clerk: User, centre: Unit) -> None:
    due(branch, 26)

    first, second = week_of([branch.pk, centre.pk], WEDNESDAY)

    assert (first.first.work, second.first.work, second.first.people) == (1, 0, 0)
