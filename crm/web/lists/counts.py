"""Counts that stop: nobody needs to know whether it is 41,203 or 41,204, and counting a million rows takes long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

CAP = 10_000


@dataclass(frozen=True)
class Count:
    """How many rows match; `capped` when there are more than `number`."""

    number: int
    capped: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}{'+' if self.capped else ''}"


def capped_count(queryset: QuerySet[Any], cap: int = CAP) -> Count:
    """Count the rows of `queryset`, giving up after `cap`: one query that reads at most cap + 1 index entries."""
    found = queryset.order_by()[: cap + 1].count()
    return Count(min(found, cap), capped=found > cap)
