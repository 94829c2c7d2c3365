"""The kinds by which a timeline is narrowed: each a chip over several sources."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.desk.timeline.sources import (
    ALERT,
    ASSESSMENT,
    CONTACT,
    CORRECTION,
    FLOW,
    MANAGER,
    NOTE,
    PERMISSION,
    PROMISE,
    SEGMENT,
    SOURCES,
    Source,
)


@dataclass(frozen=True)
class Kind:
    """A chip: its code in the address, its word, and the sources behind it."""

    code: str
    label: str | Promise
    sources: tuple[Source, ...]

    @property
    def source_codes(self) -> list[str]:
        return [source.code for source in self.sources]


EVERYTHING = Kind("", pgettext_lazy("timeline", "Everything"), SOURCES)
KINDS = (
    EVERYTHING,
    Kind("contacts", pgettext_lazy("timeline", "Contacts"), (CONTACT,)),
    Kind("promises", _("Promises"), (PROMISE,)),
    Kind("notes", _("Notes"), (NOTE,)),
    Kind("segments", pgettext_lazy("timeline", "Segments"), (SEGMENT,)),
    Kind("money", _("Large cash flows"), (FLOW,)),
    Kind("suitability", _("Suitability"), (ASSESSMENT, PERMISSION)),
    Kind("file", _("File and manager"), (CORRECTION, MANAGER)),
    Kind("alerts", _("Alerts"), (ALERT,)),
)


def kind_of(code: str) -> Kind:
    """The kind in an address; everything for an unknown one."""
    return next((kind for kind in KINDS if kind.code == code), EVERYTHING)
