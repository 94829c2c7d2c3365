from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin

from crm.access import activity, stash
from crm.access.guards import go_to, to_sign_in
from crm.access.selectors import has_second_factor, needs_second_factor
from crm.organisation.models import User

LOCKED_STATUS = 423
# What stays open while something else must be done first.
ALWAYS = {"account_logout", "account_lock"}
WHILE_PASSWORD_IS_DUE = ALWAYS | {"account_change_password"}
WHILE_CODE_IS_DUE = ALWAYS | {"mfa_activate_totp", "account_reauthenticate", "account_change_password"}
HAS_CODE = "second_factor"


class SignedInMiddleware(MiddlewareMixin):
    """Nothing answers a stranger unless its view says `login_not_required`; and who is signed in first unlocks, then
    changes a password that somebody else gave him, then sets up one-time codes where his role asks for them.

    Leavers: the sign-in backend knows them no more from the day they left, so their sessions are strangers'.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        public = not getattr(view, "login_required", True)
        if not isinstance(request.user, User):
            return None if public else to_sign_in(request)
        structlog.contextvars.bind_contextvars(staff_no=request.user.staff_no)
        if public:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        due = self._due_first(request, request.user, name)
        if due is None and not getattr(view, "is_background", False) and name not in ALWAYS:
            activity.touch(request)
        return due

    def _due_first(self, request: HttpRequest, user: User, name: str) -> HttpResponse | None:
        if name not in ALWAYS and activity.is_locked(request):
            stash.put(request)
            return go_to(request, reverse("account_lock"), status=LOCKED_STATUS)
        if user.must_change_password and name not in WHILE_PASSWORD_IS_DUE:
            return go_to(request, reverse("account_change_password"))
        if name not in WHILE_CODE_IS_DUE and self._lacks_code(request, user):
            return go_to(request, reverse("mfa_activate_totp"))
        return None

    def _lacks_code(self, request: HttpRequest, user: User) -> bool:
        if request.session.get(HAS_CODE) or not needs_second_factor(user):
            return False
        if has_second_factor(user):
            request.session[HAS_CODE] = True
            return False
        return True
