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
        "none": Badge(_("No tier"), "minus", "soft"),
    },
    "style": {
        "trader": Badge(_("Trader")),
        "investor": Badge(_("Investor")),
    },
    "group": {
        "dormant": Badge(pgettext_lazy("badge", "Dormant"), "moon", "soft"),
        "movement": Badge(pgettext_lazy("badge", "Movement"), "triangle-filled", "loud"),
        "new": Badge(pgettext_lazy("badge", "Newly opened"), "plus"),
        "core": Badge(pgettext_lazy("badge", "Core"), "star-filled", "accent"),
        "at_risk": Badge(pgettext_lazy("badge", "At risk of leaving"), "arrow-down-right"),
        "no_trade": Badge(pgettext_lazy("badge", "Never traded"), "circle"),
        "general": Badge(pgettext_lazy("badge", "General"), "", "soft"),
    },
    "risk": {
        "C1-lowest": Badge(pgettext_lazy("badge", "C1 Conservative, lowest")),
        "C1": Badge(pgettext_lazy("badge", "C1 Conservative")),
        "C2": Badge(pgettext_lazy("badge", "C2 Conservative")),
        "C3": Badge(pgettext_lazy("badge", "C3 Steady")),
        "C4": Badge(pgettext_lazy("badge", "C4 Aggressive")),
        "C5": Badge(pgettext_lazy("badge", "C5 Aggressive")),
        "expired": Badge(_("Assessment expired"), "alert-circle", "loud"),
        "none": Badge(_("Not assessed"), "minus", "soft"),
    },
    "client": {
        "active": Badge(pgettext_lazy("client", "Active"), "circle-check", "fine"),
        "suspended": Badge(pgettext_lazy("client", "Suspended"), "ban", "loud"),
        "closed": Badge(pgettext_lazy("client", "Closed"), "lock", "soft"),
    },
    "call": {
        "waiting": Badge(pgettext_lazy("call", "Waiting"), "clock", "soft"),
        "claimed": Badge(_("Being worked on"), "phone", "accent"),
        "done": Badge(pgettext_lazy("call", "Finished"), "circle-check", "fine"),
        "lapsed": Badge(pgettext_lazy("call", "Lapsed"), "archive", "soft"),
        "withdrawn": Badge(pgettext_lazy("call", "Withdrawn"), "ban", "soft"),
        "held": Badge(_("Held back"), "player-stop", "loud"),
    },
    "concern": {
        "open": Badge(_("Waiting to be taken up"), "hourglass", "accent"),
        "acknowledged": Badge(_("Acknowledged"), "circle-check", "fine"),
    },
    "enquiry": {
        "waiting": Badge(_("Waiting on the line"), "phone", "loud"),
        "taken": Badge(_("Being dealt with"), "user-check", "accent"),
        "closed": Badge(pgettext_lazy("enquiry", "Closed"), "circle-check", "fine"),
        "missed": Badge(_("Hung up before it was taken"), "circle-x", "soft"),
    },
    "vip": {"yes": Badge("VIP", "star-filled", "accent")},
    "job": {
        "queued": Badge(pgettext_lazy("job", "Waiting"), "clock", "soft"),
        "running": Badge(pgettext_lazy("job", "Running"), "refresh", "accent"),
        "done": Badge(pgettext_lazy("job", "Done"), "check", "fine"),
        "failed": Badge(pgettext_lazy("job", "Failed"), "circle-x", "loud"),
        "cancelled": Badge(pgettext_lazy("job", "Cancelled"), "ban", "soft"),
    },
    "message": {
        "queued": Badge(pgettext_lazy("message", "Waiting"), "clock", "soft"),
        "sending": Badge(pgettext_lazy("message", "Being sent"), "refresh", "accent"),
        "sent": Badge(pgettext_lazy("message", "Sent"), "check", "fine"),
        "failed": Badge(pgettext_lazy("message", "Not sent"), "circle-x", "loud"),
        "cancelled": Badge(pgettext_lazy("message", "Withdrawn"), "ban", "soft"),
    },
    "token": {
        "valid": Badge(pgettext_lazy("token", "Valid"), "circle-check", "fine"),
        "ended": Badge(pgettext_lazy("token", "Ended"), "clock", "soft"),
        "withdrawn": Badge(pgettext_lazy("token", "Withdrawn"), "ban", "soft"),
    },
    "batch": {
        "uploaded": Badge(pgettext_lazy("batch", "To be confirmed"), "hourglass", "accent"),
        "running": Badge(pgettext_lazy("batch", "Running"), "refresh", "accent"),
        "done": Badge(pgettext_lazy("batch", "Taken"), "check", "fine"),
        "partly": Badge(pgettext_lazy("batch", "Taken in part"), "alert-triangle", "loud"),
        "failed": Badge(pgettext_lazy("batch", "Not taken"), "circle-x", "loud"),
        "discarded": Badge(pgettext_lazy("batch", "Discarded"), "trash", "soft"),
    },
    "export": {
        "waiting": Badge(pgettext_lazy("export", "Waiting for release"), "hourglass", "accent"),
        "refused": Badge(pgettext_lazy("export", "Refused"), "circle-x", "loud"),
        "withdrawn": Badge(pgettext_lazy("export", "Taken back"), "ban", "soft"),
        "making": Badge(pgettext_lazy("export", "Being made"), "refresh", "accent"),
        "ready": Badge(pgettext_lazy("export", "Ready"), "check", "fine"),
        "failed": Badge(pgettext_lazy("export", "Not made"), "circle-x", "loud"),
        "expired": Badge(pgettext_lazy("export", "Expired"), "clock", "soft"),
    },
    "policy": {
        "proposed": Badge(pgettext_lazy("policy", "Waiting for approval"), "hourglass", "accent"),
        "approved": Badge(pgettext_lazy("policy", "Approved"), "check", "fine"),
        "current": Badge(pgettext_lazy("policy", "In force"), "circle-check", "fine"),
        "refused": Badge(pgettext_lazy("policy", "Refused"), "circle-x", "loud"),
        "retired": Badge(pgettext_lazy("policy", "Replaced"), "archive", "soft"),
    },
    "plan": {
        "active": Badge(pgettext_lazy("plan", "Makes calls"), "circle-check", "fine"),
        "paused": Badge(pgettext_lazy("plan", "Pauses"), "player-pause", "accent"),
    },
    "script": {
        "draft": Badge(pgettext_lazy("script", "Draft"), "pencil", "accent"),
        "published": Badge(pgettext_lazy("script", "In use"), "circle-check", "fine"),
        "retired": Badge(pgettext_lazy("script", "Replaced"), "archive", "soft"),
    },
    "correction": {
        "proposed": Badge(_("Waiting for a second person"), "hourglass", "accent"),
        "approved": Badge(_("Approved, not yet sent"), "check", "accent"),
        "sent": Badge(_("Sent to the core system"), "send"),
        "taken_over": Badge(_("Taken over by the core system"), "circle-check", "fine"),
        "rejected": Badge(pgettext_lazy("correction", "Rejected"), "circle-x", "soft"),
        "withdrawn": Badge(_("Withdrawn"), "ban", "soft"),
    },
    "assignment": {
        "pending": Badge(_("Not yet with the core system"), "hourglass", "accent"),
        "confirmed": Badge(_("Confirmed by the core system"), "circle-check", "fine"),
        "superseded": Badge(_("Replaced by a later change"), "archive", "soft"),
    },
}


def badge_of(kind: str, code: str) -> Badge:
    """The badge of a code; an unknown code shows itself, plainly."""
    return BADGES.get(kind, {}).get(code, Badge(code))
