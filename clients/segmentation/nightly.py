"""The night: segmentation of the day before, once that day's feeds are in; again when they are corrected later."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from clients.feeds.selectors import day_is_complete
from clients.segmentation.models import Run
from clients.segmentation.selectors import standing_runs
from crm.jobs import services as jobs
from crm.jobs.models import Job, JobState
from crm.worktime.selectors import is_exchange_day

if TYPE_CHECKING:
    from crm.events.models import Event

NIGHT_JOB = "segmentation.night"
DECIDING_FEEDS = ("branches", "clients", "assets", "trades", "cashflows", "alerts")


@dataclass(frozen=True)
class NightState:
    """How far the night of a day is: made (`run`), at work (`job`), or waiting for the feeds in `missing`."""

    day: dt.date
    run: Run | None
    job: Job | None
    missing: list[str]


def night_state(today: dt.date) -> NightState:
    """The state on the morning of `today`: the run in question is that of the day before."""
    day = today - dt.timedelta(days=1)
    result = Run.objects.filter(as_of=day, replaced_by=None).select_related("policy").first()
    job = Job.objects.filter(kind=NIGHT_JOB, key=f"{day:%F}").first()
    run = result if result is not None and _saw_the_whole_day(result, job, today) else None
    missing = day_is_complete(day) if run is None and is_exchange_day(day) else []
    return NightState(day, run, job, missing)


def _saw_the_whole_day(result: Run, job: Job | None, today: dt.date) -> bool:
    """Whether a day's result is that of its night: begun once the day was over, or looked at again by the night's job.
    One that was asked for by hand in the middle of the day is not; a backfill, where today's own run came first, is."""
    midnight = timezone.make_aware(dt.datetime.combine(today, dt.time()))
    return result.started_at >= midnight or (job is not None and job.state == JobState.DONE)


def ask_for_night(*, today: dt.date) -> Job | None:
    """Ask for the run of the day before `today`, once. None while it waits for feeds, or when it has been made.

    The key is the day, so asking every ten minutes, by two schedulers or after a kill makes one run.
    """
    state = night_state(today)
    if state.run is not None or state.missing:
        return None
    return jobs.request(NIGHT_JOB, f"{state.day:%F}", by=None, params={"as_of": f"{state.day:%F}"})


def run_again_after(event: Event) -> Job | None:
    """Late or corrected data that the newest run has looked at: make that run again. None where nothing is late.

    A run of unchanged data writes nothing, so asking once too often does no harm.
    """
    day = event.payload["business_date"]
    newest = standing_runs().filter(replaced_by=None).order_by("-as_of").first()
    if event.payload["feed"] not in DECIDING_FEEDS or not day or newest is None:
        return None
    late = dt.date.fromisoformat(day) <= newest.as_of and event.occurred_at > newest.started_at
    if not late or newest.as_of != timezone.localdate(event.occurred_at) - dt.timedelta(days=1):
        return None  # an older day's run is history, a backfill is asked for by hand; today's has its night to come
    key = f"{newest.as_of:%F} after event {event.pk}"
    return jobs.request(NIGHT_JOB, key, by=None, params={"as_of": f"{newest.as_of:%F}"})
