"""Runs: the list, one run with what it changed, and runs by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients.feeds.filters import feed_labels
from clients.feeds.selectors import day_is_complete
from clients.segmentation import run_page, services
from clients.segmentation.choices import RunKind
from clients.segmentation.filters import RUN_LIST, change_list
from clients.segmentation.forms import RunForm
from clients.segmentation.models import Run, SegmentChange
from clients.segmentation.night_page import night_words
from clients.segmentation.nightly import night_state
from clients.segmentation.policy_page import in_force
from clients.segmentation.rules import PolicyError
from clients.segmentation.selectors import asked_run, current_run
from crm.access.guards import is_htmx, requires, user_of
from crm.access.scope import scope_of
from crm.jobs.models import Job
from crm.web.lists import list_page, render_list
from crm.web.templatetags.ui import names
from crm.worktime.selectors import is_exchange_day

SEE, RUN = "clients.view_segmentation", "clients.run_segmentation"


@require_safe
@requires(SEE)
def runs(request: HttpRequest) -> HttpResponse:
    """Every run, the newest day first; replaced ones stay and say so."""
    user, now = user_of(request), timezone.localtime()
    found = Run.objects.select_related("policy", "by")
    page = list_page(RUN_LIST, found, request.GET, request.path)
    context: dict[str, Any] = {
        "page": page,
        "runs": run_page.rows_of(page.rows, user),
        "may_run": user.has_perm(RUN),
    }
    if not is_htmx(request):
        context["night"] = night_words(night_state(now.date()), user, now)
    return render_list(request, "clients/segmentation/runs.html", context)


@require_safe
@requires(SEE)
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: what it changed among the clients in scope, ranked, each with the reason."""
    user = user_of(request)
    scope = scope_of(user)
    found = get_object_or_404(Run.objects.select_related("policy", "by", "replaced_by"), pk=pk)
    branches = run_page.branches_in(scope)
    changes = SegmentChange.objects.visible_to(user).filter(run=found)
    page = list_page(change_list(found.pk, branches), changes, request.GET, request.path)
    row = run_page.rows_of([found], user)[0]
    context: dict[str, Any] = {
        "run": found,
        "row": row,
        "page": page,
        "rows": run_page.change_rows(found, page.rows, {branch.pk: branch for branch in branches}),
        "several": len(branches) > 1,
        "is_backfill": found.kind == RunKind.BACKFILL,
        "crumbs": [(_("Runs"), reverse("clients:runs"))],
    }
    if not is_htmx(request):
        context["stats"] = run_page.stats_of(found, changes, row.clients)
    return render_list(request, "clients/segmentation/run.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE, RUN)
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a run: the day first, then what it would mean, then yes."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    form = RunForm(request.POST or None, initial={"as_of": yesterday})
    context: dict[str, Any] = {"form": form, "crumbs": [(_("Runs"), reverse("clients:runs"))]}
    if request.method == "POST" and form.is_valid():
        as_of: dt.date = form.cleaned_data["as_of"]
        if request.POST.get("sure") == f"{as_of:%Y-%m-%d}":
            return _start(request, as_of)
        context["meaning"] = _meaning(as_of)
    return render(request, "clients/segmentation/run_new.html", context)


def _start(request: HttpRequest, as_of: dt.date) -> HttpResponse:
    """Ask for the run; where the same one is waiting or at work already, that is the one."""
    user, asked = user_of(request), asked_run(as_of)
    try:
        job = services.request_run(as_of=as_of, by=user)
    except (PolicyError, services.RunRefused) as refusal:
        messages.warning(request, str(refusal))
        return redirect("clients:run-new")
    may_open = Job.objects.visible_to(user).filter(pk=job.pk).exists()
    if job == asked:
        here = _("This run has been asked for already; here it is.")
        messages.info(request, here if may_open else _("A colleague has asked for this run already."))
    return redirect("jobs:detail", job.pk) if may_open else redirect("clients:runs")


def _meaning(as_of: dt.date) -> dict[str, Any]:
    """What a run of this day would be, in the words of its confirmation."""
    newest = current_run()
    policy = in_force(as_of)
    missing = day_is_complete(as_of) if is_exchange_day(as_of) else []
    labels = feed_labels()
    return {
        "as_of": as_of,
        "policy": policy,
        "is_backfill": newest is not None and as_of < newest.as_of,
        "replaces": Run.objects.filter(as_of=as_of, replaced_by=None).first(),
        "missing": names([labels.get(code, code) for code in missing]) if missing else "",
        "first": newest is None,
    }
