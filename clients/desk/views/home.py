from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from clients.desk.changes import rows_of_changes
from clients.desk.home import home_of
from clients.desk.listing import branches_in
from clients.desk.reads import log_shown_in_clear
from clients.profile.policies import own_manager_ids
from clients.segmentation.filters import change_list
from clients.segmentation.models import SegmentChange
from clients.segmentation.selectors import current_run
from crm.access.guards import requires, user_of
from crm.access.scope import scope_of
from crm.web.lists import list_page, render_list


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What needs this person now; open to everybody who is signed in."""
    user = user_of(request)
    page = home_of(user, timezone.localtime())
    in_clear = [*(item.is_own for item in page.items or ()), *(line.is_own for line in page.promises)]
    log_shown_in_clear(request, sum(in_clear))
    response = render(request, "clients/desk/home/home.html", {"home": page})
    add_never_cache_headers(response)
    return response


@require_safe
@requires("clients.view_client")
def overnight(request: HttpRequest) -> HttpResponse:
    """The clients in scope whom the newest run moved: the list behind the figures of the home page."""
    user, run = user_of(request), current_run()
    context: dict[str, Any] = {"run": run}
    if run is not None:
        branches = branches_in(scope_of(user))
        changes = SegmentChange.objects.visible_to(user).filter(run=run)
        page = list_page(change_list(run.pk, branches), changes, request.GET, request.path)
        rows = rows_of_changes(page.rows, own_manager_ids(user))
        log_shown_in_clear(request, sum(row.is_own for row in rows))
        context |= {"page": page, "rows": rows, "several_branches": len(branches) > 1}
    return render_list(request, "clients/desk/overnight.html", context)
