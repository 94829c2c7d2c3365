"""Between two days: who went from where to where. And the alerts that are open."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.segmentation import alerts as alert_pages
from clients.segmentation import migration as pages
from clients.segmentation.movement_rows import LIST, rows_of
from clients.segmentation.trial_page import AXES, NOWHERE, box
from crm.access.guards import requires, user_of
from crm.web.lists import list_page, render_list

SEE = "clients.view_segmentation"


@require_safe
@requires(SEE)
def migration(request: HttpRequest) -> HttpResponse:
    """Matrices from one day to another, in the reader's scope."""
    days = pages.days_with_runs()
    span = pages.span_of(request.GET.get("from", ""), request.GET.get("to", ""), days)
    context: dict[str, Any] = {"span": span, "days": days}
    if span is not None:
        matrices = pages.matrices(span, user_of(request))
        context |= {"matrices": matrices, "most": max((matrix.most for matrix in matrices), default=0)}
    return render(request, "clients/segmentation/migration.html", context)


@require_safe
@requires(SEE)
def cell(request: HttpRequest, first: str, last: str, axis: str, old: str, new: str) -> HttpResponse:
    """The clients behind one cell."""
    before, after = ("" if code == NOWHERE else code for code in (old, new))
    span = pages.span_of(first, last, pages.days_with_runs())
    if (
        span is None
        or (f"{span.first}", f"{span.last}") != (first, last)
        or axis not in AXES
        or not {before, after} <= {*AXES[axis][1], ""}
    ):
        raise Http404
    found = pages.clients_behind(axis, before, after, span, user_of(request))
    page = list_page(LIST, found, request.GET, request.path)
    here = reverse("clients:migration")
    context = {
        "title": _("%(old)s → %(new)s") % {"old": box(axis, before), "new": box(axis, after)},
        "page": page,
        "rows": rows_of(page.rows),
        "span": span,
        "crumbs": [(_("Migration"), f"{here}?{span.query}")],
    }
    return render_list(request, "clients/segmentation/migration_clients.html", context)


@require_safe
@requires(SEE)
def alerts(request: HttpRequest) -> HttpResponse:
    """The alerts about clients in the reader's scope, those that are open first."""
    page = list_page(alert_pages.LIST, alert_pages.alerts_for(user_of(request)), request.GET, request.path)
    context = {"page": page, "rows": alert_pages.rows_of(page.rows)}
    return render_list(request, "clients/segmentation/alerts.html", context)
