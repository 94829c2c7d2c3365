"""The calendar in the admin: days by hand, a decreed year from a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from crm.reference import ImportingAdmin, user_of
from crm.worktime import services
from crm.worktime.models import CalendarDay
from crm.worktime.resources import CalendarResource


class CalendarDayForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = CalendarDay
        fields = ("day", "working", "exchange_open", "remark")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            day = data.get("day") or self.instance.day
            services.check_day(CalendarDay(**{name: data[name] for name in ("working", "exchange_open")}, day=day))
        return data


@admin.register(CalendarDay)
class CalendarAdmin(ImportingAdmin):
    resource_classes = (CalendarResource,)
    form = CalendarDayForm
    list_display = ("day", "weekday", "working", "exchange_open", "provisional", "remark")
    list_filter = ("provisional", "working", "exchange_open")
    date_hierarchy = "day"
    ordering = ("-day",)
    search_fields = ("remark",)
    search_help_text = _("Search in the remarks")

    def get_readonly_fields(self, request: HttpRequest, obj: CalendarDay | None = None) -> tuple[str, ...]:
        return ("day",) if obj else ()

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: Any, change: bool) -> None:
        services.put_day(by=user_of(request), day=obj)

    @admin.display(description=_("weekday"), ordering="day")
    def weekday(self, day: CalendarDay) -> str:
        return str(WEEKDAYS[day.day.weekday()])
