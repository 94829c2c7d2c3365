"""The list of promises: its columns, its order and its filters."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.contacts.selectors import end_of_day, to_keep_by
from crm.organisation.models import User
from crm.web.lists import ChoiceFilter, Column, ListSpec, Option, Sort

NAME = "promises"
MINE, ALL = "mine", "all"
OVERDUE = "overdue"
COLUMNS = (
    Column("what", _("What was promised"), lead=True),
    Column("due", pgettext_lazy("promise", "Due"), sort="due"),
    Column("client", _("Client")),
    Column("owner", _("Who keeps it")),
    Column("by", _("Promised by")),
    Column("branch", _("Branch"), usual=False),
)


def promise_list(user: User, now: dt.datetime) -> ListSpec:
    """Open promises as `user` sees them at `now`: his own unless he asks for everybody's, the most urgent first."""
    midnight = end_of_day(now)
    return ListSpec(
        name=NAME,
        columns=COLUMNS,
        choosable=True,
        sorts=(Sort("due", pgettext_lazy("promise", "Due"), "due_at"),),
        filters=(
            ChoiceFilter(
                "whose",
                pgettext_lazy("promise", "Whose"),
                (
                    Option(MINE, pgettext_lazy("promise", "Mine"), condition=Q(owner__in=to_keep_by(user, now.date()))),
                    Option(ALL, pgettext_lazy("promise", "Everybody's, to my clients"), condition=Q(pk__isnull=False)),
                ),
                default=(MINE,),
                unset=pgettext_lazy("promise", "Mine"),
                single=True,
            ),
            ChoiceFilter(
                "due",
                pgettext_lazy("promise", "Due"),
                (
                    Option(OVERDUE, _("Overdue"), condition=Q(due_at__lte=now)),
                    Option("today", _("Today"), condition=Q(due_at__gt=now, due_at__lt=midnight)),
                    Option("later", _("Later"), condition=Q(due_at__gte=midnight)),
                ),
            ),
        ),
    )
