"""The job that loads a confirmed upload."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from clients.feeds import batches, importing, uploads
from clients.feeds.choices import BatchState
from clients.feeds.models import FeedBatch
from clients.feeds.refusal import FeedRefused
from crm.jobs.errors import JobRefused
from crm.jobs.models import Job
from crm.jobs.registry import runner
from crm.jobs.work import Work


def page_of(job: Job) -> str:
    """The page of the file that a job loads."""
    return reverse("clients:import", args=[job.key])


@runner(batches.JOB_KIND, title=_("Load a feed file"), page=page_of)
def load_upload(work: Work) -> dict[str, Any] | None:
    """Load the upload whose number is the job's key. After a kill it is done again; nothing of it was taken then."""
    batch = FeedBatch.objects.get(pk=int(work.job.key))
    if batch.state in (BatchState.DONE, BatchState.PARTLY, BatchState.DISCARDED):
        result: dict[str, Any] = work.job.result
        return result
    try:
        with translation.override(batch.by.language if batch.by and batch.by.language else settings.LANGUAGE_CODE):
            outcome = importing.load_batch(batch, uploads.path_of(batch), work=work)
    except FeedRefused as refusal:
        uploads.remove_file(batch)
        raise JobRefused(str(refusal)) from refusal
    uploads.remove_file(batch)
    return {"batch": batch.pk, "rejected": outcome.rejected}
