"""Sign-in of programs: `Authorization: Bearer crm_…`."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from crm.access.addresses import client_ip
from crm.access.models import ApiToken
from crm.access.tokens import token_for
from crm.organisation.models import User


class WrongTokens(SimpleRateThrottle):
    """Tokens that do not exist: so many an address and minute, then it is made to wait."""

    scope = "wrong_tokens"
    duration: int
    num_requests: int

    def get_cache_key(self, request: Request, view: object) -> str:
        return f"crm:wrong-tokens:{client_ip(request)}"

    def is_full(self, request: Request) -> bool:
        """Whether this address must wait; nothing is counted by asking."""
        history = self.cache.get(self.get_cache_key(request, None), [])
        now = self.timer()
        recent = sum(1 for moment in history if moment > now - self.duration)
        return recent >= self.num_requests


class BearerAuthentication(BaseAuthentication):
    """The person that a token acts for, holding that token's permissions alone."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, clear = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer" or not clear:
            return None
        wrong = WrongTokens()
        if wrong.is_full(request):
            raise Throttled
        token = token_for(clear.decode(errors="replace").strip())
        if token is None:
            wrong.allow_request(request, None)  # type: ignore[arg-type]
            raise AuthenticationFailed(_("This token does not exist, has ended or was withdrawn."))
        token.user.token_permissions = frozenset(token.permissions)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
