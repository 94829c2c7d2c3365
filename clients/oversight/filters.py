"""The log of reads as a list: its columns, its filters, what may be looked for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from crm.audit.models import ReadKind
from crm.organisation.models import User
from crm.web.lists import ChoiceFilter, Column, ListSpec, Option, Search, Sort

PERIODS = (1, 7, 30, 365)
ODD = "odd"


def read_list(params: QueryDict, now: dt.datetime) -> ListSpec:
    """The list as the address asks for it at `now`. One query at most: the name of a person that it names."""
    filters = [
        ChoiceFilter.of("kind", gettext_lazy("Kind"), ReadKind),
        ChoiceFilter("period", gettext_lazy("Period"), _periods(now), single=True),
        ChoiceFilter("day", gettext_lazy("Day"), _named_day(params.get("day", ""))),
        ChoiceFilter("by", gettext_lazy("Who"), _named_person(params.get("by", "")), field="by_id"),
    ]
    return ListSpec(
        name="reads",
        columns=(
            Column("at", gettext_lazy("Time"), sort="at"),
            Column("by", gettext_lazy("Who")),
            Column("kind", gettext_lazy("Kind")),
            Column("subject", gettext_lazy("Client")),
            Column("fields", pgettext_lazy("read log", "What was seen")),
            Column("rows", gettext_lazy("Rows"), number=True),
            Column("reason", gettext_lazy("Reason")),
            Column("ip", gettext_lazy("IP address")),
        ),
        sorts=(Sort("at", gettext_lazy("Time"), "at", descending=True),),
        filters=[one for one in filters if one.options],
        search=Search(gettext_lazy("Client number, staff number or name"), apply=by_client_or_person),
    )


def by_client_or_person(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Reads by a member of staff (his number or whole name), or else reads of the client with this number."""
    tight = "".join(words.split())
    people = list(User.objects.filter(Q(staff_no=tight) | Q(name=words)).values_list("pk", flat=True)[:20])
    return rows.filter(by_id__in=people) if people else rows.filter(subject="client", subject_no=tight)


def day_bounds(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The first instant of a day in the firm's time zone, and that of the next."""
    zone = timezone.get_default_timezone()
    first = dt.datetime.combine(day, dt.time(), tzinfo=zone)
    return first, dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=zone)


def _periods(now: dt.datetime) -> list[Option]:
    return [
        Option(
            str(days),
            ngettext("the last day", "the last %(n)s days", days) % {"n": days},
            condition=Q(at__gte=now - dt.timedelta(days=days)),
        )
        for days in PERIODS
    ]


def _named_day(text: str) -> list[Option]:
    """The day that the address names: findings lead to it."""
    try:
        day = dt.date.fromisoformat(text)
        first, end = day_bounds(day)
    except (ValueError, OverflowError):
        return []
    return [Option(day.isoformat(), day.isoformat(), condition=Q(at__gte=first, at__lt=end))]


def _named_person(staff_no: str) -> list[Option]:
    """The person that the address names."""
    person = None if "\0" in staff_no else User.objects.filter(staff_no=staff_no).first()
    return [Option(staff_no, person.name, stored=person.pk)] if person else []


def subject_words(subject_no: str) -> str:
    """What stands where a read was of a list and not of one client."""
    return subject_no or _("a list")
