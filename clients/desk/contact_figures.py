"""Figures of the contacts of a period, as the page, its charts and its file show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from clients.contacts.choices import ContactChannel, ContactDirection
from clients.contacts.figures import LATER, SOON, Dimension, Figures, figures_of
from clients.contacts.models import ServiceRecord
from crm.exports.errors import ExportRefused
from crm.exports.registry import Field, Kind
from crm.organisation.models import User
from crm.web import figures
from crm.worktime.arithmetic import ONE_DAY, SHANGHAI

NAME = "contact-figures"
# Whoever sees the figures of many clients sees those of the contacts with them: heads of branches and their directors,
# the call centre's supervisor, compliance, headquarters. Nobody who merely works on contacts.
SEE = "clients.view_segmentation"
USUAL_DAYS, MOST_DAYS = 30, 366
SPANS = (7, 30, 90)
SHOWN = 30  # lines of a table; the file has all of them
TABLES = (Dimension.STAFF, Dimension.TOPIC, Dimension.OUTCOME, Dimension.DIRECTION, Dimension.CHANNEL)


class Period(NamedTuple):
    """Whole days in the firm's time zone, both included."""

    first: dt.date
    last: dt.date

    @property
    def begins(self) -> dt.datetime:
        return dt.datetime.combine(self.first, dt.time(), SHANGHAI)

    @property
    def ends(self) -> dt.datetime:
        """The instant after its last."""
        return dt.datetime.combine(self.last + ONE_DAY, dt.time(), SHANGHAI)

    @property
    def query(self) -> str:
        return f"from={self.first:%Y-%m-%d}&until={self.last:%Y-%m-%d}"


def last_days(number: int, today: dt.date) -> Period:
    return Period(today - (number - 1) * ONE_DAY, today)


def period_of(params: Mapping[str, str], today: dt.date) -> tuple[Period, str]:
    """The period that `from` and `until` name, and in words why it is another one than was asked for (else empty)."""
    usual = last_days(USUAL_DAYS, today)
    given = [params.get(name, "") for name in ("from", "until")]
    if not any(given):
        return usual, ""
    first, last = (_day(text) for text in given)
    if first is None or last is None or first > last:
        return usual, _("That is no period. These are the last %(days)s days.") % {"days": USUAL_DAYS}
    if (last - first).days >= MOST_DAYS:
        words = _("At most %(days)s days at once: these are the last of what you asked for.")
        return last_days(MOST_DAYS, last), words % {"days": MOST_DAYS}
    return Period(first, last), ""


