"""Versions of the policy: the list, one version with what differs, and the decision of the second person."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.segmentation import policy_page, run_page, services
from clients.segmentation.choices import PolicyState
from clients.segmentation.filters import POLICY_LIST
from clients.segmentation.forms import DecisionForm, TrialForm
from clients.segmentation.models import Policy
from clients.segmentation.proposals import why_not_decide
from clients.segmentation.rules import PolicyError
from clients.segmentation.selectors import trial_day
from crm.access.guards import requires, user_of
from crm.web.lists import list_page, render_list

SEE, TRY, PROPOSE, APPROVE = (
    "clients.view_segmentation",
    "clients.try_policy",
    "clients.propose_policy",
    "clients.approve_policy",
)
MOST_RUNS = 10


@require_safe
@requires(SEE)
def policies(request: HttpRequest) -> HttpResponse:
    """Every version, the newest first; what waits for a decision on top."""
    user, current = user_of(request), policy_page.in_force(timezone.localdate())
    page = list_page(POLICY_LIST, policy_page.people(), request.GET, request.path)
    waiting = policy_page.people().filter(state=PolicyState.PROPOSED).order_by("version")
    context = {
        "page": page,
        "policies": policy_page.list_of(page.rows, user, current),
        "waiting": [policy_page.shown(policy, user, current) for policy in waiting],
        "may_propose": user.has_perm(PROPOSE),
        "may_approve": user.has_perm(APPROVE),
    }
    return render_list(request, "clients/segmentation/policies.html", context)


@require_safe
@requires(SEE)
def policy(request: HttpRequest, version: int) -> HttpResponse:
    """One version: its rules in words, what differs from another, who proposed and decided, the runs that used it."""
    found = get_object_or_404(policy_page.people(), version=version)
    return render(request, "clients/segmentation/policy.html", _context(request, found, DecisionForm()))


@require_POST
@requires(SEE, APPROVE)
def decide(request: HttpRequest, version: int) -> HttpResponse:
    """Approve or refuse a proposal. Whoever may not is told why; a decision taken meanwhile stays as it is."""
    user = user_of(request)
    found = get_object_or_404(policy_page.people(), version=version)
    if found.state != PolicyState.PROPOSED:  # whatever was typed: somebody else was faster
        messages.warning(request, why_not_decide(found, user))
        return redirect("clients:policy", version)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return render(request, "clients/segmentation/policy.html", _context(request, found, form))
    approves = form.cleaned_data["verb"] == DecisionForm.APPROVE
    verb = services.approve_policy if approves else services.refuse_policy
    try:
        verb(policy=found, by=user, note=form.cleaned_data["reason"])
    except PolicyError as reason:
        messages.warning(request, str(reason))
    else:
        words = _("Version %(version)s is approved.") if approves else _("Version %(version)s is refused.")
        messages.success(request, words % {"version": version})
    return redirect("clients:policy", version)


def _context(request: HttpRequest, found: Policy, form: DecisionForm) -> dict[str, Any]:
    user, current = user_of(request), policy_page.in_force(timezone.localdate())
    other = policy_page.other_than(found, request.GET.get("with", ""), current)
    one = policy_page.shown(found, user, current, other)
    waits = found.state == PolicyState.PROPOSED
    others = Policy.objects.exclude(pk=found.pk).order_by("-version")[: policy_page.MOST_OTHERS]
    return {
        "policy": found,
        "shown": one,
        "crumbs": [(_("Policies"), reverse("clients:policies"))],
        "may_propose": user.has_perm(PROPOSE),
        "may_try": user.has_perm(TRY),
        "trial_form": TrialForm(initial={"as_of": trial_day(timezone.localdate())}),
        "decision": form if waits and user.has_perm(APPROVE) else None,
        "refusal": why_not_decide(found, user) if waits else "",
        "other": other,
        "others": others,
        "changes": one.changes,
        "sections": policy_page.rule_lines(found),
        "facts": policy_page.facts(one),
        "runs": run_page.rows_of(list(found.runs.select_related("by").order_by("-as_of", "-pk")[:MOST_RUNS]), user),
        "json": json.dumps(found.rules, indent=2, ensure_ascii=False),
    }
