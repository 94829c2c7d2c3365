"""Requests as the log and the reader see them: a number for each, and the language of the person."""

from __future__ import annotations

from typing import cast

import django_structlog.middlewares
import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.deprecation import MiddlewareMixin

from crm.organisation.models import User

LANGUAGES = dict(settings.LANGUAGES)


class RequestLogMiddleware(django_structlog.middlewares.RequestMiddleware):
    """One line a request in the log; its number is told to the browser and shown on error pages."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.prepare(request)
        number = request_number()
        response = cast(HttpResponse, self.get_response(request))
        response["X-Request-ID"] = number
        self.handle_response(request, response)
        return response

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Without what was searched for: names and phone numbers do not belong into a log."""
        return f"{request.method} {request.path}"


def request_number() -> str:
    """The number of the running request in the log; empty outside a request."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


class LocaleMiddleware(MiddlewareMixin):
    """Chinese first, whatever the browser prefers, unless the person, or somebody at the computer, chose."""

    def process_request(self, request: HttpRequest) -> None:
        language = language_of(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


def language_of(request: HttpRequest) -> str:
    """What the signed-in person chose, else the computer's cookie, else Chinese."""
    own = request.user.language if isinstance(request.user, User) else ""
    for choice in (own, request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")):
        if choice in LANGUAGES:
            return choice
    return settings.LANGUAGE_CODE
