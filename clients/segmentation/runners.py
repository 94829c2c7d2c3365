"""The jobs of segmentation: the night's run, runs that somebody asked for, trials."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.segmentation import rules, services, trials
from clients.segmentation.choices import RunKind
from clients.segmentation.nightly import NIGHT_JOB
from clients.segmentation.selectors import RUN_JOB
from crm.jobs.errors import JobRefused
from crm.jobs.models import Job
from crm.jobs.registry import runner
from crm.jobs.work import Work


def day_of(job: Job) -> str:
    """The day that a run or trial is about."""
    return str(job.params["as_of"])


def run_page(job: Job) -> str:
    """The page of the run that a job made."""
    run = job.result.get("run")
    return reverse("clients:run", args=[run]) if run else ""


def trial_page(job: Job) -> str:
    return reverse("clients:trial", args=[job.pk])


@runner(NIGHT_JOB, title=_("Nightly segmentation"), about=day_of, page=run_page)
def run_night(work: Work) -> None:
    """The run of the day in the job's parameters. A killed one is done again as a whole."""
    _run(work, RunKind.NIGHTLY)


@runner(RUN_JOB, title=_("Segmentation run"), about=day_of, page=run_page)
def run_by_hand(work: Work) -> None:
    """A run or backfill that somebody asked for."""
    _run(work, RunKind.MANUAL)


def _run(work: Work, kind: RunKind) -> None:
    as_of = dt.date.fromisoformat(work.job.params["as_of"])
    try:
        services.run_segmentation(as_of=as_of, kind=kind, by=work.job.requested_by, work=work)
    except (rules.PolicyError, services.RunRefused) as refusal:
        raise JobRefused(str(refusal)) from refusal


@runner(trials.TRIAL_JOB, title=_("Trial of a policy"), about=day_of, page=trial_page)
def run_trial(work: Work) -> None:
    """A trial that somebody asked for; its clients are kept under the job for a day."""
    params = work.job.params
    try:
        trials.trial(policy_rules=params["rules"], as_of=dt.date.fromisoformat(params["as_of"]), work=work)
    except rules.PolicyError as refusal:
        raise JobRefused(str(refusal)) from refusal
