"""Parts of the enquiry's page that other rooms and later apps bring: known here by the name of their address.

Served with the enquiry's number, an address answers with a card. Until it does, nothing is shown.
"""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from callbacks.enquiries.models import Enquiry

KNOWLEDGE = "complaints:knowledge-panel"
RECORDINGS = "callbacks:enquiry-recordings"


def panels_of(enquiry: Enquiry) -> list[tuple[str, str]]:
    """Label and address of each panel that this installation serves."""
    wanted = (
        (_("Knowledge base"), KNOWLEDGE, enquiry.enquiry_no),
        (_("Recordings"), RECORDINGS, enquiry.pk),
    )
    found = []
    for label, name, key in wanted:
        try:
            found.append((label, reverse(name, args=[key])))
        except NoReverseMatch:
            continue
    return found
