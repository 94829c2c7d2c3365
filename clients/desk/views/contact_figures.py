"""How many contacts there were in a period, how long people waited and spoke."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from clients.contacts.figures import LATER, SOON
from clients.desk.contact_figures import NAME, SEE, SPANS, Page, Period, last_days, period_of
from crm.access.guards import requires, user_of
from crm.exports.choices import ExportReason
from crm.web.lists.counts import Count
from crm.web.lists.view_bar import EXPORT


@dataclass(frozen=True)
class Taking:
    """What the box for taking it out as a file wants to know (`crm/web/lists/export.html`)."""

    list_name: str
    query: str
    here: str
    count: Count
    new_key: str
    column_list: str = ""

    @property
    def state(self) -> Taking:
        return self

    @property
    def export_reasons(self) -> Sequence[tuple[str, str | Promise]]:
        return ExportReason.choices

    @property
    def release_rows(self) -> int:
        return int(settings.EXPORT_RELEASE_ROWS)


@require_safe
@requires(SEE)
def contact_figures(request: HttpRequest) -> HttpResponse:
    """The figures of a period inside the reader's scope."""
    user, today = user_of(request), timezone.localdate()
    period, problem = period_of(request.GET.dict(), today)
    page = Page.of(user, period)
    context: dict[str, Any] = {
        "page": page,
        "problem": problem,
        "spans": [_span(request.path, last_days(days, today), period) for days in SPANS],
        "soon": SOON,
        "later": LATER,
    }
    if user.has_perm(EXPORT) and page.total:
        rows = Count(sum(len(lines) for lines in page.found.values()))
        address = f"{request.path}?{period.query}"
        context["taking"] = Taking(NAME, period.query, address, rows, str(uuid.uuid4()))
    return render(request, "clients/desk/contacts/figures.html", context)


def _span(path: str, span: Period, shown: Period) -> dict[str, Any]:
    days = (span.last - span.first).days + 1
    label = ngettext("the last day", "the last %(n)s days", days) % {"n": days}
    return {"label": label, "url": f"{path}?{span.query}", "count": None, "active": span == shown}
