"""The list of enquiries, what waits on the line, and what waits for one's acceptance."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from callbacks.enquiries.listing import NAME, RELATED, enquiry_list
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.policies import SEE, TAKE
from callbacks.enquiries.rows import drawn
from callbacks.enquiries.selectors import line_for, offers_for
from clients.desk.listing import understood
from clients.desk.reads import log_search, log_shown_in_clear
from crm.access.guards import background, requires, user_of
from crm.web.lists import open_list, render_list


@require_safe
@requires(SEE)
def enquiries(request: HttpRequest) -> HttpResponse:
    """Enquiries in one's scope, with the line above them for who takes enquiries."""
    user, now = user_of(request), timezone.localtime()
    rows = Enquiry.objects.visible_to(user).select_related(*RELATED)
    page = open_list(request, NAME, lambda params: enquiry_list(user, now), rows)
    lines = drawn(page.rows, user, now, page.state.columns)
    log_search(request, understood(page.state.words), found=page.count.number)
    log_shown_in_clear(request, sum(line.is_own for line in lines))
    may_take = user.has_perm(TAKE)
    context = {
        "page": page,
        "lines": lines,
        "may_take": may_take,
        "now_waiting": line_for(user, now) if may_take else None,
    }
    return render_list(request, "callbacks/enquiries/list.html", context)


@require_safe
@background
@requires(TAKE)
def line(request: HttpRequest) -> HttpResponse:
    """What waits on the line, for pages that ask again every few seconds."""
    context = {"now_waiting": line_for(user_of(request), timezone.localtime()), "may_take": True}
    return _never_kept(render(request, "callbacks/enquiries/line.html", context))


@require_safe
@requires(TAKE)
def home_panel(request: HttpRequest) -> HttpResponse:
    """The card of enquiries on the home page; nothing where nothing waits."""
    found = line_for(user_of(request), timezone.localtime())
    if found.is_quiet:
        return _never_kept(HttpResponse(""))
    return _never_kept(render(request, "callbacks/enquiries/home_panel.html", {"now_waiting": found}))


@require_safe
@requires(TAKE)
def offers(request: HttpRequest) -> HttpResponse:
    """The enquiries that colleagues ask one to take over."""
    context = {"offers": offers_for(user_of(request))}
    return _never_kept(render(request, "callbacks/enquiries/offers.html", context))


def _never_kept(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    return response
