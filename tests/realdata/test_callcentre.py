"""A bank's call centre, half a month of it: every figure of the contacts is what pandas makes of the file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from clients.contacts.figures import Dimension, Figures, figures_of
from clients.contacts.models import ServiceRecord
from crm.organisation.models import User
from tests.realdata.conftest import LoadFeeds, Summary

pytestmark = [pytest.mark.realdata, pytest.mark.django_db]

ZONE = ZoneInfo("Asia/Shanghai")  # the file's times are local
SPANS = {
    "all": (dt.date(1999, 2, 1), dt.date(1999, 2, 14)),
    "a week": (dt.date(1999, 2, 7), dt.date(1999, 2, 13)),
    "a day": (dt.date(1999, 2, 3), dt.date(1999, 2, 3)),
}
COLUMNS = {
    Dimension.TOTAL: "nothing",
    Dimension.DAY: "day",
    Dimension.HOUR: "hour",
    Dimension.STAFF: "staff_no",
    Dimension.TOPIC: "topic",
    Dimension.OUTCOME: "outcome",
    Dimension.DIRECTION: "direction",
    Dimension.CHANNEL: "channel",
}
Found = Mapping[Dimension, Sequence[Figures]]


@pytest.fixture(scope="module")
def summaries(load_feeds: LoadFeeds) -> dict[str, Summary]:
    return load_feeds("callcentre")


@pytest.fixture(scope="module")
def calls(shared_feeds: Path) -> pd.DataFrame:
    """The file, read by pandas alone."""
    read = pd.read_csv(
        shared_feeds / "callcentre" / "service_records.csv.gz",
        dtype={"staff_no": str, "client_no": str},
        na_filter=False,
    )
    at = pd.to_datetime(read["occurred_at"])
    measured = read[["wait_seconds", "duration_seconds"]].apply(pd.to_numeric)
    return read.assign(
        nothing="", date=at.dt.date, day=at.dt.strftime("%Y-%m-%d"), hour=at.dt.strftime("%H"), **measured
    )


def of_the_period(first: dt.date, last: dt.date) -> Found:
    begins = dt.datetime.combine(first, dt.time(), ZONE)
    ends = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), ZONE)
    return figures_of(ServiceRecord.objects.filter(record_no__startswith="ABC"), begins=begins, ends=ends)


def by_pandas(calls: pd.DataFrame, column: str) -> dict[str, tuple[Any, ...]]:
    """The same figures, a group at a time."""
    found = {}
    for key, rows in calls.groupby(column):
        wait, talk = rows["wait_seconds"], rows["duration_seconds"]
        spoken, known = rows[talk > 0], rows["client_no"][rows["client_no"] != ""]
        found[str(key)] = (
            len(rows), len(known), known.nunique(), len(wait),
            wait.mean(), wait.median(), wait.quantile(0.9),
            int((spoken["wait_seconds"] <= 20).sum()), int((spoken["wait_seconds"] <= 60).sum()),
            talk.mean(), talk.median(), talk.quantile(0.9), int(talk.sum()),
        )  # fmt: skip
    return found


def test_every_row_is_taken(summaries: dict[str, Summary]) -> None:
    taken = {feed: (one["rows"], one["inserted"], one["rejected"]) for feed, one in summaries.items()}
    assert taken["service_records"] == (17_456, 17_456, 0)
    assert taken["clients"] == (2_682, 2_682, 0)
    assert taken["staff"] == (24, 24, 0)


@pytest.mark.usefixtures("summaries")
def test_what_is_known_of_it() -> None:
    total = of_the_period(*SPANS["all"])[Dimension.TOTAL][0]
    assert (total.number, total.clients) == (17_456, 2_682)
    agents = [one.key for one in of_the_period(*SPANS["all"])[Dimension.STAFF] if one.key]
    assert User.objects.filter(staff_no__in=agents).count() == len(agents) <= 24


@pytest.mark.usefixtures("summaries")
@pytest.mark.parametrize("span", SPANS)
def test_every_figure_is_that_of_pandas(calls: pd.DataFrame, span: str) -> None:
    first, last = SPANS[span]
    found = of_the_period(first, last)
    inside = calls[(calls["date"] >= first) & (calls["date"] <= last)]
    assert len(inside) > 500
    for by, column in COLUMNS.items():
        expected = by_pandas(inside, column)
        assert {one.key for one in found[by]} == set(expected), by
        for one in found[by]:
            assert one[1:] == pytest.approx(expected[one.key], rel=1e-12), (by, one.key)
