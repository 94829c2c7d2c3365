"""The list of enquiries: its columns, its order and its filters."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from callbacks.calls.units import acts_as
from callbacks.enquiries.choices import EnquiryKind, EnquiryState
from callbacks.enquiries.models import Enquiry
from clients.contacts.selectors import end_of_day
from clients.desk.listing import branches_in
from clients.profile.search import understand
from crm.access.scope import scope_of
from crm.organisation.models import User
from crm.web.badges import badge_of
from crm.web.lists import ChoiceFilter, Column, ListSpec, Option, Search, Sort

NAME = "enquiries"
RELATED = ("client", "branch", "owner", "unit")  # what the lines of the list read
OPEN = (EnquiryState.WAITING, EnquiryState.TAKEN)
COLUMNS = (
    Column("number", _("Number"), lead=True),
    Column("caller", _("Caller")),
    Column("kind", _("Kind of enquiry")),
    Column("topic", _("Topic")),
    Column("state", _("State")),
    Column("owner", _("Answers for it")),
    Column("arrived", _("Arrived"), sort="arrived"),
    Column("due", pgettext_lazy("promise", "Due")),
    Column("branch", _("Branch"), css="col-opened"),
    Column("question", pgettext_lazy("enquiry", "What was asked"), usual=False),
    Column("closed", pgettext_lazy("enquiry", "Closed"), usual=False),
    Column("line", pgettext_lazy("telephone", "Line"), usual=False),
)


def enquiry_list(user: User, now: dt.datetime) -> ListSpec:
    """Enquiries as `user` may filter them at `now`: the open ones unless he says otherwise, the newest first."""
    branches = branches_in(scope_of(user))
    options = [Option(branch.code, branch.name, stored=branch.pk) for branch in branches]
    filters = [
        _whose(user, now),
        ChoiceFilter(
            "state",
            _("State"),
            [Option(str(state), badge_of("enquiry", state).label) for state in EnquiryState],
            default=tuple(str(state) for state in OPEN),
            unset=pgettext_lazy("enquiries", "open"),
        ),
        ChoiceFilter.of("kind", _("Kind of enquiry"), EnquiryKind),
        ChoiceFilter("vip", "VIP", [Option("yes", _("VIP first"), stored=True)], single=True),
        _due(now),
        ChoiceFilter("branch", _("Branch"), options if len(options) > 1 else (), field="branch_id"),
    ]
    return ListSpec(
        name=NAME,
        columns=COLUMNS,
        choosable=True,
        sorts=(Sort("arrived", _("Arrived"), "arrived_at", descending=True),),
        filters=[one for one in filters if one.options],
        search=Search(_("Number of the enquiry or of the client, name, initials, phone"), apply=search_enquiries),
    )


def search_enquiries(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """By the enquiry's own number, or by its client. Raises ValueError with a sentence when words find nothing ever."""
    if Enquiry.objects.filter(enquiry_no=words.upper()).exists():
        return rows.filter(enquiry_no=words.upper())
    return rows.filter(understand(words).on_rows(client="client_id", client_no="client__client_no"))


def _whose(user: User, now: dt.datetime) -> ChoiceFilter:
    mine = Q(owner__in=acts_as(user))
    serving = User.objects.in_service(timezone.localdate(now)).values("pk")
    offered = Q(hand_overs__to_user=user, hand_overs__state="asked")
    return ChoiceFilter(
        "whose",
        pgettext_lazy("enquiries", "Whose"),
        [
            Option("mine", pgettext_lazy("enquiries", "Mine"), condition=mine),
            Option("offered", _("Offered to me"), condition=offered),
            Option("left", _("Of colleagues who have left"), condition=Q(owner__isnull=False) & ~Q(owner__in=serving)),
        ],
        single=True,
    )


def _due(now: dt.datetime) -> ChoiceFilter:
    midnight = end_of_day(now)
    return ChoiceFilter(
        "due",
        pgettext_lazy("promise", "Due"),
        [
            Option("overdue", _("Overdue"), condition=Q(state=EnquiryState.TAKEN, due_at__lte=now)),
            Option("today", _("Today"), condition=Q(due_at__gt=now, due_at__lt=midnight)),
            Option("later", _("Later"), condition=Q(due_at__gte=midnight)),
        ],
    )
