from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class RiskLevel(models.TextChoices):
    """Assessed risk tolerance; the article's three types are groups of these (`suitability-education.md`)."""

    C1_LOWEST = "C1-lowest", _("C1-lowest (conservative)")
    C1 = "C1", _("C1 (conservative)")
    C2 = "C2", _("C2 (conservative)")
    C3 = "C3", _("C3 (steady)")
    C4 = "C4", _("C4 (aggressive)")
    C5 = "C5", _("C5 (aggressive)")


def level_short(level: str) -> str:
    """A level as narrow columns and sentences show it: `C4`, and the lowest class in words."""
    return gettext("C1 lowest") if level == RiskLevel.C1_LOWEST else level


class Permission(models.TextChoices):
    CHINEXT = "chinext", _("ChiNext")
    STAR = "star", _("STAR Market")
    BSE = "bse", _("Beijing Stock Exchange")
    HK_CONNECT = "hk_connect", _("Stock Connect (Hong Kong)")
    MARGIN = "margin", _("Margin trading")


class PermissionStatus(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    OPENED = "opened", _("Opened")
    REFUSED = "refused", _("Refused")
    CLOSED = "closed", pgettext_lazy("permission", "Closed")
