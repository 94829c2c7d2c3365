"""Lists of one client's facts: trades, cash flows, service records. The newest stand on the client's page too."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from clients.contacts.choices import ContactChannel, ContactDirection
from clients.contacts.models import ServiceRecord
from clients.ledger.choices import Direction, Side
from clients.ledger.models import CashFlow, Trade
from clients.ledger.selectors import flows_of, trades_of
from crm.web.lists import ChoiceFilter, Column, ListSpec, Sort

RECENT = 6  # rows of a kind on the client's page

TRADES = ListSpec(
    name="trades",
    columns=(
        Column("time", gettext_lazy("Time"), sort="time"),
        Column("symbol", gettext_lazy("Security")),
        Column("side", gettext_lazy("Side")),
        Column("quantity", gettext_lazy("Quantity"), number=True),
        Column("amount", gettext_lazy("Amount"), number=True),
        Column("commission", gettext_lazy("Commission"), number=True),
        Column("channel", gettext_lazy("Channel")),
        Column("number", gettext_lazy("Trade number")),
    ),
    # `day` leads: the table is cut by it, and its index begins with client and day.
    sorts=(Sort("time", gettext_lazy("Time"), "day", descending=True, tie=("traded_at", "trade_no")),),
    filters=(ChoiceFilter.of("side", gettext_lazy("Side"), Side),),
)

FLOWS = ListSpec(
    name="flows",
    columns=(
        Column("time", gettext_lazy("Time"), sort="time"),
        Column("direction", gettext_lazy("Direction")),
        Column("amount", gettext_lazy("Amount"), number=True),
        Column("kind", gettext_lazy("Kind")),
        Column("number", gettext_lazy("Flow number")),
    ),
    sorts=(Sort("time", gettext_lazy("Time"), "day", descending=True, tie=("occurred_at", "flow_no")),),
    filters=(ChoiceFilter.of("direction", gettext_lazy("Direction"), Direction),),
)

CONTACTS = ListSpec(
    name="contacts",
    columns=(
        Column("time", gettext_lazy("Time"), sort="time"),
        Column("channel", gettext_lazy("Channel")),
        Column("topic", gettext_lazy("Topic")),
        Column("summary", gettext_lazy("Summary")),
        Column("outcome", gettext_lazy("Outcome")),
        Column("staff", gettext_lazy("Staff")),
        Column("duration", gettext_lazy("Duration"), number=True),
    ),
    sorts=(Sort("time", gettext_lazy("Time"), "occurred_at", descending=True),),
    filters=(
        ChoiceFilter.of("channel", gettext_lazy("Channel"), ContactChannel),
        ChoiceFilter.of("direction", gettext_lazy("Direction"), ContactDirection),
    ),
)


def contacts_of(client_id: int) -> QuerySet[ServiceRecord]:
    """The service records of a client, with who served."""
    return ServiceRecord.objects.filter(client_id=client_id).select_related("staff")


def recent_trades(client_id: int) -> list[Trade]:
    return list(trades_of(client_id).order_by("-day", "-traded_at", "-trade_no")[:RECENT])


def recent_flows(client_id: int) -> list[CashFlow]:
    return list(flows_of(client_id).order_by("-day", "-occurred_at", "-flow_no")[:RECENT])


# What each list is made of: the declaration, its rows, and its template.
KINDS: dict[str, tuple[ListSpec, Any, str]] = {
    "trades": (TRADES, trades_of, "clients/desk/client/trades.html"),
    "flows": (FLOWS, flows_of, "clients/desk/client/flows.html"),
    "contacts": (CONTACTS, contacts_of, "clients/desk/client/contacts.html"),
}
