from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.access.guards import background, is_htmx, user_of, visible_or_404
from crm.jobs import services
from crm.jobs.models import Job
from crm.jobs.selectors import may_steer, shown

NEWEST = 100


@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """The newest jobs: one's own, or everybody's with `crm.view_jobs`."""
    user, at = user_of(request), timezone.now()
    newest = Job.objects.visible_to(user).select_related("requested_by").order_by("-created_at", "-pk")[:NEWEST]
    return render(request, "crm/jobs/list.html", {"jobs": [shown(job, user, at=at) for job in newest]})


@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    found = visible_or_404(Job.objects.select_related("requested_by"), user, pk=pk)
    return render(request, "crm/jobs/detail.html", {"job": shown(found, user, at=timezone.now())})


@background
@require_GET
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress of a job; the page asks for it again until the job has ended."""
    return _fragment(request, visible_or_404(Job.objects.all(), user_of(request), pk=pk))


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own(request, pk)
    return _back(request, services.cancel(found, by=user_of(request)))


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own(request, pk)
    return _back(request, services.retry(found, by=user_of(request)))


def _own(request: HttpRequest, pk: int) -> Job:
    """A job that this person may stop or repeat: his own, or any with `crm.manage_jobs`."""
    user = user_of(request)
    found = visible_or_404(Job.objects.all(), user, pk=pk)
    if not may_steer(found, user):
        raise PermissionDenied(_("Only whoever asked for a job, or the operations centre, may stop or repeat it."))
    return found


def _back(request: HttpRequest, found: Job) -> HttpResponse:
    if is_htmx(request):
        return _fragment(request, found)
    return redirect("jobs:detail", found.pk)


def _fragment(request: HttpRequest, found: Job) -> HttpResponse:
    return render(request, "crm/jobs/state.html", {"job": shown(found, user_of(request), at=timezone.now())})
