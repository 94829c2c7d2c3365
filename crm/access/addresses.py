from __future__ import annotations

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str | None:
    """The address of the computer that asked; behind our proxy the one the proxy names; None on a socket without one.

    The same rule as the sign-in's rate limits (`ALLAUTH_TRUSTED_PROXY_COUNT`).
    """
    found: str | None = get_client_ip(request)
    return found
