from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
    OPEN = "open", pgettext_lazy("promise", "Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("No longer needed")


# What clients most often turn to us with, or we to them; offered while somebody types, anything else may be written.
TOPICS = (
    _("Account and password"),
    _("Bank transfer"),
    _("Commission and fees"),
    _("Trading rules and orders"),
    _("Trading permission"),
    _("Risk assessment"),
    _("Product enquiry"),
    _("Market and holdings"),
    _("New issues"),
    _("Trading app"),
    _("Change of data"),
    _("Care call"),
)
OUTCOMES = (
    _("Answered"),
    _("To be followed up"),
    _("Passed on"),
    _("Not reached"),
    _("Call again later"),
)
