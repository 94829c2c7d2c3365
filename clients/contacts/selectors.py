"""Reads of promises, shaped for pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from clients.contacts.models import FollowUp
from crm.access.scope import absent_colleagues
from crm.organisation.models import User


@dataclass(frozen=True)
class Due:
    """What somebody has to keep by the end of a day: the most urgent, and how many there are of each."""

    first: list[FollowUp]
    overdue: int
    today: int


def to_keep_by(user: User, day: dt.date) -> list[int]:
    """Whose promises `user` keeps on `day`: his own, and those of whom he stands in for."""
    return [user.pk, *(colleague.pk for colleague in absent_colleagues(user, day))]


def open_promises(client_id: int) -> list[FollowUp]:
    """What this client is still owed, the most urgent first."""
    return list(
        FollowUp.objects.open().filter(client_id=client_id).select_related("owner").order_by("due_at", "pk")[:20]
    )


def end_of_day(now: dt.datetime) -> dt.datetime:
    """The midnight that ends the day of `now` in the firm's time zone."""
    local = timezone.localtime(now)
    return (local + dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def due_for(user: User, now: dt.datetime, most: int) -> Due:
    """What `user` has to keep until the end of the day of `now`: overdue first. Two queries."""
    mine = FollowUp.objects.due_by(end_of_day(now)).filter(owner__in=to_keep_by(user, timezone.localdate(now)))
    first = list(mine.select_related("client", "owner").order_by("due_at", "pk")[:most])
    overdue = sum(one.due_at <= now for one in first)
    if len(first) < most:
        return Due(first, overdue, len(first) - overdue)
    times: QuerySet[FollowUp, dt.datetime] = mine.values_list("due_at", flat=True)
    counted = list(times)
    overdue = sum(due <= now for due in counted)
    return Due(first, overdue, len(counted) - overdue)
