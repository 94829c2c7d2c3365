"""Alerts about clients, as exchange, compliance or a system raised them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from clients.ledger.choices import AlertSource
from clients.ledger.models import Alert
from clients.profile.policies import shown_name
from crm.access.scope import scope_filter
from crm.organisation.models import User
from crm.web.lists import ChoiceFilter, Column, ListSpec, Option, Sort
from crm.web.templatetags.ui import grouped

OPEN, CLOSED = "open", "closed"

LIST = ListSpec(
    name="alerts",
    columns=(
        Column("raised", pgettext_lazy("alert", "Raised"), sort="raised"),
        Column("client", gettext_lazy("Client")),
        Column("branch", gettext_lazy("Branch")),
        Column("source", gettext_lazy("Source")),
        Column("kind", gettext_lazy("Kind")),
        Column("summary", gettext_lazy("Summary")),
        Column("closed", pgettext_lazy("alert", "Closed")),
    ),
    sorts=(Sort("raised", pgettext_lazy("alert", "Raised"), "raised_on", descending=True),),
    filters=(
        ChoiceFilter(
            "state",
            gettext_lazy("State"),
            (
                Option(OPEN, pgettext_lazy("alert", "Open"), condition=Q(closed_on__isnull=True)),
                Option(CLOSED, pgettext_lazy("alert", "Closed"), condition=Q(closed_on__isnull=False)),
            ),
            default=(OPEN,),
            unset=pgettext_lazy("alert", "Open"),
        ),
        ChoiceFilter.of("source", gettext_lazy("Source"), AlertSource),
    ),
)


class AlertRow(NamedTuple):
    """One alert, ready to be written; the client's name is masked for everybody."""

    alert: Alert
    url: str
    number: str
    name: str


def alerts_for(user: User) -> QuerySet[Alert]:
    """The alerts about the clients in this person's scope today."""
    here = scope_filter(user, branch="client__branch_id", manager="client__manager_id")
    return Alert.objects.filter(here).select_related("client", "client__branch")


def rows_of(found: Sequence[Alert]) -> list[AlertRow]:
    return [
        AlertRow(
            one,
            reverse("clients:detail", args=[one.client.client_no]),
            grouped(one.client.client_no),
            shown_name(one.client.name, one.client.kind, clear=False),
        )
        for one in found
    ]
