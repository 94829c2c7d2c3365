"""The lists of calls: open ones in the order of the queue, finished ones the newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from callbacks.calls.models import Call
from callbacks.desk.bulk_page import bar_of
from callbacks.desk.listing import (
    ENDED_CALLS,
    OPEN_CALLS,
    WHOSE,
    ended_calls,
    ended_list_of,
    open_calls,
    open_list_of,
)
from callbacks.desk.rows import lines_of
from clients.desk.listing import understood
from clients.desk.reads import log_search, log_shown_in_clear
from crm.access.guards import requires, user_of
from crm.access.scope import scope_of
from crm.organisation.models import User
from crm.web.lists import ListPage, ListSpec, open_list, render_list

SEE = "callbacks.view_calls"
SpecFor = Callable[[User, QueryDict, dt.datetime], ListSpec]


@require_safe
@requires(SEE)
def open_ones(request: HttpRequest) -> HttpResponse:
    """What waits or is being worked on."""
    user = user_of(request)
    return _page(request, OPEN_CALLS, open_list_of, open_calls(user), may_steer=True)


@require_safe
@requires(SEE)
def ended_ones(request: HttpRequest) -> HttpResponse:
    """What was finished, lapsed or withdrawn."""
    user = user_of(request)
    return _page(request, ENDED_CALLS, ended_list_of, ended_calls(user), may_steer=False)


def _page(request: HttpRequest, name: str, spec_for: SpecFor, rows: QuerySet[Call], *, may_steer: bool) -> HttpResponse:
    user, now = user_of(request), timezone.localtime()
    page = open_list(request, name, lambda params: spec_for(user, params, now), rows)
    lines = lines_of([one.pk for one in page.rows], user, now, page.state.columns)
    log_search(request, understood(page.state.words), found=page.count.number)
    log_shown_in_clear(request, sum(line.is_own for line in lines))
    context = {
        "page": page,
        "lines": lines,
        "tabs": _tabs(page, name, company=scope_of(user).everything),
        "chips": [chip for chip in page.chips if chip["name"] != WHOSE],
        "hidden": [*page.hidden, *((WHOSE, value) for value in page.state.chosen.get(WHOSE, ()))],
        "bulk": bar_of(user, page) if may_steer else None,
        "title": _("Open calls") if may_steer else _("Finished calls"),
    }
    return render_list(request, "callbacks/desk/calls.html", context)


def _tabs(page: ListPage[Any], name: str, *, company: bool) -> list[dict[str, Any]]:
    """Whose calls, then the other of the two lists."""
    whose = next(one for one in page.state.spec.filters if one.name == WHOSE)
    chosen: Sequence[str] = page.state.chosen[WHOSE]
    every = page.state.url(without=WHOSE)
    tabs = [_tab(_("Company") if company else _("All in my scope"), every, active=not chosen)]
    for option in whose.options:
        url = f"{every}{'&' if '?' in every else '?'}{urlencode({WHOSE: option.value})}"
        tabs.append(_tab(str(option.label), url, active=option.value in chosen))
    other = (_("Finished"), "callbacks:ended") if name == OPEN_CALLS else (pgettext("calls", "Open"), "callbacks:calls")
    kept = urlencode([(WHOSE, value) for value in chosen])
    tabs.append(_tab(other[0], f"{reverse(other[1])}{'?' if kept else ''}{kept}", active=False))
    return tabs


def _tab(label: str, url: str, *, active: bool) -> dict[str, Any]:
    return {"label": label, "url": url, "count": None, "active": active}
