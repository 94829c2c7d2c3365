from django.db import models
from django.utils.translation import gettext_lazy as _


class Fault(models.TextChoices):
    """What the last check found wrong with a stored file."""

    NONE = "", _("In order")
    MISSING = "missing", _("The file is missing in the store.")
    ALTERED = "altered", _("The content is no longer what was stored.")
    UNREADABLE = "unreadable", _("The file cannot be read.")
