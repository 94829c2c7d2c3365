from django.db import models
from django.utils.translation import gettext_lazy as _


class ContactChannel(models.TextChoices):
    PHONE = "phone", _("Phone")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")
    VISIT = "visit", _("Visit")
    ONLINE = "online", _("Online")
    LETTER = "letter", _("Letter")


class ContactDirection(models.TextChoices):
    INBOUND = "inbound", _("Inbound")
    OUTBOUND = "outbound", _("Outbound")


class RecordSource(models.TextChoices):
    """Where a service record comes from. What staff wrote is never touched by a feed."""

    FEED = "feed", _("Core system")
    STAFF = "staff", _("Entered by staff")
    MESSAGE = "message", _("Message sent from here")


class FollowUpState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("No longer needed")
