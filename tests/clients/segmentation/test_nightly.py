"""The night waits for its feeds, is made once, and is made again when data come late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from clients.feeds.choices import BatchSource, BatchState
from clients.feeds.models import FeedBatch
from clients.segmentation import nightly, services
from clients.segmentation.choices import RunKind
from clients.segmentation.models import Run
from crm.events.models import Event
from crm.jobs import services as jobs
from crm.jobs.models import Job, JobState
from tests.factories.clients import ClientFactory

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
FRIDAY, SATURDAY, SUNDAY, MONDAY = (dt.date(2026, 11, 20) + dt.timedelta(days=n) for n in range(4))
TWO = dt.datetime(2026, 11, 21, 2, tzinfo=SHANGHAI)


@pytest.fixture
def feed_in() -> Callable[[str, dt.date], FeedBatch]:
    def taken(feed: str, day: dt.date) -> FeedBatch:
        return FeedBatch.objects.create(
            feed=feed,
            file_name=f"{feed}.csv",
            business_date=day,
            source=BatchSource.FOLDER,
            state=BatchState.DONE,
            created_at=TWO,
            ended_at=TWO,
        )

    return taken


def test_an_exchange_day_waits_for_its_feeds(feed_in: Callable[[str, dt.date], FeedBatch]) -> None:
    feed_in("assets", FRIDAY)
    feed_in("trades", FRIDAY)
    assert nightly.ask_for_night(today=SATURDAY) is None
    assert nightly.night_state(SATURDAY).missing == ["cashflows"]
    feed_in("cashflows", FRIDAY)
    job = nightly.ask_for_night(today=SATURDAY)
    assert job is not None
    assert job.params == {"as_of": "2026-11-20"}


def test_other_days_run_on_what_is_there() -> None:
    assert nightly.night_state(MONDAY).missing == []
    assert nightly.ask_for_night(today=MONDAY) is not None


def test_asking_again_and_again_makes_one_run() -> None:
    ClientFactory(opened_on=dt.date(2020, 1, 1))
    first, second = (nightly.ask_for_night(today=MONDAY) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.pk == second.pk
    assert jobs.run(first.pk)
    assert nightly.ask_for_night(today=MONDAY) is None
    run = Run.objects.get()
    assert (run.as_of, run.kind, run.is_baseline, run.clients) == (SUNDAY, RunKind.NIGHTLY, True, 1)
    assert Job.objects.get(pk=first.pk).state == JobState.DONE


def late(day: dt.date, at: dt.datetime, feed: str = "trades") -> Event:
    payload = {"batch": 1, "feed": feed, "business_date": f"{day:%F}", "rejected": 0}
    return Event(pk=7, name="feed.loaded", payload=payload, occurred_at=at)


def test_late_data_have_the_newest_run_made_again() -> None:
    ClientFactory(opened_on=dt.date(2020, 1, 1))
    run = services.run_segmentation(as_of=SUNDAY, kind=RunKind.NIGHTLY, by=None)
    Run.objects.filter(pk=run.pk).update(started_at=dt.datetime(2026, 11, 23, 2, tzinfo=SHANGHAI))
    morning = dt.datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
    job = nightly.run_again_after(late(FRIDAY, morning))
    assert job is not None
    assert job.params == {"as_of": "2026-11-22"}
    assert nightly.run_again_after(late(MONDAY, morning)) is None  # for the night to come
    assert nightly.run_again_after(late(FRIDAY, morning, feed="service_records")) is None
    assert nightly.run_again_after(late(FRIDAY, morning - dt.timedelta(days=1))) is None  # the run has seen it


def test_unchanged_data_leave_the_run_as_it_is() -> None:
    ClientFactory(opened_on=dt.date(2020, 1, 1))
    run = services.run_segmentation(as_of=SUNDAY, kind=RunKind.NIGHTLY, by=None)
    again = services.run_segmentation(as_of=SUNDAY, kind=RunKind.NIGHTLY, by=None)
    assert again.pk == run.pk
    assert Event.objects.filter(name="segments.changed").count() == 1
