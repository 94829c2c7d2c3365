from django.db import models
from django.utils.translation import gettext_lazy as _


class DueUnit(models.TextChoices):
    """In what a plan's time is counted. The first five take a number."""

    TRADING_DAYS = "trading_days", _("trading days")
    WORKING_DAYS = "working_days", _("working days")
    DAYS = "days", _("days")
    DAYS_AFTER_OPENING = "days_after_opening", _("days after opening")
    MONTHS_AFTER_OPENING = "months_after_opening", _("months after opening")
    END_OF_MONTH = "end_of_month", _("end of the month")
    END_OF_YEAR = "end_of_year", _("end of the year")


class Overflow(models.TextChoices):
    """What happens to matches beyond the daily limit of a branch."""

    LATER = "later", _("Called on the next days")
    SMS = "sms", _("Informed by SMS and listed")
