"""Error pages: what happened, what to do, and the number under which the log has it."""

from __future__ import annotations

import sys

import redis
import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

from crm.access.guards import is_htmx
from crm.web.middleware import request_number

log = structlog.get_logger(__name__)

# Trouble of a server we stand on, not of the page that was asked for.
AWAY = (OperationalError, InterfaceError, redis.ConnectionError, redis.TimeoutError)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return _page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 with the reason in words where the view gave one (see `crm.access.guards.check`)."""
    return _page(request, 403, reason=str(exception or ""))


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404)


def too_large(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 413)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: the limits on sign-in and passwords."""
    return _page(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database or the cache cannot be reached. Draws on neither of them."""
    return _plain(503 if isinstance(sys.exc_info()[1], AWAY) else 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or stale: mostly a page that stood open over a sign-in."""
    log.warning("csrf_failure", reason=reason, path=request.path)
    return _page(request, 403, template="csrf")


def _page(request: HttpRequest, status: int, *, template: str = "", reason: str = "") -> HttpResponse:
    """An error page in the reader's language; htmx gets the reason alone, which the page shows as a notice."""
    if is_htmx(request):
        return HttpResponse(reason, status=status, content_type="text/plain; charset=utf-8")
    if not hasattr(request, "user"):
        return _plain(status)
    context = {"reason": reason, "reference": request_number()}
    return HttpResponse(loader.render_to_string(f"errors/{template or status}.html", context, request), status=status)


def _plain(status: int) -> HttpResponse:
    """An error page that asks neither session nor database."""
    template = loader.get_template(f"errors/{status}.html")
    return HttpResponse(template.render({"reference": request_number()}), status=status)
