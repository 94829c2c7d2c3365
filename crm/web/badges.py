"""The states that are shown as badges: icon, word and colour together, never colour alone.

The codes are those of `segments.md` and of the rooms' choices. A page may pass its own word; the icon and the
colour come from here, so that a thing looks the same on every page.
"""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Badge(NamedTuple):
    """How one code is shown: its word, an icon of the sprite (or none) and a tone of badges.css (or none)."""

    label: str | Promise
    icon: str = ""
    tone: str = ""


BADGES: dict[str, dict[str, Badge]] = {
    "tier": {
        "diamond": Badge(_("Diamond card"), "square-rotated-filled", "diamond"),
        "platinum": Badge(_("Platinum card"), "square-rotated-filled", "platinum"),
        "gold": Badge(_("Gold card"), "square-rotated-filled", "gold"),
        "silver": Badge(_("Silver card"), "square-rotated-filled", "silver"),
        "none": Badge(_("No card"), "minus", "soft"),
    },
    "style": {
        "trader": Badge(_("Trader"), "arrows-exchange"),
        "investor": Badge(_("Investor"), "hourglass"),
    },
    "group": {
        "dormant": Badge(_("Dormant"), "moon", "soft"),
        "movement": Badge(_("Movement"), "triangle-filled", "loud"),
        "new": Badge(_("Newly opened"), "plus"),
        "core": Badge(_("Core"), "star-filled", "accent"),
        "at_risk": Badge(_("At risk of leaving"), "arrow-down-right"),
        "no_trade": Badge(_("Never traded"), "circle"),
        "general": Badge(_("General"), "", "soft"),
    },
    "risk": {
        "C1": Badge(_("C1 Conservative"), "shield-check"),
        "C2": Badge(_("C2 Cautious"), "shield-check"),
        "C3": Badge(_("C3 Steady"), "shield-check"),
        "C4": Badge(_("C4 Aggressive"), "shield-check"),
        "C5": Badge(_("C5 Speculative"), "shield-check"),
        "expired": Badge(_("Assessment expired"), "alert-circle", "loud"),
        "none": Badge(_("Not assessed"), "minus", "soft"),
    },
    "client": {
        "active": Badge(pgettext_lazy("client", "Active"), "circle-check", "fine"),
        "suspended": Badge(pgettext_lazy("client", "Suspended"), "ban", "loud"),
        "closed": Badge(pgettext_lazy("client", "Closed"), "lock", "soft"),
    },
    "job": {
        "waiting": Badge(pgettext_lazy("job", "Waiting"), "clock", "soft"),
        "running": Badge(pgettext_lazy("job", "Running"), "refresh", "accent"),
        "done": Badge(pgettext_lazy("job", "Done"), "check", "fine"),
        "partly": Badge(pgettext_lazy("job", "Done with rejected rows"), "alert-triangle", "loud"),
        "failed": Badge(pgettext_lazy("job", "Failed"), "circle-x", "loud"),
        "cancelled": Badge(pgettext_lazy("job", "Cancelled"), "ban", "soft"),
    },
    "policy": {
        "draft": Badge(pgettext_lazy("policy", "Draft"), "pencil", "soft"),
        "proposed": Badge(pgettext_lazy("policy", "Waiting for approval"), "hourglass", "accent"),
        "approved": Badge(pgettext_lazy("policy", "Approved"), "check", "fine"),
        "current": Badge(pgettext_lazy("policy", "In force"), "circle-check", "fine"),
        "refused": Badge(pgettext_lazy("policy", "Refused"), "circle-x", "loud"),
        "retired": Badge(pgettext_lazy("policy", "Replaced"), "archive", "soft"),
    },
}


def badge_of(kind: str, code: str) -> Badge:
    """The badge of a code; an unknown code shows itself, plainly."""
    return BADGES.get(kind, {}).get(code, Badge(code))
