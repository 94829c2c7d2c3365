"""The list of plans, one plan with its versions and makings, the editor with its trial, pausing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from callbacks.calls.choices import ReasonKind
from callbacks.desk.plans import pages
from callbacks.desk.plans.forms import PlanForm
from callbacks.desk.plans.trial_views import panel_context
from callbacks.plans import services, trials
from callbacks.plans.assigning import may_assign
from callbacks.plans.models import Plan
from callbacks.plans.services import MANAGE, SEE, TRY, ChangedMeanwhile
from crm.access.guards import is_htmx, requires, user_of

TRY_VERB = "try"
MOST_MAKINGS = 40


@require_safe
@requires(SEE)
def plans(request: HttpRequest) -> HttpResponse:
    """Every plan, the most urgent first, with what it made today and yesterday. Four queries."""
    user = user_of(request)
    found = list(Plan.objects.select_related("script", "paused_by").order_by("rank", "code"))
    context = {
        "rows": pages.rows_of(found, timezone.localdate()),
        "may_manage": user.has_perm(MANAGE),
        "may_assign": may_assign(user),
    }
    return render(request, "callbacks/plans/list.html", context)


@require_safe
@requires(SEE)
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """One plan: what it says, what it made, who changed it."""
    user, found = user_of(request), _plan(code)
    makings = list(found.makings.order_by("-day", "-pk")[:MOST_MAKINGS])
    context = {
        "plan": found,
        "facts": pages.facts_of(found),
        "filters": pages.filters_of(found),
        "makings": pages.making_rows(makings),
        "changes": pages.changes_of(found),
        "may_manage": user.has_perm(MANAGE),
        "may_try": user.has_perm(TRY),
        "crumbs": crumbs(),
    }
    return render(request, "callbacks/plans/plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE, MANAGE)
def new(request: HttpRequest) -> HttpResponse:
    """A new plan: its reason first, then everything else."""
    kind = request.GET.get("kind", "")
    if kind not in ReasonKind.values:
        return render(request, "callbacks/plans/kinds.html", {"kinds": ReasonKind.choices, "crumbs": crumbs()})
    form = PlanForm(request.POST if request.method == "POST" else None, kind=kind)
    if request.method == "POST" and form.is_valid():
        if request.POST.get("do") == TRY_VERB:
            return _tried(request, form, None)
        try:
            made = services.make_plan(
                code=form.cleaned_data["code"], kind=kind, given=form.cleaned_data["given"], by=user_of(request)
            )
        except ValidationError as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("The plan is kept. It makes calls from now on."))
            return redirect("callbacks:plan", made.code)
    return _editor(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE, MANAGE)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a plan; what somebody else changed meanwhile is said and kept."""
    found = _plan(code)
    form = PlanForm(request.POST if request.method == "POST" else None, kind=found.kind, plan=found)
    if request.method == "POST" and form.is_valid():
        if request.POST.get("do") == TRY_VERB:
            return _tried(request, form, found)
        try:
            given = form.cleaned_data["given"]
            services.change_plan(plan=found, given=given, version=_version(request), by=user_of(request))
        except ChangedMeanwhile as conflict:
            words = _("Somebody else has changed this plan meanwhile; it is at version %(version)s now. Look at both.")
            form.add_error(None, words % {"version": conflict.stored.version})
        except ValidationError as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("The plan is kept."))
            return redirect("callbacks:plan", code)
    return _editor(request, form, found)


@require_POST
@requires(SEE, MANAGE)
def pause(request: HttpRequest, code: str) -> HttpResponse:
    """No calls are made until the plan is resumed."""
    try:
        services.pause_plan(plan=_plan(code), reason=request.POST.get("reason", ""), by=user_of(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The plan pauses. Calls that are made stay."))
    return redirect("callbacks:plan", code)


@require_POST
@requires(SEE, MANAGE)
def resume(request: HttpRequest, code: str) -> HttpResponse:
    """The plan makes calls again."""
    services.resume_plan(plan=_plan(code), by=user_of(request))
    messages.success(request, _("The plan makes calls again."))
    return redirect("callbacks:plan", code)


def crumbs() -> list[tuple[str, str]]:
    return [(_("Callback plans"), reverse("callbacks:plans"))]


def _plan(code: str) -> Plan:
    return get_object_or_404(Plan.objects.select_related("script", "paused_by", "changed_by"), code=code)


def _version(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0


def _refuse(form: PlanForm, refusal: ValidationError) -> None:
    for name, words in refusal.message_dict.items():
        form.add_error(name if name in form.fields else None, words)


def _tried(request: HttpRequest, form: PlanForm, found: Plan | None) -> HttpResponse:
    """Have the values tried; the page gets the panel alone, so that what is typed stays as it is."""
    job = trials.request_trial(plan=form.cleaned_data["tried"], by=user_of(request))
    if is_htmx(request):
        return render(request, "callbacks/plans/trial_panel.html", panel_context(request, job))
    return _editor(request, form, found, panel_context(request, job))


def _editor(
    request: HttpRequest, form: PlanForm, found: Plan | None, more: dict[str, Any] | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "plan": found,
        "version": request.POST.get("version") or (found.version if found else ""),
        "kind": ReasonKind(form.kind).label,
        "send_to": request.get_full_path(),
        "may_try": user_of(request).has_perm(TRY),
        "crumbs": [*crumbs(), *([(found.name, reverse("callbacks:plan", args=[found.code]))] if found else [])],
    }
    response = render(
        request,
        "callbacks/plans/edit.html",
        context | (more or {}),
        status=422 if form.errors and not is_htmx(request) else 200,
    )
    if is_htmx(request):  # the values need another look: the form alone is shown anew, the trial beside it stays
        response["HX-Retarget"] = response["HX-Reselect"] = "#plan-form"
        response["HX-Reswap"] = "outerHTML show:window:top"
    return response
