from django.db import models
from django.utils.translation import gettext_lazy as _


class ExportState(models.TextChoices):
    WAITING = "waiting", _("Waiting for release")
    REFUSED = "refused", _("Refused")
    MAKING = "making", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")


class ExportReason(models.TextChoices):
    """Why data leave the system. A list, so that reasons can be counted and reviewed."""

    SERVICE = "service", _("Service to the clients listed")
    CAMPAIGN = "campaign", _("Visits or calls planned outside the system")
    MEETING = "meeting", _("Branch meeting")
    REVIEW = "review", _("Compliance review or audit")
    AUTHORITY = "authority", _("Request of a regulator, court or authority")
