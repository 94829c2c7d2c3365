from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.history import keep_history


@keep_history()
class CalendarDay(models.Model):
    """One day of China's calendar. Seeded from the State Council's notices; later years are provisional."""

    day = models.DateField(_("day"), primary_key=True)
    working = models.BooleanField(_("working day"))
    exchange_open = models.BooleanField(_("exchange open"))
    provisional = models.BooleanField(_("provisional"), default=False)
    remark = models.CharField(_("remark"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar")
        ordering = ["day"]
        constraints = [
            # The exchanges never open on a weekend, make-up working days included.
            models.CheckConstraint(
                condition=Q(exchange_open=False) | ~Q(day__iso_week_day__in=[6, 7]),
                name="crm_calendar_no_weekend_trade",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%F}"
