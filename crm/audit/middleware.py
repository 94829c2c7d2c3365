from __future__ import annotations

from typing import Any

import pghistory.middleware
import structlog
from django.http import HttpRequest

from crm.access.addresses import client_ip
from crm.audit.services import who
from crm.organisation.models import User


class HistoryMiddleware(pghistory.middleware.HistoryMiddleware):
    """Every change made during a request carries who made it, for whom, on which page, and the request's number."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        context: dict[str, Any] = {
            "url": request.path,
            "request": structlog.contextvars.get_contextvars().get("request_id", ""),
            "ip": client_ip(request),
        }
        return context | (who(request.user) if isinstance(request.user, User) else {})
