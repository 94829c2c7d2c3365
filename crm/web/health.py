"""Health pages for load balancers and monitoring: which part stands, and nothing else. No sign-in, no details."""

from __future__ import annotations

import dataclasses
import datetime as dt

from asgiref.sync import async_to_sync
from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from health_check.base import HealthCheck
from health_check.checks import Cache, Database
from health_check.exceptions import ServiceUnavailable

PATIENCE = dt.timedelta(seconds=3)


@dataclasses.dataclass
class Broker(HealthCheck):  # type: ignore[misc]
    """The queue that background work is asked for through."""

    timeout = PATIENCE

    def run(self) -> None:
        try:
            with current_app.connection_for_write() as broker:
                broker.ensure_connection(max_retries=1, timeout=PATIENCE.seconds)
        except Exception as error:  # whatever the transport raises
            raise ServiceUnavailable("The broker cannot be reached.") from error


@dataclasses.dataclass
class Migrations(HealthCheck):  # type: ignore[misc]
    """Every migration of this release is applied. Looked at until it is so; then it stays so for this process."""

    def run(self) -> None:
        if _applied:
            return
        executor = MigrationExecutor(connection)
        try:
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                raise ServiceUnavailable("Migrations are missing.")
        finally:
            connection.close()  # this runs in a thread of its own
        _applied.append(True)


_applied: list[bool] = []
CHECKS: dict[str, type[HealthCheck]] = {
    "database": Database,
    "cache": Cache,
    "broker": Broker,
    "migrations": Migrations,
}


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200 while this process answers at all."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when pages can be served: database, cache, broker, migrations; 503 with the names of what fails."""
    results = {name: _stands(check) for name, check in CHECKS.items()}
    fine = all(results.values())
    words = {name: "ok" if stands else "failed" for name, stands in results.items()}
    return JsonResponse({"status": "ok" if fine else "failed", **words}, status=200 if fine else 503)


def _stands(check: type[HealthCheck]) -> bool:
    return async_to_sync(check().get_result)().error is None


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' figures: for the machine itself, or for whoever brings the token (`CRM_METRICS_TOKEN`)."""
    if not _may_measure(request):
        return HttpResponseForbidden("403", content_type="text/plain")
    answer: HttpResponse = ExportToDjangoView(request)
    return answer


def _may_measure(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if token and constant_time_compare(given, f"Bearer {token}"):
        return True
    through_a_proxy = "X-Forwarded-For" in request.headers
    return not through_a_proxy and request.META.get("REMOTE_ADDR", "") in ("127.0.0.1", "::1")
