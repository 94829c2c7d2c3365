"""Who read what: the log of reads, what was revealed, and unusual reading. For compliance and audit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from clients.oversight.filters import read_list
from clients.oversight.rows import lines_of
from clients.oversight.unusual import limits_in_words, unusual_reading
from crm.access.guards import requires, user_of
from crm.audit.models import ReadLog
from crm.web.lists import list_page, render_list

PERMISSION = "crm.view_read_log"
SPANS = (1, 7, 30)
USUAL_SPAN = 7


def tabs(active: str) -> list[dict[str, Any]]:
    pages = (
        ("reads", _("Read log"), reverse("clients:reads")),
        ("reveals", _("Revealed fields"), f"{reverse('clients:reads')}?kind=reveal"),
        ("unusual", _("Unusual reading"), reverse("clients:unusual")),
        ("exports", _("Exports"), reverse("exports:list")),
    )
    return [{"label": label, "url": url, "count": None, "active": code == active} for code, label, url in pages]


@require_safe
@requires(PERMISSION)
def reads(request: HttpRequest) -> HttpResponse:
    """The log of reads, newest first."""
    spec = read_list(request.GET, timezone.now())
    page = list_page(spec, ReadLog.objects.visible_to(user_of(request)).select_related("by"), request.GET, request.path)
    only_reveals = page.state.chosen["kind"] == ("reveal",)
    context = {"page": page, "lines": lines_of(page.rows), "tabs": tabs("reveals" if only_reveals else "reads")}
    return render_list(request, "clients/oversight/reads.html", context)


@require_safe
@requires(PERMISSION)
def unusual(request: HttpRequest) -> HttpResponse:
    """What stands out in the log of the last days."""
    given, today = request.GET.get("days", ""), timezone.localdate()
    span = int(given) if given in map(str, SPANS) else USUAL_SPAN
    context = {
        "findings": unusual_reading(today - dt.timedelta(days=span - 1), today),
        "limits": limits_in_words(),
        "tabs": tabs("unusual"),
        "spans": [_span(request.path, days, active=days == span) for days in SPANS],
    }
    response = render(request, "clients/oversight/unusual.html", context)
    add_never_cache_headers(response)
    return response


def _span(path: str, days: int, *, active: bool) -> dict[str, Any]:
    label = _("today") if days == 1 else ngettext("the last day", "the last %(n)s days", days) % {"n": days}
    return {"label": label, "url": f"{path}?days={days}", "count": None, "active": active}
