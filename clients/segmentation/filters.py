"""The lists of the segmentation pages: their columns, their order and their filters."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm.web.lists import Column, ListSpec, Sort

POLICY_LIST = ListSpec(
    name="policies",
    columns=(
        Column("version", _("Version"), sort="version", number=True),
        Column("name", _("Name")),
        Column("state", _("State")),
        Column("effective", _("Takes effect on")),
        Column("changes", _("Changed against the version before")),
        Column("proposed", _("Proposed by")),
        Column("decided", _("Decided by")),
    ),
    sorts=(Sort("version", _("Version"), "version", descending=True, tie=()),),
)
