"""How allauth fits our staff: no self sign-up, words of our own, TOTP secrets sealed at rest."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.access.selectors import needs_second_factor
from crm.organisation.models import User
from crm.personal.seal import seal_text, unseal_text

JUST_SIGNED_IN_SECONDS = 300


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come from the staff feed and the administrator alone."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("Staff number and password do not belong together."),
        "too_many_login_attempts": _("Too many failed attempts. Please wait five minutes and try again."),
        "enter_current_password": _("That is not your current password."),
        "incorrect_password": _("That is not your password."),
        "account_inactive": _("This account is not in service."),
        "rate_limited": _("Too many attempts. Please wait a few minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """For one-time codes: not within five minutes of signing in or giving the password again."""
        records = get_authentication_records(self.request, self.request.user)
        if app == "allauth.mfa" and records and time.time() - records[-1]["at"] < JUST_SIGNED_IN_SECONDS:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return settings.LOGIN_REDIRECT_URL


class SealedMfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth would keep the shared secret in clear; we seal it with the installation's key."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("Your role signs in with a one-time code; it cannot be switched off."),
        "incorrect_code": _("That code is not right. Codes change every 30 seconds."),
    }

    def encrypt(self, text: str) -> str:
        return seal_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal_text(encrypted_text)

    def get_totp_label(self, user: User) -> str:
        return f"{user.staff_no} {user.name}"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not needs_second_factor(authenticator.user)