def _day(text: str) -> dt.date | None:
    """A day of the last hundred years or the next; None for anything else."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None


@dataclass(frozen=True)
class Line:
    """One line of a table in words: seconds as `1:05`, shares in percent."""

    label: str
    told: Figures

    @property
    def wait(self) -> list[str]:
        """Mean, median, 90th percentile."""
        return [clock(one) for one in (self.told.wait_mean, self.told.wait_median, self.told.wait_p90)]

    @property
    def talk(self) -> list[str]:
        return [clock(one) for one in (self.told.talk_mean, self.told.talk_median, self.told.talk_p90)]

    @property
    def in_time(self) -> list[str]:
        """Answered within SOON, within LATER."""
        return [figures.percent(one) for one in (self.told.soon_share, self.told.later_share)]

    @property
    def talk_total(self) -> str:
        return clock(self.told.talk_total)


def clock(seconds: float | None) -> str:
    """`1:05`, from an hour on `2:01:05`; a dash where nothing was measured."""
    if seconds is None:
        return figures.NONE
    minutes, rest = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@dataclass(frozen=True)
class Table:
    """One dimension: the lines that are shown, and how many more there are."""

    by: Dimension
    lines: Sequence[Line]
    more: int

    @property
    def more_words(self) -> str:
        return ngettext("and %(n)s more", "and %(n)s more", self.more) % {"n": self.more} if self.more else ""


@dataclass(frozen=True)
class Page:
    """The contacts of a period inside a person's scope."""

    period: Period
    found: Mapping[Dimension, Sequence[Figures]]
    names: Mapping[str, str]  # of the staff, by number

    @classmethod
    def of(cls, user: User, period: Period) -> Page:
        """Two queries."""
        rows = ServiceRecord.objects.visible_to(user)
        found = figures_of(rows, begins=period.begins, ends=period.ends)
        numbers = [one.key for one in found[Dimension.STAFF]]
        return cls(period, found, dict(User.objects.filter(staff_no__in=numbers).values_list("staff_no", "name")))

    @cached_property
    def total(self) -> Line | None:
        return next(iter(self.lines(Dimension.TOTAL)), None)

    def lines(self, by: Dimension) -> list[Line]:
        return [Line(self.label(by, one.key), one) for one in self.found[by]]

    def label(self, by: Dimension, key: str) -> str:
        """What a key is called."""
        if by == Dimension.TOTAL:
            return str(Dimension.TOTAL.label)
        if not key:
            return pgettext("contacts", "not known")
        words: Mapping[Dimension, Callable[[], str]] = {
            Dimension.HOUR: lambda: f"{key}:00",
            Dimension.STAFF: lambda: f"{self.names[key]} ({key})" if key in self.names else key,
            Dimension.DIRECTION: lambda: str(ContactDirection(key).label),
            Dimension.CHANNEL: lambda: str(ContactChannel(key).label),
        }
        return words[by]() if by in words else key

    @cached_property
    def days(self) -> list[Line]:
        return self.lines(Dimension.DAY)

    @cached_property
    def hours(self) -> list[Line]:
        return self.lines(Dimension.HOUR)

    @cached_property
    def tables(self) -> list[Table]:
        every = [(by, self.lines(by)) for by in TABLES]
        return [Table(by, lines[:SHOWN], max(len(lines) - SHOWN, 0)) for by, lines in every]

    @property
    def day_chart(self) -> dict[str, Any]:
        """The number of each day of the period; 0 for one without any."""
        told = {one.key: one.number for one in self.found[Dimension.DAY]}
        span = (self.period.last - self.period.first).days + 1
        keys = [f"{self.period.first + number * ONE_DAY:%Y-%m-%d}" for number in range(span)]
        number = [told.get(key, 0) for key in keys]
        return {"labels": [key[5:] for key in keys], "series": [_series(number)]}

    @property
    def hour_chart(self) -> dict[str, Any]:
        """The number of each hour, the whole period together."""
        told = {one.key: one.number for one in self.found[Dimension.HOUR]}
        keys = [f"{hour:02}" for hour in range(24)]
        return {"labels": keys, "series": [_series([told.get(key, 0) for key in keys])]}

    def rows(self) -> Iterator[Sequence[Any]]:
        """Every line of every dimension, as the file has it: what by, what, then the figures; seconds as numbers."""
        for by in Dimension:
            for line in self.lines(by):
                yield [str(by.label), line.label, *(figure(line.told) for _field, figure in FIGURES)]


def _series(numbers: Sequence[int]) -> dict[str, Any]:
    return {"name": pgettext("count", "Contacts"), "type": "line", "unit": "count", "values": numbers}


def _share(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 2)


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


WITHIN = gettext_lazy("Answered within {seconds} seconds (%)")
# The figures of the file: heading and value.
FIGURES: Sequence[tuple[Any, Callable[[Figures], Any]]] = (
    (pgettext_lazy("count", "Contacts"), lambda told: told.number),
    (gettext_lazy("With a known client"), lambda told: told.with_client),
    (gettext_lazy("Different clients"), lambda told: told.clients),
    (gettext_lazy("Wait known"), lambda told: told.waited),
    (gettext_lazy("Mean wait (seconds)"), lambda told: _seconds(told.wait_mean)),
    (gettext_lazy("Median wait (seconds)"), lambda told: _seconds(told.wait_median)),
    (gettext_lazy("90% waited at most (seconds)"), lambda told: _seconds(told.wait_p90)),
    (format_lazy(WITHIN, seconds=SOON), lambda told: _share(told.soon_share)),
    (format_lazy(WITHIN, seconds=LATER), lambda told: _share(told.later_share)),
    (gettext_lazy("Mean talk (seconds)"), lambda told: _seconds(told.talk_mean)),
    (gettext_lazy("Median talk (seconds)"), lambda told: _seconds(told.talk_median)),
    (gettext_lazy("90% talked at most (seconds)"), lambda told: _seconds(told.talk_p90)),
    (gettext_lazy("Total talk (seconds)"), lambda told: told.talk_total),
)
BY, WHAT = pgettext_lazy("contacts", "By"), pgettext_lazy("contacts", "What")


def fields() -> list[Field]:
    """The columns of the file."""
    words = [Field(str(BY), width=16), Field(str(WHAT), width=28)]
    return words + [Field(str(heading), Kind.NUMBER, 18) for heading, _figure in FIGURES]


def page_for_file(user: User, params: Mapping[str, str], today: dt.date) -> Page:
    """As `Page.of`. Raises ExportRefused for a period that is not understood: another would be taken out than meant."""
    period, problem = period_of(params, today)
    if problem:
        raise ExportRefused(problem)
    return Page.of(user, period)
