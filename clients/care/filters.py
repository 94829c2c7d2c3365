"""The list of hand-overs: its columns, its order and its filters."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.care.choices import HandoverReason
from crm.web.lists import ChoiceFilter, Column, ListSpec, Sort

HANDOVERS = ListSpec(
    name="handovers",
    columns=(
        Column("asked", _("Asked for"), sort="asked"),
        Column("from", pgettext_lazy("hand-over", "From")),
        Column("to", pgettext_lazy("hand-over", "To")),
        Column("clients", _("Clients"), number=True),
        Column("promises", _("Promises"), number=True),
        Column("reason", _("Reason")),
        Column("by", _("Who")),
        Column("state", _("State")),
    ),
    sorts=(Sort("asked", _("Asked for"), "asked_at", descending=True),),
    filters=(ChoiceFilter.of("reason", _("Reason"), HandoverReason),),
)
