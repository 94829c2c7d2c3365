from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EnquiryKind(models.TextChoices):
    BUSINESS = "business", _("Business")
    PRODUCT = "product", _("Product")
    HOW_TO = "how_to", _("How to")
    TECHNICAL = "technical", _("Technical support")
    COMPLAINT = "complaint", _("Complaint")


class EnquiryState(models.TextChoices):
    WAITING = "waiting", _("Waiting on the line")
    TAKEN = "taken", _("Being dealt with")
    CLOSED = "closed", pgettext_lazy("enquiry", "Closed")
    MISSED = "missed", _("Hung up before it was taken")
