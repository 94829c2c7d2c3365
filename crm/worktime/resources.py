"""A year of the calendar from a file: the days of the State Council's notice."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export import fields, widgets
from import_export.results import Result
from tablib import Dataset

from crm.reference import ReferenceResource, yes_or_no
from crm.worktime import services
from crm.worktime.models import CalendarDay


class YesNoWidget(widgets.Widget):  # type: ignore[misc]
    """是/否 or 1/0 in a cell."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool | None:
        return yes_or_no(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(int(value))


class DayWidget(widgets.Widget):  # type: ignore[misc]
    """2027-02-05, or as a spreadsheet writes it: 2027/2/5."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> dt.date:
        try:
            year, month, day = str(value).strip().replace("/", "-").split("-")
            return dt.date(int(year), int(month), int(day))
        except ValueError as error:
            raise ValueError(_("“%(value)s” is no date such as 2027-02-05.") % {"value": value}) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return f"{value:%F}" if value else ""


class CalendarResource(ReferenceResource):
    """Columns: day, working; exchange_open may be left out or empty (working days from Monday to Friday), and remark.

    A notice names the days that differ from their weekday; those it does not name follow it, so that after the
    import the whole year is no longer provisional.
    """

    day = fields.Field("day", "day", widget=DayWidget())
    working = fields.Field("working", "working", widget=YesNoWidget())
    exchange_open = fields.Field("exchange_open", "exchange_open", widget=YesNoWidget())

    class Meta:
        model = CalendarDay
        fields = ("day", "working", "exchange_open", "remark")
        import_id_fields = ("day",)
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True

    def import_instance(self, instance: CalendarDay, row: dict[str, Any], **kwargs: Any) -> None:
        if not str(row.get("exchange_open") or "").strip():
            row.pop("exchange_open", None)
            instance.exchange_open = None  # type: ignore[assignment]  # filled below, from the day as it will be
        super().import_instance(instance, row, **kwargs)
        instance.provisional = False
        if instance.exchange_open is None and instance.working is not None and instance.day:
            instance.exchange_open = services.usual_exchange_day(instance.day, working=instance.working)

    def validate_instance(
        self, instance: CalendarDay, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        errors = dict(import_validation_errors or {})
        if not errors:
            try:
                services.check_day(instance)
            except ValidationError as refusal:
                errors = refusal.update_error_dict(errors)
        super().validate_instance(instance, errors, validate_unique)

    def do_instance_save(self, instance: CalendarDay, is_create: bool) -> None:
        services.put_day(by=self.by, day=instance)

    def after_import(self, dataset: Dataset, result: Result, **kwargs: Any) -> None:
        super().after_import(dataset, result, **kwargs)
        if not (result.has_errors() or result.has_validation_errors()):
            services.settle_years(years={row.instance.day.year for row in result.rows if row.instance})
