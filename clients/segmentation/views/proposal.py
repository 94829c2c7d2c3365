"""The proposal of a policy, as a form or as JSON, with its trial beside it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.segmentation import policy_page, rules, services
from clients.segmentation.forms import PolicyForm, PolicyJsonForm
from clients.segmentation.models import Policy
from clients.segmentation.rules import PolicyError
from clients.segmentation.selectors import trial_day
from clients.segmentation.trials import request_trial
from clients.segmentation.views.trials import panel_context
from crm.access.guards import is_htmx, requires, user_of

SEE, TRY, PROPOSE = "clients.view_segmentation", "clients.try_policy", "clients.propose_policy"
TRY_VERB = "try"
WAS_WRONG = "was_wrong"  # the form sent shows what was wrong with an earlier try


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE, PROPOSE)
def new(request: HttpRequest) -> HttpResponse:
    """Propose a version, or try its values first. It begins with a known version, else the one in force."""
    current = policy_page.in_force(timezone.localdate())
    begin = _begin(request.GET.get("from", ""), current)
    tries = request.POST.get("do") == TRY_VERB
    form = _form(request, begin, current, tries=tries)
    if request.method == "POST" and form.is_valid():
        if tries:
            return _tried(request, form, begin)
        made = _propose(request, form)
        if made is not None:
            return redirect("clients:policy", made.version)
    response = render(request, "clients/segmentation/proposal.html", _context(request, form, begin))
    if is_htmx(request):  # the values need another look: the form alone is shown anew, the trial beside it stays
        response["HX-Retarget"] = response["HX-Reselect"] = "#proposal"
        response["HX-Reswap"] = "outerHTML show:window:top"
    return response


def _tried(request: HttpRequest, form: PolicyForm | PolicyJsonForm, begin: Policy | None) -> HttpResponse:
    """Have the values tried. The page gets the panel alone, so that what is typed meanwhile stays as it is; where the
    form shows what was wrong before, it goes along without that."""
    job = request_trial(policy_rules=form.cleaned_data["rules"], as_of=form.cleaned_data["try_on"], by=user_of(request))
    context = _context(request, form, begin) | panel_context(request, job)
    if not is_htmx(request):
        return render(request, "clients/segmentation/proposal.html", context)
    context["renew_form"] = request.POST.get(WAS_WRONG) == "yes"
    return render(request, "clients/segmentation/proposal_tried.html", context)


def _begin(wanted: str, current: Policy | None) -> Policy | None:
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 9:
        return Policy.objects.filter(version=int(wanted)).first() or current
    return current


def _form(
    request: HttpRequest, begin: Policy | None, current: Policy | None, *, tries: bool
) -> PolicyForm | PolicyJsonForm:
    defaults = rules.complete(rules.Rules())
    start = begin.rules if begin else defaults
    today = timezone.localdate()
    initial: dict[str, Any] = {"effective_on": today + dt.timedelta(days=1), "try_on": trial_day(today)}
    data = request.POST if request.method == "POST" else None
    if request.GET.get("as") == "json":
        initial["rules_json"] = json.dumps(start, indent=2, ensure_ascii=False)
        return PolicyJsonForm(data, initial=initial, tries=tries)
    in_force = current.rules if current else defaults
    return PolicyForm(data, initial=initial, tries=tries, start=start, in_force=in_force)


def _propose(request: HttpRequest, form: PolicyForm | PolicyJsonForm) -> Policy | None:
    """Put the version forward; None when it was refused, which the form then says."""
    given = form.cleaned_data
    try:
        made = services.propose_policy(
            name=given["name"],
            rules_given=given["rules"],
            effective_on=given["effective_on"],
            note=given["note"],
            by=user_of(request),
        )
    except PolicyError as refusal:
        form.refuse(str(refusal))
        return None
    words = _("Version %(version)s is put forward. Somebody else must approve it before any night uses it.")
    messages.success(request, words % {"version": made.version})
    return made


def _context(request: HttpRequest, form: PolicyForm | PolicyJsonForm, begin: Policy | None) -> dict[str, Any]:
    as_json = isinstance(form, PolicyJsonForm)
    asked = urlencode(({"from": begin.version} if begin else {}) | ({"as": "json"} if as_json else {}))
    return {
        "form": form,
        "begin": begin,
        "as_json": as_json,
        "send_to": f"{reverse('clients:policy-new')}?{asked}",
        "may_try": user_of(request).has_perm(TRY),
        "crumbs": [(_("Policies"), reverse("clients:policies"))],
    }
