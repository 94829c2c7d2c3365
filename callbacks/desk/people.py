"""Who could be given calls: the people who call in some units, with how much each has already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callbacks.calls.choices import OPEN
from callbacks.calls.models import Call
from callbacks.calls.units import CENTRAL, LOCAL
from crm.organisation.models import Appointment, StandIn, User

MOST_UNITS = 5


def units_of(calls: QuerySet[Call]) -> list[int]:
    """The units that call in `calls`, a few at most: one query."""
    units = calls.order_by().values_list("unit_id", flat=True).distinct()[: MOST_UNITS + 1]
    return list(units)


def callers_of(units: Collection[int], day: dt.date) -> QuerySet[User]:
    """Who works on calls in these units on `day`: appointed there, in service."""
    held = Appointment.objects.held_on(day).filter(unit__in=units, role__in=[*CENTRAL, *LOCAL])
    serving: QuerySet[User] = User.objects.in_service(day).filter(pk__in=held.values("user"))
    return serving.order_by("staff_no")


def people_with_load(units: Collection[int], day: dt.date) -> list[tuple[User, str]]:
    """The callers of the units with their staff number, load and absence in words: three queries."""
    people = list(callers_of(units, day))
    ids = [one.pk for one in people]
    open_calls = Call.objects.filter(state__in=OPEN, assignee__in=ids).order_by()
    loads = dict(open_calls.values_list("assignee_id").annotate(n=Count("pk")))
    away = dict(StandIn.objects.on(day).filter(absent__in=ids).values_list("absent_id", "deputy__name"))
    return [(one, _about(one, loads.get(one.pk, 0), away.get(one.pk, ""))) for one in people]


def _about(one: User, load: int, deputy: str) -> str:
    words = [one.staff_no, ngettext("%(n)s open call", "%(n)s open calls", load) % {"n": f"{load:,}"}]
    if deputy:
        words.append(_("absent, %(name)s stands in") % {"name": deputy})
    return " · ".join(words)


def names_of(ids: Sequence[int]) -> dict[int, str]:
    """Names by id: one query."""
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))
