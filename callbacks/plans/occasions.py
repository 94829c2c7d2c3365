"""Why a plan is asked to make calls: a run, a file, a day, a month, a list. Each is made of a plan once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callbacks.scripts.models import Script
from clients.segmentation.models import Run
from crm.worktime.arithmetic import at

MIDNIGHT = dt.time()


@dataclass(frozen=True)
class Contact:
    """A party that is no client: the phone sealed (purpose `client.phone`), its digest as hex, and as lists show it."""

    name: str
    key: str
    masked: str = ""
    sealed: bytes | None = None


@dataclass(frozen=True)
class Occasion:
    """`key` names it for good; `day` is the day on whose account the calls go. `values` are parameters of the SQL that
    finds the candidates. `due_at` and `script` take the place of the plan's own."""

    key: str
    day: dt.date
    values: Mapping[str, Any] = field(default_factory=dict)
    contact: Contact | None = None
    due_at: dt.datetime | None = None
    script: Script | None = None


def of_run(run: Run, day: dt.date) -> Occasion:
    """What a segmentation run changed."""
    return Occasion(f"run:{run.pk}", day, {"run": run.pk})


def of_batch(batch: int, day: dt.date) -> Occasion:
    """A file that was loaded."""
    return Occasion(f"batch:{batch}", day)


def of_day(day: dt.date, since: dt.date, resumed_on: dt.date | None = None) -> Occasion:
    """The day itself. `since`: the day up to which changes were looked at before; `resumed_on`: the day on which the
    plan last ended a pause, where it ever did: who left before it is not made up for."""
    values = {"since": at(since, MIDNIGHT), "until": at(day, MIDNIGHT), "resumed_on": resumed_on}
    return Occasion(f"day:{day:%F}", day, values)


def of_month(day: dt.date) -> Occasion:
    """The month of `day`."""
    values = {"month": f"{day:%Y-%m}", "year": day.year, "year_began": at(day.replace(month=1, day=1), MIDNIGHT)}
    return Occasion(f"month:{day:%Y-%m}", day, values)
