"""The list of scripts: its columns, its order and its filters."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from callbacks.scripts.choices import ReasonKind
from crm.web.lists import ChoiceFilter, Column, ListSpec, Option, Sort

SCRIPT_LIST = ListSpec(
    name="scripts",
    columns=(
        Column("name", _("Script"), lead=True),
        Column("kinds", _("For the reasons")),
        Column("regulated", pgettext_lazy("script", "Regulated")),
        Column("topics", _("Topics asked")),
        Column("published", pgettext_lazy("script", "In use")),
        Column("draft", pgettext_lazy("script", "Being written")),
    ),
    sorts=(Sort("code", _("Code of the script"), "code", tie=()),),
    filters=(
        ChoiceFilter(
            "kind",
            _("Reason to call"),
            [Option(kind.value, kind.label, condition=Q(kinds__contains=[kind.value])) for kind in ReasonKind],
        ),
        ChoiceFilter(
            "regulated",
            pgettext_lazy("script", "Regulated"),
            (Option("yes", _("regulated script"), stored=True), Option("no", _("courtesy script"), stored=False)),
            single=True,
        ),
        ChoiceFilter(
            "state",
            pgettext_lazy("script", "State"),
            (
                Option("published", pgettext_lazy("script", "in use"), condition=Q(published__isnull=False)),
                Option("draft", pgettext_lazy("script", "has a draft"), condition=Q(draft__isnull=False)),
                Option("none", pgettext_lazy("script", "nothing in use"), condition=Q(published__isnull=True)),
            ),
        ),
    ),
)
