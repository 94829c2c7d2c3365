"""Cards that other pages load: the client's calls, and one's calls on the home page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from callbacks.desk.panels import home_panel, of_client
from clients.desk.reads import log_shown_in_clear
from clients.profile.models import Client
from crm.access.guards import background, requires, user_of, visible_or_404

SEE = "callbacks.view_calls"


@require_safe
@requires("clients.view_client", SEE)
def of_one_client(request: HttpRequest, client_no: str) -> HttpResponse:
    """The client's calls, open and finished."""
    user = user_of(request)
    client = visible_or_404(Client.objects.all(), user, client_no=client_no.replace("\0", ""))
    return _card(request, "client_panel", {"calls": of_client(client, user, timezone.now())})


@require_safe
@requires(SEE)
@background
def at_home(request: HttpRequest) -> HttpResponse:
    """What the calls want of me."""
    panel = home_panel(user_of(request), timezone.now())
    log_shown_in_clear(request, sum(line.is_own for line in panel.lines))
    return _card(request, "home_panel", {"panel": panel})


def _card(request: HttpRequest, name: str, context: dict[str, object]) -> HttpResponse:
    response = render(request, f"callbacks/desk/{name}.html", context)
    add_never_cache_headers(response)
    return response
