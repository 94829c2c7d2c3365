"""The job that does something to many clients: the filter is read anew by the time it runs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.desk.bulk_page import title_of
from clients.desk.choosing import clients_of
from clients.lists import bulk
from clients.lists.models import BulkAction
from crm.jobs.errors import JobRefused
from crm.jobs.registry import runner
from crm.jobs.work import Work
from crm.messaging.services import tell


@runner(bulk.JOB_KIND, title=gettext_lazy("Bulk action"))
def carry_out(work: Work) -> dict[str, Any] | None:
    """Carry out the action whose number is the job's key. One transaction: after a kill nothing of it was done."""
    action = BulkAction.objects.select_related("by", "undoes").get(pk=int(work.job.key))
    with translation.override(action.by.language or settings.LANGUAGE_CODE):
        work.progress(0, action.expected)
        try:
            return _carry_out(action, work)
        except (ValidationError, PermissionDenied) as refusal:
            words = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
            raise JobRefused(" ".join(words)) from refusal


@transaction.atomic
def _carry_out(action: BulkAction, work: Work) -> dict[str, Any]:
    at = timezone.now()
    done = bulk.carry_out(action=action, clients=clients_of(action, at=at), at=at)
    _tell(done, at)
    result = {"url": reverse("clients:bulk", args=[action.pk]), "label": _("To the result")}
    work.progress(done.matched or 0, done.matched or 0)
    work.finish(result)
    return result


def _tell(action: BulkAction, at: dt.datetime) -> None:
    """A notice for who asked and went on with something else."""
    words = {
        "title": title_of(action),
        "done": f"{action.done:,}",
        "refused": f"{sum(action.refused.values()):,}",
    }
    text = _("%(title)s: %(done)s done, %(refused)s refused.") % words
    tell(users=[action.by], key=f"bulk-{action.pk}", text=text, url=reverse("clients:bulk", args=[action.pk]), at=at)
