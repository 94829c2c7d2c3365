"""The job that carries a hand-over out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.care import services
from clients.care.choices import HandoverReason, HandoverRule
from clients.care.models import Handover
from clients.profile.models import Client
from crm.jobs.errors import JobRefused
from crm.jobs.registry import runner
from crm.jobs.work import Work
from crm.organisation.models import User


@runner(services.JOB_KIND, title=gettext_lazy("Hand clients over"))
def hand_over(work: Work) -> dict[str, Any] | None:
    """Carry out the hand-over whose number is the job's key. One transaction: after a kill nothing of it was done."""
    handover = Handover.objects.select_related("from_manager", "by").get(pk=int(work.job.key))
    with translation.override(handover.by.language or settings.LANGUAGE_CODE):
        work.progress(0, note=_("Sharing out; an import of clients is waited for."))
        try:
            return _carry_out(handover, work)
        except (ValidationError, PermissionDenied) as refusal:
            words = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
            raise JobRefused(" ".join(words)) from refusal


@transaction.atomic
def _carry_out(handover: Handover, work: Work) -> dict[str, Any]:
    people = User.objects.in_bulk(handover.successors)
    assigned = services.assign_managers(
        clients=Client.objects.filter(manager=handover.from_manager),
        successors=[people[pk] for pk in handover.successors],
        rule=HandoverRule(handover.rule),
        reason=HandoverReason(handover.reason),
        note=handover.note,
        by=handover.by,
        key=handover.key,
        from_manager=handover.from_manager,
    )
    done = assigned.handover.clients
    result = {
        "refused": assigned.refused,
        "url": reverse("clients:handover", args=[handover.pk]),
        "label": _("To the hand-over"),
    }
    work.progress(done, done)
    work.finish(result)
    return result
