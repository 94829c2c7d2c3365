from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from clients.desk.changes import NAME, changes_overnight, drawn, overnight_list
from clients.desk.home import home_of
from clients.desk.listing import branches_in
from clients.desk.reads import log_shown_in_clear
from clients.profile.policies import own_manager_ids
from clients.segmentation.selectors import current_run
from crm.access.guards import requires, user_of
from crm.access.scope import scope_of
from crm.web.lists import open_list, render_list


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
        spec = overnight_list(run.pk, branches_in(scope_of(user)))
        page = open_list(request, NAME, lambda params: spec, changes_overnight(user, run))
        rows = drawn(page.rows, own_manager_ids(user), page.state.columns)
        log_shown_in_clear(request, sum(row.is_own for row in rows))
        context |= {"page": page, "rows": rows}
    return render_list(request, "clients/desk/overnight.html", context)
