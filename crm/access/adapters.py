"""How allauth fits our staff: no self sign-up, TOTP secrets sealed at rest."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from crm.personal.seal import seal_text, unseal_text


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come from the staff feed and the administrator alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SealedMfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth would keep the shared secret in clear; we seal it with the installation's key."""

    def encrypt(self, text: str) -> str:
        return seal_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal_text(encrypted_text)
