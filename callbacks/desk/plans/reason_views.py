"""What a making made, and the movements that are listed beyond the daily limit."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from callbacks.calls.choices import ReasonState
from callbacks.calls.models import CallReason
from callbacks.desk.plans import pages
from callbacks.desk.plans.lists import MAKING_LIST, listed_list
from callbacks.plans.listed import call_after_all, settle
from callbacks.plans.making import NoCallCentre
from callbacks.plans.models import Making
from callbacks.plans.services import SEE
from crm.access.guards import requires, user_of
from crm.web.lists import list_page, render_list

CALLS, ASSIGN = "callbacks.view_calls", "callbacks.assign_calls"
MOST_AT_ONCE = 50
RELATED = ("client", "client__branch")


@require_safe
@requires(SEE)
def making(request: HttpRequest, pk: int) -> HttpResponse:
    """One making: its counts, and what it made for the clients in scope."""
    user = user_of(request)
    found = get_object_or_404(Making.objects.select_related("plan", "by"), pk=pk)
    reasons = CallReason.objects.visible_to(user).filter(making=found).select_related("call", *RELATED)
    page = list_page(MAKING_LIST, reasons, request.GET, request.path)
    context = {
        "making": found,
        "row": pages.making_rows([found])[0],
        "page": page,
        "rows": pages.reason_rows(page.rows),
        "crumbs": [
            (_("Callback plans"), reverse("callbacks:plans")),
            (found.plan.name, reverse("callbacks:plan", args=[found.plan.code])),
        ],
    }
    return render_list(request, "callbacks/plans/making.html", context)


@require_safe
@requires(CALLS)
def listed(request: HttpRequest) -> HttpResponse:
    """Movements beyond the daily limit: informed by SMS, and called where somebody wants it."""
    user = user_of(request)
    reasons = CallReason.objects.visible_to(user).filter(state=ReasonState.LISTED).exclude(facts__has_key="turn")
    page = list_page(listed_list(user), reasons.select_related(*RELATED), request.GET, request.path)
    context = {"page": page, "rows": pages.reason_rows(page.rows), "may_call": user.has_perm(ASSIGN)}
    return render_list(request, "callbacks/plans/listed.html", context)


@require_POST
@requires(CALLS, ASSIGN)
def call_listed(request: HttpRequest) -> HttpResponse:
    """Make calls of the chosen movements."""
    try:
        made = call_after_all(reasons=_chosen(request), by=user_of(request), at=timezone.now())
    except NoCallCentre:
        messages.error(request, _("The firm has no call centre: nobody is appointed to one."))
    else:
        words = ngettext("%(n)s movement is called after all.", "%(n)s movements are called after all.", made)
        messages.success(request, words % {"n": made})
    return redirect("callbacks:listed")


@require_POST
@requires(CALLS, ASSIGN)
def settle_listed(request: HttpRequest) -> HttpResponse:
    """End the chosen movements without a call: dealt with, or none needed."""
    verb, why = request.POST.get("verb", ""), request.POST.get("why", "")
    try:
        ended = settle(reasons=_chosen(request), verb=verb, reason=why, by=user_of(request), at=timezone.now())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        words = ngettext("%(n)s movement is off the list.", "%(n)s movements are off the list.", len(ended))
        messages.success(request, words % {"n": len(ended)})
    return redirect("callbacks:listed")


def _chosen(request: HttpRequest) -> list[CallReason]:
    """The listed movements in scope that were ticked, with their plans."""
    chosen = [int(pk) for pk in request.POST.getlist("reason") if pk.isascii() and pk.isdigit() and len(pk) < 19]
    found = CallReason.objects.visible_to(user_of(request)).filter(state=ReasonState.LISTED)
    return list(found.filter(pk__in=chosen[:MOST_AT_ONCE]).select_related("plan"))
