"""Something done to many calls: asked for once, done at once when few, by a worker when many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from callbacks.calls.models import Call
from callbacks.desk.bulk_page import JOB_KIND, title_of
from callbacks.desk.choosing import chosen_calls
from callbacks.queue import assigning, supervising
from callbacks.queue.supervising import Outcome
from crm.exports.queries import kept_query, opened_query
from crm.jobs import services as jobs
from crm.jobs.errors import JobRefused
from crm.jobs.models import Job
from crm.jobs.registry import runner
from crm.jobs.work import Work
from crm.messaging.services import tell
from crm.organisation.models import User

MANY = 2_000  # calls; more are left to a worker
SEALED = ("q",)  # words looked for may be somebody's phone number


def request_action(
    *, verb: str, params: dict[str, Any], query: str, picked: Sequence[int], expected: int, by: User, key: str
) -> Job:
    """Ask for `verb` to be done to the calls that `query` and `picked` find; done by the time this returns when few.

    The same `key` does it once. What it came to, or why not at all, is the job's result.
    """
    asked = params | {"verb": verb, "query": kept_query(query, SEALED), "picked": list(picked), "expected": expected}
    job = jobs.request(JOB_KIND, _once(by, key), by=by, params=asked)
    if expected <= MANY and not job.has_ended:
        jobs.run(job.pk)
    return job


def was_asked(*, by: User, key: object) -> bool:
    """Whether the action of this form was asked for already: a double click."""
    return Job.objects.filter(kind=JOB_KIND, key=_once(by, key)).exists()


def _once(by: User, key: object) -> str:
    return f"{by.pk}:{key}"


def _page(job: Job) -> str:
    return reverse("callbacks:bulk", args=[job.pk])


def _about(job: Job) -> str:
    return title_of(job.params["verb"], int(job.params["expected"]))


@runner(JOB_KIND, title=gettext_lazy("Calls"), about=_about, page=_page)
def carry_out(work: Work) -> dict[str, Any]:
    """One transaction: after a kill nothing of it was done. The filter is read anew."""
    job = work.job
    by = job.requested_by
    if by is None:
        raise JobRefused(_("Nobody asked for this."))
    with translation.override(by.language or settings.LANGUAGE_CODE):
        try:
            return _carry_out(job.params, by, work)
        except (ValidationError, PermissionDenied) as refusal:
            words = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
            raise JobRefused(" ".join(words)) from refusal


@transaction.atomic
def _carry_out(params: dict[str, Any], by: User, work: Work) -> dict[str, Any]:
    at = timezone.now()
    calls = chosen_calls(by, opened_query(params["query"]), params["picked"], at)
    outcome = do(params, calls, by=by, at=at)
    result = {
        "matched": outcome.matched,
        "done": outcome.done,
        "unchanged": outcome.unchanged,
        "refused": dict(outcome.refused),
    }
    if outcome.matched > MANY:
        _tell(params, outcome, work.job, by, at)
    work.finish(result)
    return result


def do(params: dict[str, Any], calls: QuerySet[Call], *, by: User, at: dt.datetime) -> Outcome:
    """Carry out one verb with what its form asked for. Raises PermissionDenied and ValidationError as the verb does."""
    verb, reason = params["verb"], params.get("reason", "")
    if verb == "assign":
        found = User.objects.in_bulk(params["to"])
        people = [found[pk] for pk in params["to"] if pk in found]
        return assigning.assign_calls(calls=calls, people=people, share=params["share"], reason=reason, by=by, at=at)
    if verb == "take_back":
        return assigning.take_back_assignment(calls=calls, reason=reason, by=by, at=at)
    if verb == "urge":
        return supervising.urge(calls=calls, rank=params["rank"], reason=reason, by=by, at=at)
    if verb == "reform":
        return supervising.reform(calls=calls, form=params["form"], reason=reason, by=by, at=at)
    if verb == "free":
        return supervising.free(calls=calls, reason=reason, by=by, at=at)
    if verb == "recall":
        return supervising.recall(calls=calls, reason=reason, by=by, at=at)
    return supervising.withdraw(calls=calls, reason=reason, by=by, at=at)


def _tell(params: dict[str, Any], outcome: Outcome, job: Job, by: User, at: dt.datetime) -> None:
    """A notice for who asked and went on with something else."""
    words = {
        "title": title_of(params["verb"], outcome.matched),
        "done": f"{outcome.done:,}",
        "refused": f"{sum(outcome.refused.values()):,}",
    }
    text = _("%(title)s: %(done)s done, %(refused)s refused.") % words
    tell(users=[by], key=f"calls-bulk-{job.pk}", text=text, url=_page(job), at=at)
