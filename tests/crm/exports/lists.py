"""A small list of units that tests take out, and what they do with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from python_calamine import load_workbook

from crm.exports import files, registry, services
from crm.exports.errors import ExportRefused
from crm.exports.models import Export
from crm.exports.registry import Asked, Exporter, Extract, Field
from crm.jobs import services as jobs
from crm.organisation.models import Unit, User

NAME = "test-units"


def opened(asked: Asked) -> Extract:
    """All branches by code; `city=…` narrows them; an unknown column is refused."""
    if set(asked.columns) - {"code", "name"}:
        raise ExportRefused("no such column")
    city = QueryDict(asked.query).get("city", "")
    units = Unit.objects.branches().filter(city=city) if city else Unit.objects.branches()
    if asked.picked:
        units = units.filter(pk__in=asked.picked)

    def rows() -> Iterator[list[Any]]:
        for unit in units.order_by("code").iterator(chunk_size=2):
            yield [getattr(unit, name) for name in asked.columns]

    return Extract([Field(name) for name in asked.columns], [f"city {city}"], units.count, rows)


EXPORTER = Exporter(NAME, "Units", "clients.view_client", "unit", opened, sealed=("q",))


def ask(by: User, key: str = "form-1", **fields: Any) -> Export:
    """Ask for the units as a file."""
    values: dict[str, Any] = {"query": "", "columns": ["code", "name"], "reason": "meeting", "language": "en"}
    return services.request_export(by=by, list_name=NAME, key=key, **(values | fields))


def run(export: Export) -> Export:
    """Let the export's job run."""
    export.refresh_from_db()
    assert export.job is not None
    jobs.run(export.job.pk)
    export.refresh_from_db()
    export.job.refresh_from_db()
    return export


def cells(export: Export, sheet: int = 0) -> list[list[Any]]:
    """What is in the file."""
    return load_workbook(files.path_of(export)).get_sheet_by_index(sheet).to_python()


def forget() -> None:
    registry.forget(NAME)
