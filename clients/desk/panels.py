"""Parts of the client's page and of the home page that later apps bring: known by the name of their address, loaded by
the page.

An app that serves an address of one of these names (on the client's page with the client's number as its argument) has
its panel there: it answers with a card. Until it does, nothing is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.organisation.models import User


@dataclass(frozen=True)
class Panel:
    label: str | Promise
    name: str  # of the address
    permission: str = ""  # whoever lacks it does not ask


PANELS = (
    Panel(_("Callbacks"), "callbacks:client-panel"),
    Panel(_("Complaints"), "complaints:client-panel"),
    Panel(_("Investor education"), "education:client-panel"),
)
HOME_PANELS = (
    Panel(_("Callbacks"), "callbacks:home-panel", "callbacks.view_calls"),
    Panel(_("Enquiries"), "callbacks:enquiry-home-panel", "callbacks.take_enquiries"),
)


ENQUIRY = Panel(_("Take the enquiry"), "callbacks:enquiry-new", "callbacks.take_enquiries")


def enquiry_url(user: User) -> str:
    """Where `user` takes the enquiry of whoever is looked up; empty where this installation has no such page."""
    if not user.has_perm(ENQUIRY.permission):
        return ""
    try:
        return reverse(ENQUIRY.name)
    except NoReverseMatch:
        return ""


def panels_of(client_no: str) -> list[tuple[str, str]]:
    """Label and address of each panel that this installation serves."""
    found = []
    for panel in PANELS:
        try:
            found.append((str(panel.label), reverse(panel.name, args=[client_no])))
        except NoReverseMatch:
            continue
    return found


def home_panels_of(user: User) -> list[tuple[str, str]]:
    """Label and address of each panel of the home page that this installation serves and `user` may ask for."""
    found = []
    for panel in HOME_PANELS:
        if user.has_perm(panel.permission):
            try:
                found.append((str(panel.label), reverse(panel.name)))
            except NoReverseMatch:
                continue
    return found
