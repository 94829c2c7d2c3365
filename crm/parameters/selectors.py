"""Parameters as their page shows them: what holds, the default and where it comes from, who changed it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crm.audit.selectors import history_of
from crm.parameters.models import Parameter
from crm.parameters.registry import Definition, all_definitions

MOST = 50


@dataclass(frozen=True)
class Line:
    """One parameter with its row; `stored` is an unsaved one where nobody ever changed it."""

    known: Definition
    stored: Parameter

    @property
    def is_default(self) -> bool:
        return self.stored.value is None

    @property
    def plain(self) -> Any:
        """What holds, as JSON."""
        return self.known.default if self.is_default else self.stored.value

    @property
    def value(self) -> str:
        return self.known.kind.in_words(self.plain)

    @property
    def default(self) -> str:
        return self.known.kind.in_words(self.known.default)


@dataclass(frozen=True)
class Group:
    """The parameters of one room."""

    label: str
    lines: list[Line]


def groups() -> list[Group]:
    """Every parameter, room by room: one query."""
    rows = {row.key: row for row in Parameter.objects.select_related("changed_by")}
    found: dict[str, list[Line]] = {}
    for known in sorted(all_definitions(), key=lambda known: known.key.partition(".")[0]):
        found.setdefault(str(known.group), []).append(Line(known, rows.get(known.key) or Parameter(key=known.key)))
    return [Group(label, lines) for label, lines in found.items()]


def line_of(known: Definition) -> Line:
    """One parameter with its row."""
    stored = Parameter.objects.select_related("changed_by").filter(key=known.key).first()
    return Line(known, stored or Parameter(key=known.key))


@dataclass(frozen=True)
class Step:
    """One change of a parameter: when, by whom, to what, why."""

    at: dt.datetime
    by: str
    value: str
    why: str


def steps_of(line: Line) -> list[Step]:
    """What a parameter was set to over time, newest first."""
    if line.stored.pk is None:
        return []
    related: Any = line.stored
    values = related.events.filter(version__gt=0).order_by("-pgh_id").values_list("value", flat=True)[:MOST]
    changes = [change for change in history_of(line.stored, most=MOST + 1) if change.fields]
    words = line.known.kind.in_words
    return [
        Step(change.at, change.by, words(value) if value is not None else _("the default"), change.reason)
        for change, value in zip(changes, values, strict=False)
    ]
