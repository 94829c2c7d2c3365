"""Addresses that go wrong in every way, for `test_errors.py`."""

from __future__ import annotations

from typing import NoReturn

import redis
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from crm.access.guards import requires, user_of
from crm.urls import handler400, handler403, handler404, handler429, handler500  # noqa: F401

ERRORS: dict[str, type[Exception]] = {
    "refused": PermissionDenied,
    "missing": Http404,
    "suspicious": SuspiciousOperation,
    "big": RequestDataTooBig,
    "broken": ZeroDivisionError,
    "database": OperationalError,
    "cache": redis.ConnectionError,
}


@login_not_required
def fail(request: HttpRequest, how: str) -> NoReturn:
    raise ERRORS[how]


@requires("clients.view_client", "crm.view_read_log")
def guarded(request: HttpRequest) -> HttpResponse:
    return HttpResponse(user_of(request).name)


urlpatterns = [
    path("fail/<str:how>/", fail),
    path("guarded/", guarded),
    path("", include("crm.urls")),
]
