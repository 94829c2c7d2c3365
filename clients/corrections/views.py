"""Corrections: proposed beside a client's field, decided by a second person who compares both values."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.corrections import pages, services
from clients.corrections.choices import CorrectedField
from clients.corrections.drafts import CORRECTION, draft_key
from clients.corrections.filters import NAME, correction_list
from clients.corrections.forms import DecisionForm, ProposalForm
from clients.corrections.models import Correction
from clients.corrections.policies import DECIDE, PROPOSE, SEND
from clients.profile.models import Client
from crm.access.guards import requires, user_of, visible_or_404
from crm.drafts.page import draft_of
from crm.drafts.services import discard_draft
from crm.web.lists import open_list, render_list

SEE = "clients.view_client"


@require_safe
@requires(SEE)
def corrections(request: HttpRequest) -> HttpResponse:
    """The corrections about clients in one's scope; who decides sees first what waits for him."""
    user = user_of(request)
    rows = Correction.objects.visible_to(user).select_related(*pages.RELATED)
    page = open_list(request, NAME, lambda params: correction_list(user), rows)
    lines = pages.drawn(page.rows, user, page.state.columns)
    context = {"page": page, "rows": lines, "may_send": user.has_perm(SEND)}
    return render_list(request, "clients/corrections/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE, PROPOSE)
def propose(request: HttpRequest, client_no: str, field: str) -> HttpResponse:
    """Propose another value for one field. What was typed stays when it is refused."""
    user, one = user_of(request), _client(request, client_no)
    if field not in CorrectedField.values:
        raise Http404
    kind = CorrectedField(field)
    form = ProposalForm(request.POST or None, field=kind, client=one, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            made = services.propose_correction(
                client=one, field=kind, value=form.cleaned_data["value"], reason=form.cleaned_data["reason"], by=user
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            discard_draft(by=user, kind=CORRECTION, key=draft_key(one.client_no, field))
            words = _("The correction is proposed. A second person decides; the file changes once the core system has.")
            messages.success(request, words)
            return redirect("clients:correction", made.pk)
    draft = draft_of(request, CORRECTION, draft_key(one.client_no, field), form)
    context = pages.proposal(one, kind, user) | {"form": form, "draft": draft}
    return _never_kept(render(request, "clients/corrections/propose.html", context))


@require_safe
@requires(SEE)
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    """One correction; in clear, and put down, for who has to decide it."""
    return _show(request, _visible(request, pk), DecisionForm())


@require_POST
@requires(SEE, DECIDE)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or reject. Decided meanwhile by somebody else, the page says so."""
    found, form = _visible(request, pk), DecisionForm(request.POST)
    if form.is_valid():
        try:
            services.decide_correction(
                correction=found, approve=form.approves, note=form.cleaned_data["note"], by=user_of(request)
            )
        except ValidationError as refusal:
            if not hasattr(refusal, "error_dict"):  # decided meanwhile: there is no form any more
                messages.info(request, " ".join(refusal.messages))
                return redirect("clients:correction", found.pk)
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Approved.") if form.approves else _("Rejected."))
            return redirect("clients:corrections")
    return _show(request, _visible(request, pk), form)


@require_POST
@requires(SEE, PROPOSE)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own correction back."""
    found = _visible(request, pk)
    try:
        services.withdraw_correction(correction=found, by=user_of(request))
    except ValidationError as refusal:
        messages.info(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The correction is taken back."))
    return redirect("clients:correction", found.pk)


def _show(request: HttpRequest, found: Correction, form: DecisionForm) -> HttpResponse:
    context: dict[str, Any] = pages.detail(request, found) | {
        "form": form,
        "crumbs": [(_("Corrections"), reverse("clients:corrections"))],
    }
    return _never_kept(render(request, "clients/corrections/detail.html", context))


def _visible(request: HttpRequest, pk: int) -> Correction:
    related: QuerySet[Correction] = Correction.objects.select_related(
        "client", "client__branch", "proposed_by", "decided_by", "file"
    )
    return visible_or_404(related, user_of(request), pk=pk)


def _client(request: HttpRequest, client_no: str) -> Client:
    return visible_or_404(Client.objects.all(), user_of(request), client_no=client_no.replace("\0", ""))


def _never_kept(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    return response
