"""The list of feed files: its columns, its order and its filters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from clients.feeds.choices import BatchSource, BatchState
from clients.feeds.spec import all_feeds
from crm.web import figures
from crm.web.lists import ChoiceFilter, Column, ListSpec, Option, Sort
from crm.worktime.selectors import exchange_days

DAYS_OFFERED = dt.timedelta(days=31)
MOST_DAYS = 50  # that an address may name beyond those offered

COLUMNS = (
    Column("came", _("Came in"), sort="came"),
    Column("feed", _("Feed")),
    Column("file", _("File")),
    Column("day", _("Business date")),
    Column("state", _("State")),
    Column("rows", _("Rows"), number=True),
    Column("inserted", _("New"), number=True),
    Column("updated", _("Changed"), number=True),
    Column("rejected", _("Rejected"), number=True),
    Column("source", _("Brought by")),
)


def feed_labels() -> dict[str, str]:
    """Every feed's name for people, by its code, in the order in which a firm loads them."""
    return {feed.name: str(feed.title) for feed in all_feeds()}


def import_list(params: QueryDict, today: dt.date) -> ListSpec:
    """The list of feed files, newest first. One query (the calendar) for the days on offer."""
    feeds = [Option(code, label) for code, label in feed_labels().items()]
    return ListSpec(
        name="imports",
        columns=COLUMNS,
        sorts=(Sort("came", _("Came in"), "created_at", descending=True),),
        filters=(
            ChoiceFilter("feed", _("Feed"), feeds),
            ChoiceFilter.of("state", _("State"), BatchState),
            ChoiceFilter.of("source", _("Brought by"), BatchSource),
            ChoiceFilter("day", _("Business date"), _day_options(params, today), field="business_date"),
        ),
    )


def _day_options(params: QueryDict, today: dt.date) -> list[Option]:
    """The exchange days of a month, newest first, and whatever other days the address names."""
    offered = exchange_days(today - DAYS_OFFERED, today)[::-1]
    named = [day for day in _days_in(params.getlist("day")[:MOST_DAYS]) if day not in offered]
    days = [*offered, *sorted(set(named), reverse=True)]
    return [Option(f"{day:%Y-%m-%d}", figures.near_day(day, today), stored=day) for day in days]


def _days_in(values: Iterable[str]) -> Iterable[dt.date]:
    for value in values:
        try:
            yield dt.date.fromisoformat(value)
        except ValueError:
            continue  # the filter itself says that there is no such value
