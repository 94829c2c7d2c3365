"""The board of the imports page: which feed is in for which exchange day, read from the files that came."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.feeds.choices import BatchState
from clients.feeds.models import FeedBatch
from crm.web import figures
from crm.worktime.selectors import exchange_days

DAYS = 14
LOOK_BACK = dt.timedelta(days=DAYS * 3)  # holds fourteen exchange days, whatever the holidays
ICONS = {
    "in": "check",
    "partly": "alert-triangle",
    "running": "refresh",
    "failed": "circle-x",
    "missing": "circle-x",
    "waiting": "clock",
}
BEST_FIRST = (BatchState.DONE, BatchState.PARTLY, BatchState.RUNNING, BatchState.FAILED)


@dataclass(frozen=True)
class Day:
    day: dt.date
    word: str
    is_today: bool


@dataclass(frozen=True)
class Cell:
    """One feed on one day. state: in, partly, running, failed, missing, waiting or none."""

    state: str
    word: str = ""
    title: str = ""
    url: str = ""

    @property
    def icon(self) -> str:
        return ICONS.get(self.state, "")


@dataclass(frozen=True)
class Row:
    code: str
    label: str
    needed: bool
    cells: list[Cell]


@dataclass(frozen=True)
class Board:
    days: list[Day]
    rows: list[Row]


def feed_board(
    batches: QuerySet[FeedBatch],
    *,
    labels: dict[str, str],
    needed: Sequence[str],
    loads: Sequence[str],
    today: dt.date,
) -> Board:
    """The last fourteen exchange days up to `today`, newest first, against the feeds of the files in `batches`.

    `batches` is inside the reader's scope; `labels` names every feed by its code, `needed` are those the night waits
    for, `loads` those the reader may load himself: what is missing of them leads to the upload.
    Needed feeds always have a row, others when a file of these days came. One query besides the calendar's.
    """
    days = exchange_days(today - LOOK_BACK, today)[-DAYS:][::-1]
    best = _best(batches.filter(business_date__in=days, state__in=BEST_FIRST))
    seen = {feed for feed, _day in best}
    shown = [code for code in labels if code in needed] + [c for c in labels if c in seen and c not in needed]
    rows = []
    for code in shown:
        gaps = {day: _gap(code, day, today, code in loads) if code in needed else Cell("none") for day in days}
        cells = [_cell_of(best[code, day]) if (code, day) in best else gaps[day] for day in days]
        rows.append(Row(code, labels[code], code in needed, cells))
    return Board([Day(day, figures.near_day(day, today), day == today) for day in days], rows)


def _best(batches: Iterable[FeedBatch]) -> dict[tuple[str, dt.date], FeedBatch]:
    """For each feed and day the file that counts: a taken one before a failed one, the newest of equals."""
    found: dict[tuple[str, dt.date], list[FeedBatch]] = defaultdict(list)
    for batch in batches:
        if batch.business_date is not None:
            found[batch.feed, batch.business_date].append(batch)
    order = [str(state) for state in BEST_FIRST]
    return {key: min(some, key=lambda one: (order.index(one.state), -one.pk)) for key, some in found.items()}


def _gap(code: str, day: dt.date, today: dt.date, may_load: bool) -> Cell:
    """A needed feed of which nothing came: waited for today, missing before."""
    url = f"{reverse('clients:import-new')}?{urlencode({'feed': code, 'day': day})}" if may_load else ""
    if day == today:
        return Cell("waiting", _("waiting"), _("The day is not over; its file comes in the evening."), url)
    return Cell("missing", _("missing"), _("No file for this day has come in."), url)


def _cell_of(batch: FeedBatch) -> Cell:
    url = reverse("clients:import", args=[batch.pk])
    came = timezone.localtime(batch.created_at)
    if batch.state == BatchState.RUNNING:
        return Cell("running", _("running"), _("Came in %(when)s, being taken.") % {"when": f"{came:%F %H:%M}"}, url)
    if batch.state == BatchState.FAILED:
        return Cell("failed", _("not taken"), batch.message or _("The file was not taken."), url)
    rows = ngettext("%(n)s row", "%(n)s rows", batch.rows) % {"n": f"{batch.rows:,}"}
    title = _("%(rows)s, came in %(when)s") % {"rows": rows, "when": f"{came:%F %H:%M}"}
    if batch.state == BatchState.PARTLY:
        word = _("%(n)s rejected") % {"n": f"{batch.rejected:,}"}
        waits = _("the day counts as complete once a file came of which every row was taken")
        return Cell("partly", word, f"{title}, {word}: {waits}", url)
    near = batch.business_date is not None and (came.date() - batch.business_date).days <= 1
    return Cell("in", f"{came:%H:%M}" if near else f"{came:%m-%d}", title, url)
