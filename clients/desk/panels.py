"""Parts of the client's page that later apps bring: known here by the name of their address, loaded by the page.

An app that serves an address of one of these names, with the client's number as its argument, has its panel on the
page: it answers with a card. Until it does, nothing is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Panel:
    label: str | Promise
    name: str  # of the address


PANELS = (
    Panel(_("Callbacks"), "callbacks:client-panel"),
    Panel(_("Complaints"), "complaints:client-panel"),
    Panel(_("Investor education"), "education:client-panel"),
)


def panels_of(client_no: str) -> list[tuple[str, str]]:
    """Label and address of each panel that this installation serves."""
    found = []
    for panel in PANELS:
        try:
            found.append((str(panel.label), reverse(panel.name, args=[client_no])))
        except NoReverseMatch:
            continue
    return found
