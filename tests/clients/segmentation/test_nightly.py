"""The night waits for its feeds, is made once, and is made again when data come late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import pytest
import time_machine

from clients.feeds.choices import BatchSource, BatchState
from clients.feeds.models import FeedBatch
from clients.segmentation import nightly, services
from clients.segmentation.choices import RunKind
from clients.segmentation.models import Run
from clients.segmentation.selectors import current_run
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


class TestARunOfTodayByHand:
    """Asked for before the day is over, it is neither that day's night nor does it leave the night before open."""

    TUESDAY = MONDAY + dt.timedelta(days=1)

    @pytest.fixture
    def clock(self) -> Iterator[time_machine.Traveller]:
        with time_machine.travel(dt.datetime(2026, 11, 24, 1, tzinfo=SHANGHAI), tick=False) as traveller:
            yield traveller

    @pytest.fixture
    def by_hand(self, clock: time_machine.Traveller, feed_in: Callable[[str, dt.date], FeedBatch]) -> Run:
        """Tuesday at one in the morning: `segment --as-of` of Tuesday, Monday's night is still to come."""
        ClientFactory(opened_on=dt.date(2020, 1, 1))
        for feed in ("assets", "trades", "cashflows"):
            feed_in(feed, MONDAY)
        return services.run_segmentation(as_of=self.TUESDAY, kind=RunKind.MANUAL, by=None)

    def test_the_night_before_is_made_once_as_a_backfill(self, by_hand: Run) -> None:
        job = nightly.ask_for_night(today=self.TUESDAY)
        assert job is not None
        assert jobs.run(job.pk)

        state = nightly.night_state(self.TUESDAY)
        assert state.run is not None
        assert (state.run.as_of, state.run.kind) == (MONDAY, RunKind.BACKFILL)
        assert nightly.ask_for_night(today=self.TUESDAY) is None
        assert current_run() == by_hand  # standings, history and events are those of the later day

    def test_its_own_night_is_made_all_the_same(
        self, by_hand: Run, clock: time_machine.Traveller, feed_in: Callable[[str, dt.date], FeedBatch]
    ) -> None:
        wednesday = self.TUESDAY + dt.timedelta(days=1)
        clock.move_to(dt.datetime(2026, 11, 25, 2, tzinfo=SHANGHAI))
        assert nightly.night_state(wednesday).missing == ["assets", "trades", "cashflows"]
        assert nightly.ask_for_night(today=wednesday) is None
        for feed in ("assets", "trades", "cashflows"):
            feed_in(feed, self.TUESDAY)
        ClientFactory(opened_on=self.TUESDAY)

        job = nightly.ask_for_night(today=wednesday)

        assert job is not None
        assert jobs.run(job.pk)
        night = nightly.night_state(wednesday).run
        assert night is not None
        assert (night.kind, night.clients, night.pk == by_hand.pk) == (RunKind.NIGHTLY, 2, False)
        assert current_run() == night
        by_hand.refresh_from_db()
        assert by_hand.replaced_by_id == night.pk

    def test_a_night_that_finds_nothing_new_is_made_too(
        self, by_hand: Run, clock: time_machine.Traveller, feed_in: Callable[[str, dt.date], FeedBatch]
    ) -> None:
        wednesday = self.TUESDAY + dt.timedelta(days=1)
        clock.move_to(dt.datetime(2026, 11, 25, 2, tzinfo=SHANGHAI))
        for feed in ("assets", "trades", "cashflows"):
            feed_in(feed, self.TUESDAY)
        job = nightly.ask_for_night(today=wednesday)
        assert job is not None
        assert jobs.run(job.pk)
        assert nightly.night_state(wednesday).run == by_hand
        assert nightly.ask_for_night(today=wednesday) is None

    def test_the_day_s_files_wait_for_its_night(self, by_hand: Run, clock: time_machine.Traveller) -> None:
        """One of three feeds must not turn everyone into "at risk"."""
        evening = dt.datetime(2026, 11, 24, 18, tzinfo=SHANGHAI)
        clock.move_to(evening)
        assert nightly.run_again_after(late(self.TUESDAY, evening)) is None
