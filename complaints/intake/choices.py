from django.db import models
from django.utils.translation import gettext_lazy as _


class IntakeChannel(models.TextChoices):
    HOTLINE = "hotline", _("Hotline")
    EMAIL = "email", _("Complaint mailbox")
    BRANCH_PHONE = "branch_phone", _("Branch phone")
    BRANCH_EMAIL = "branch_email", _("Branch mailbox")
    WALK_IN = "walk_in", _("Walk-in")
    LETTER = "letter", _("Letter")
    FAX = "fax", _("Fax")
    WEBSITE = "website", _("Website form")
    REGULATOR = "regulator", _("Regulator")
    CALLBACK = "callback", _("Callback")
