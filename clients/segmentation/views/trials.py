"""Trials: a policy on the clients as of a day, beside the form and on a page of its own; the clients behind a cell."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.segmentation import trial_page
from clients.segmentation.forms import TrialForm
from clients.segmentation.models import Policy
from clients.segmentation.rules import PolicyError
from clients.segmentation.trials import CALLED, TRIAL_JOB, is_kept, request_trial, trial_of
from crm.access.guards import background, page_of, requires, user_of, visible_or_404
from crm.jobs.models import Job
from crm.jobs.selectors import shown
from crm.organisation.models import Unit
from crm.web.lists import list_page, render_list

SEE, TRY = "clients.view_segmentation", "clients.try_policy"


@require_POST
@requires(SEE, TRY)
def start(request: HttpRequest, version: int) -> HttpResponse:
    """Try a version, approved or not, as of a day."""
    policy = get_object_or_404(Policy, version=version)
    form = TrialForm(request.POST)
    if not form.is_valid():
        messages.warning(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("clients:policy", version)
    try:
        job = request_trial(policy_rules=policy.rules, as_of=form.cleaned_data["as_of"], by=user_of(request))
    except PolicyError as refusal:
        messages.warning(request, str(refusal))
        return redirect("clients:policy", version)
    return redirect("clients:trial", job.pk)


@require_safe
@requires(SEE, TRY)
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """One trial: how far it is, or what it found."""
    job = _job(request, pk)
    context = panel_context(request, job) | {
        "crumbs": [(_("Policies"), reverse("clients:policies"))],
        "as_of": job.params.get("as_of", ""),
    }
    return render(request, "clients/segmentation/trial.html", context)


@background
@require_safe
@requires(SEE, TRY)
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The trial as a part of a page, asked for again until it has ended."""
    return render(request, "clients/segmentation/trial_panel.html", panel_context(request, _job(request, pk)))


@require_safe
@requires(SEE, TRY)
def cell(request: HttpRequest, pk: int, axis: str, old: str, new: str) -> HttpResponse:
    """The clients who go from one box to another."""
    before, after = ("" if code == trial_page.NOWHERE else code for code in (old, new))
    known = {*trial_page.AXES.get(axis, ("", ()))[1], ""}
    if axis not in trial_page.AXES or not {before, after} <= known:
        raise Http404
    words = [trial_page.box(axis, before), trial_page.box(axis, after)]
    title = _("%(old)s → %(new)s") % {"old": words[0], "new": words[1]}
    return _clients(request, pk, title, {f"old_{axis}": before, axis: after})


@require_safe
@requires(SEE, TRY)
def entering(request: HttpRequest, pk: int, group: str, branch: int) -> HttpResponse:
    """The clients of a branch who would enter a group, and so be called."""
    if group not in CALLED:
        raise Http404
    unit = get_object_or_404(Unit.objects.branches(), pk=branch)
    title = _("Enter “%(group)s”, %(branch)s") % {"group": trial_page.box("group", group), "branch": unit.name}
    wanted = {"matches__contains": [group], "branch": unit}  # the branch of the trial, as its table counts
    return _clients(request, pk, title, wanted, {"old_matches__contains": [group]})


def _clients(
    request: HttpRequest, pk: int, title: str, wanted: dict[str, Any], unwanted: dict[str, Any] | None = None
) -> HttpResponse:
    job = _job(request, pk)
    found = trial_page.clients_behind(job, user_of(request)).filter(**wanted)
    if unwanted:
        found = found.exclude(**unwanted)
    page = list_page(trial_page.CLIENT_LIST, found, request.GET, request.path)
    context = {
        "title": title,
        "page": page,
        "rows": trial_page.client_rows(page.rows),
        "kept": bool(page.rows) or is_kept(job),
        "as_of": job.params.get("as_of", ""),
        "back": reverse("clients:trial", args=[job.pk]),
        "crumbs": [(_("Policies"), reverse("clients:policies")), (_("Trial"), reverse("clients:trial", args=[job.pk]))],
    }
    return render_list(request, "clients/segmentation/trial_clients.html", context)


def _job(request: HttpRequest, pk: int) -> Job:
    """A trial that this person asked for, or may see as one of everybody's jobs."""
    return visible_or_404(Job.objects.filter(kind=TRIAL_JOB), user_of(request), pk=pk)


def panel_context(request: HttpRequest, job: Job) -> dict[str, Any]:
    """What trial_panel.html takes."""
    user = user_of(request)
    here = reverse("clients:trial", args=[job.pk])
    found = trial_of(job)
    context: dict[str, Any] = {"job": shown(job, user, at=timezone.now()), "on_page": page_of(request) == here}
    if found is not None:
        kept = is_kept(job)
        matrices = trial_page.matrices(found, job, kept=kept)
        branches = {unit.pk: unit for unit in Unit.objects.filter(pk__in=[one.branch_id for one in found.calls])}
        context |= {
            "trial": found,
            "kept": kept,
            "matrices": matrices,
            "most": max((matrix.most for matrix in matrices), default=0),
            "calls": trial_page.calls_of(found, job, branches, kept=kept),
        }
    return context
