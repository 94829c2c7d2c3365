"""The night in a sentence: made, at work, failed, or waiting, and for what since when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from clients.feeds.filters import feed_labels
from clients.segmentation.models import Run
from clients.segmentation.nightly import NightState
from clients.segmentation.run_page import counts_for
from crm.jobs.models import Job, JobState
from crm.organisation.models import User
from crm.web import figures
from crm.web.templatetags.ui import names

STARTS = dt.time(2, 0)  # the schedule of the night, see crm/settings.py


@dataclass(frozen=True)
class Night:
    """What components/alert.html takes: tone, title, text, url and action."""

    tone: str
    title: str
    text: str
    url: str = ""
    action: str = ""


def night_words(state: NightState, user: User, now: dt.datetime) -> Night:
    """The state of the night for `user`, in the figures of his scope, at `now` (in the firm's time zone)."""
    day = f"{state.day:%Y-%m-%d}"
    if state.run is not None:
        return _made(state.run, day, user)
    if state.missing:
        return _waits(state.missing, day, user, now)
    if state.job is not None and (not state.job.has_ended or state.job.state == JobState.FAILED):
        return _at_work(state.job, day, user)
    if now.time() < STARTS:
        return Night("", _("The night of %(day)s starts at 02:00.") % {"day": day}, _("Its feeds are complete."))
    return Night("", _("The night of %(day)s is due.") % {"day": day}, _("It is started within ten minutes."))


def _made(run: Run, day: str, user: User) -> Night:
    ((clients, changed),) = counts_for([run], user)
    words = _("%(clients)s clients, %(changed)s changed, policy version %(version)s.") % {
        "clients": f"{clients:,}",
        "changed": f"{changed:,}",
        "version": run.policy.version,
    }
    title = _("The night of %(day)s is done: %(when)s.") % {"day": day, "when": figures.when(run.ended_at)}
    return Night("fine", title, words, reverse("clients:run", args=[run.pk]), _("What changed"))


def _waits(missing: list[str], day: str, user: User, now: dt.datetime) -> Night:
    labels = feed_labels()
    feeds = names([labels.get(code, code) for code in missing])
    late = now.time() >= STARTS
    title = (_("The night of %(day)s waits since 02:00.") if late else _("The night of %(day)s starts at 02:00.")) % {
        "day": day
    }
    text = _("Not in yet, or not with every row: %(feeds)s. Until then the standings of the night before hold.")
    url = reverse("clients:imports") if user.has_perm("clients.view_feedbatch") else ""
    return Night("loud" if late else "", title, text % {"feeds": feeds}, url, _("Imports"))


def _at_work(job: Job, day: str, user: User) -> Night:
    url = reverse("jobs:detail", args=[job.pk]) if user.has_perm("crm.view_jobs") else ""
    if job.state == JobState.FAILED:
        return Night("loud", _("The night of %(day)s failed.") % {"day": day}, job.error, url, _("Look at the job"))
    title = _("The night of %(day)s is at work.") % {"day": day}
    return Night("", title, job.note or _("It waits for a free worker."), url, _("Progress"))
