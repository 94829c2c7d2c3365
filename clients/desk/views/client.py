"""The client's page and its tabs. Out of scope is not found; whoever opens one is put down."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.views.decorators.http import require_safe

from clients.care.core_system import manager_waits
from clients.contacts.selectors import open_promises
from clients.corrections.policies import PROPOSE
from clients.corrections.selectors import open_corrections
from clients.desk import client_page, facts
from clients.desk.history import data_changes, segment_changes
from clients.desk.panels import panels_of
from clients.desk.reads import log_opened
from clients.desk.timeline.page import large_flow, timeline_of
from clients.ledger.selectors import months_of
from clients.lists.selectors import tagging_of
from clients.profile.choices import RevealReason
from clients.profile.models import Client
from clients.profile.policies import REVEAL
from clients.profile.selectors import ClientFile, client_file
from clients.segmentation.reasons import explain
from clients.segmentation.rules import Rules, parse
from clients.segmentation.selectors import current_run
from crm.access.guards import is_htmx, requires, user_of
from crm.web.lists import list_page, render_list

# The element that htmx asks for → the part of the template that fills it.
PARTS = {"timeline": "timeline", "timeline-older": "entries"}
FACTS = {"trades": "ledger", "flows": "ledger", "contacts": "overview"}


def file_or_404(request: HttpRequest, client_no: str) -> ClientFile:
    """The client's file for who asks; outside the scope there is no such client."""
    try:
        return client_file(user_of(request), client_no.replace("\0", ""))
    except Client.DoesNotExist as error:
        raise Http404 from error


def frame(request: HttpRequest, file: ClientFile, tab: str) -> dict[str, Any]:
    """What every tab shows, and the note in the log that it was opened."""
    log_opened(request, file, tab)
    return {
        "header": client_page.header_of(file, timezone.localdate()),
        "tabs": client_page.tabs_of(file.client.client_no, tab),
        "actions": client_page.actions_of(user_of(request), file.client.client_no, tab),
        "tagging": tagging_of(file.client, user_of(request)),
        "may_reveal": user_of(request).has_perm(REVEAL),
        "reveal_reasons": RevealReason.choices,
    }


def show(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page with personal data, or a part of one: never kept by the browser."""
    response = render(request, f"clients/desk/client/{template}", context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    add_never_cache_headers(response)
    return response


@require_safe
@requires("clients.view_client")
def detail(request: HttpRequest, client_no: str) -> HttpResponse:
    """The timeline of everything, beside figures, promises and wishes. htmx gets older entries, or another kind."""
    file, today = file_or_404(request, client_no), timezone.localdate()
    standing, pk = file.client.standing, file.client.pk
    rules = parse(standing.run.policy.rules) if standing.run else Rules()
    large = large_flow(standing, rules.movement)
    timeline = timeline_of(file.client, request.GET, large=large)
    if (part := request.headers.get("HX-Target", "")) in PARTS and is_htmx(request):
        log_opened(request, file, "overview")
        return show(request, f"overview.html#{PARTS[part]}", {"timeline": timeline})
    months = months_of(pk, today)
    context = frame(request, file, "overview") | {
        "timeline": timeline,
        "promises": open_promises(pk),
        "now": timezone.now(),
        "months": months,
        "chart": client_page.chart_of(months, standing),
        "age": client_page.age_in_words(file.client.opened_on, today),
        "panels": panels_of(client_no),
    }
    return show(request, "overview.html", context)


@require_safe
@requires("clients.view_client")
def ledger(request: HttpRequest, client_no: str) -> HttpResponse:
    file, today = file_or_404(request, client_no), timezone.localdate()
    months = months_of(file.client.pk, today, months=25)
    context = frame(request, file, "ledger") | {
        "months": months[::-1],
        "chart": client_page.chart_of(months, file.client.standing),
        "trades": facts.recent_trades(file.client.pk),
        "flows": facts.recent_flows(file.client.pk),
    }
    return show(request, "ledger.html", context)


@require_safe
@requires("clients.view_client")
def facts_of(request: HttpRequest, client_no: str, kind: str) -> HttpResponse:
    """All trades, cash flows or service records of a client, page by page."""
    file = file_or_404(request, client_no)
    spec, rows_of, template = facts.KINDS[kind]
    page = list_page(spec, rows_of(file.client.pk), request.GET, request.path)
    context = frame(request, file, FACTS[kind]) | {
        "page": page,
        "back": reverse(f"clients:{'detail' if kind == 'contacts' else 'ledger'}", args=[client_no]),
    }
    return render_list(request, template, context)


@require_safe
@requires("clients.view_client")
def why(request: HttpRequest, client_no: str) -> HttpResponse:
    """The whole calculation: every tier, style and group with the client's figures beside what is asked for."""
    file = file_or_404(request, client_no)
    standing = file.client.standing
    run = current_run() if standing.group_since else None
    explanation = explain(standing, run.policy, run=run) if run else None
    return show(request, "why.html", frame(request, file, "why") | {"explanation": explanation})


@require_safe
@requires("clients.view_client")
def profile(request: HttpRequest, client_no: str) -> HttpResponse:
    file = file_or_404(request, client_no)
    context = frame(request, file, "profile") | {
        "assessments": list(file.client.assessments.order_by("-assessed_on")[:10]),
        "permissions": list(file.client.permission_requests.order_by("-requested_on", "-pk")[:10]),
        "corrections": open_corrections(file.client.pk),
        "may_correct": user_of(request).has_perm(PROPOSE),
        "manager_waits": manager_waits(file.client.pk),
        "today": timezone.localdate(),
    }
    return show(request, "profile.html", context)


@require_safe
@requires("clients.view_client")
def history(request: HttpRequest, client_no: str) -> HttpResponse:
    file = file_or_404(request, client_no)
    context = frame(request, file, "history") | {
        "segments": segment_changes(file.client.pk),
        "changes": data_changes(file),
    }
    return show(request, "history.html", context)
