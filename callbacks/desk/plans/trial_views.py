"""Trials of plans, and the preview of a list that is to be called."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from callbacks.desk.plans import trial_page
from callbacks.desk.plans.forms import AssignForm
from callbacks.plans import assigning, trials
from callbacks.plans.models import Plan
from callbacks.plans.services import MANAGE, SEE, TRY
from crm.access.guards import background, page_of, refusal, requires, user_of, visible_or_404
from crm.jobs.models import Job
from crm.jobs.selectors import shown


@require_POST
@requires(SEE, TRY)
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Try a plan as it is kept."""
    plan = get_object_or_404(Plan.objects.select_related("script"), code=code)
    try:
        job = trials.request_trial(plan=plan, by=user_of(request))
    except ValidationError as wrong:
        messages.warning(request, " ".join(wrong.messages))
        return redirect("callbacks:plan", code)
    return redirect("callbacks:plan-trial", job.pk)


@require_safe
@requires(SEE)
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """One trial: how far it is, or what it found."""
    job = _job(request, pk)
    context = panel_context(request, job) | {
        "name": job.params["plan"]["name"],
        "crumbs": [(_("Callback plans"), reverse("callbacks:plans"))],
    }
    return render(request, "callbacks/plans/trial.html", context)


@background
@require_safe
@requires(SEE)
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The trial as a part of a page, asked for again until it has ended."""
    return render(request, "callbacks/plans/trial_panel.html", panel_context(request, _job(request, pk)))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE)
def assign(request: HttpRequest) -> HttpResponse:
    """Calls to the clients of a list: what it would come to first, then yes."""
    user = user_of(request)
    if not assigning.may_assign(user):
        raise PermissionDenied(refusal(MANAGE))
    initial = {"client_list": request.GET.get("list", "")}
    form = AssignForm(request.POST if request.method == "POST" else None, user=user, initial=initial)
    context: dict[str, Any] = {
        "form": form,
        "key": request.POST.get("key") or get_random_string(24),
        "crumbs": [(_("Callback plans"), reverse("callbacks:plans"))],
    }
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wanted = assigning.Wanted(given["client_list"], given["plan"], given["due_on"], given["script"])
        try:
            if request.POST.get("do") == "assign":
                job = assigning.request_assignment(wanted=wanted, by=user, key=request.POST.get("key", ""))
                return redirect("jobs:detail", job.pk)
            job = trials.request_trial(plan=wanted.plan, wanted=wanted, by=user)
        except ValidationError as wrong:
            for name, words in wrong.message_dict.items():
                form.add_error(name, words)
        else:
            context |= panel_context(request, job)
    status = 422 if form.errors else 200
    return render(request, "callbacks/plans/assign.html", context, status=status)


def panel_context(request: HttpRequest, job: Job) -> dict[str, Any]:
    """What trial_panel.html takes."""
    user = user_of(request)
    here = reverse("callbacks:plan-trial", args=[job.pk])
    found = trials.trial_of(job)
    context: dict[str, Any] = {"job": shown(job, user, at=timezone.now()), "on_page": page_of(request) == here}
    return context | (trial_page.trial_context(found, user) if found else {})


def _job(request: HttpRequest, pk: int) -> Job:
    """A trial that this person asked for, or may see as one of everybody's jobs."""
    return visible_or_404(Job.objects.filter(kind=trials.JOB), user_of(request), pk=pk)
