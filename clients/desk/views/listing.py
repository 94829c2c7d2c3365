from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from clients.desk.bulk_page import bar_of
from clients.desk.kept_lists import LIST, opened_list
from clients.desk.listing import NAME, client_list, rule_list, scope_title, understood
from clients.desk.reads import log_search, log_shown_in_clear
from clients.desk.rows import client_url, lines_of, rows_of
from clients.profile.policies import own_manager_ids
from clients.profile.selectors import number_in_scope
from clients.segmentation.models import Standing
from crm.access.guards import is_htmx, requires, user_of
from crm.access.scope import scope_of
from crm.web.lists import open_list, render_list


@require_safe
@requires("clients.view_client")
def clients(request: HttpRequest) -> HttpResponse:
    """The clients in one's scope. A whole client number typed into the search leads straight to the client."""
    user, today = user_of(request), timezone.localdate()
    if not is_htmx(request) and (known := number_in_scope(user, request.GET.get("q", ""))):
        return redirect(client_url(known))
    rows_in_scope = Standing.objects.visible_to(user)
    page = open_list(request, NAME, lambda params: client_list(user, params, today), rows_in_scope)
    rows = rows_of([standing.pk for standing in page.rows], own_manager_ids(user), today, page.state.columns)
    log_search(request, understood(page.state.words), found=page.count.number)
    log_shown_in_clear(request, sum(row.is_own for row in rows))
    opened = opened_list(user, page.state.chosen.get(LIST, ()), today, rule_list)
    context = {
        "page": page,
        "rows": rows,
        "lines": lines_of(rows),
        "title": scope_title(scope_of(user)),
        "opened": opened,
        "bulk": bar_of(user, page, opened.kept if opened else None),
    }
    return render_list(request, "clients/desk/list.html", context)
