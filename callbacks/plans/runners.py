"""Jobs of plans: trials, and calls to the clients of a list."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from callbacks.plans import assigning, trials
from callbacks.plans.making import NoCallCentre
from callbacks.plans.pipeline import STEPS
from crm.jobs.errors import JobRefused
from crm.jobs.models import Job
from crm.jobs.registry import runner
from crm.jobs.work import Work
from crm.organisation.models import User


def _about(job: Job) -> str:
    return str(job.params.get("plan", {}).get("name", ""))


def _page(job: Job) -> str:
    return reverse("callbacks:plan-trial", args=[job.pk])


def _asker(work: Work) -> User:
    asked: User | None = work.job.requested_by
    if asked is None:
        raise JobRefused("nobody asked for this job")
    return asked


@runner(trials.JOB, title=gettext_lazy("Trial of a plan"), about=_about, page=_page)
def try_plan(work: Work) -> dict[str, Any]:
    """Nothing is stored but the result."""
    by = _asker(work)

    def say(done: int, words: str | Promise) -> None:
        work.progress(done, STEPS, str(words))

    with translation.override(by.language or settings.LANGUAGE_CODE):
        return trials.result_of(trials.run_trial(work.job.params, by=by, at=timezone.now(), say=say))


@runner(assigning.JOB, title=gettext_lazy("Calls to a list of clients"))
@transaction.atomic
def assign_list(work: Work) -> dict[str, Any] | None:
    """Calls to the clients of a list. One transaction: after a kill nothing of it was done."""
    by = _asker(work)
    with translation.override(by.language or settings.LANGUAGE_CODE):
        wanted = assigning.Wanted.from_json(work.job.params)
        try:
            made = assigning.assign(wanted=wanted, by=by, key=work.job.key)
        except (ValidationError, PermissionDenied) as refusal:
            words = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
            raise JobRefused(" ".join(words)) from refusal
        except NoCallCentre as refusal:
            raise JobRefused(_("The firm has no call centre: nobody is appointed to one.")) from refusal
        work.finish({"url": reverse("callbacks:making", args=[made.pk]), "label": _("To the calls")})
    return None
