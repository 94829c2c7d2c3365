"""Reads for pages and other rooms: policies, runs, and what a night changed."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clients.segmentation.choices import PolicyState, RunKind
from clients.segmentation.models import Policy, Run
from clients.segmentation.rules import PolicyError
from crm.jobs.models import Job

RUN_JOB = "segmentation.run"


def policy_for(day: dt.date) -> Policy:
    """The approved policy in force on `day`: the newest effective date not after it, of two the higher version.

    Raises PolicyError when none is.
    """
    approved = Policy.objects.filter(state=PolicyState.APPROVED, effective_on__lte=day)
    found = approved.order_by("-effective_on", "-version").first()
    if found is None:
        raise PolicyError(_("No approved policy is in force on %(day)s.") % {"day": f"{day:%F}"})
    return found


def current_run() -> Run | None:
    """The run that today's standings come from: the newest day's, backfills apart. None before the first."""
    return standing_runs().filter(replaced_by=None).order_by("-as_of", "-pk").first()


def trial_day(today: dt.date) -> dt.date:
    """The day a trial begins with: that of the standings it is compared with, so that the values alone make a
    difference; `today` before the first run."""
    run = current_run()
    return run.as_of if run else today


def standing_runs() -> QuerySet[Run]:
    """Runs that wrote standings, replaced ones included."""
    return Run.objects.exclude(kind=RunKind.BACKFILL).select_related("policy")


def asked_run(as_of: dt.date) -> Job | None:
    """The job that is to make the run of `as_of` by hand, waiting or at work; None when nobody asked, or it ended."""
    going = Job.objects.filter(kind=RUN_JOB, params__as_of=f"{as_of:%F}", ended_at=None, cancel_asked=False)
    return going.order_by("pk").first()
