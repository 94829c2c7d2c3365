from django.db import models
from django.utils.translation import gettext_lazy as _


class DayRule(models.TextChoices):
    """On which days somebody may be called."""

    ANY = "any", _("Any day")
    WORKING = "working", _("Working days")
    REST = "rest", _("Days off")


class DueUnit(models.TextChoices):
    """In what the time until something is due is counted."""

    WORKING_DAYS = "working_days", _("working days")
    TRADING_DAYS = "trading_days", _("trading days")
    DAYS = "days", _("calendar days")
    MONTHS = "months", _("months")
    END_OF_MONTH = "end_of_month", _("end of the month")
    END_OF_YEAR = "end_of_year", _("end of the year")
