"""Who may do what comes from today's appointments: their roles' groups, and nothing else."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.utils import timezone

from crm.access.roles import ROLES
from crm.access.scope import appointments_of, kept_on
from crm.organisation.models import User


class AppointmentBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's sign-in; permissions by the roles that the person holds, or stands in for, today."""

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """`app.codename` of every permission of today's roles; kept on the user for the request.

        A program that acts for the person holds what its token names, and no more. Read from `ROLES` itself: the
        groups in the database are made equal to it with every migration.
        """
        if not isinstance(user_obj, User) or obj is not None or not self.user_can_authenticate(user_obj):
            return set()
        day = timezone.localdate()
        kept: dict[Any, set[str]] = kept_on(user_obj, "_permissions_by_day")
        if day not in kept:
            roles = {appointment.role for appointment in appointments_of(user_obj, day)}
            kept[day] = {perm for role in roles & ROLES.keys() for perm in ROLES[role].permissions}
        within: frozenset[str] | None = user_obj.token_permissions
        return kept[day] if within is None else kept[day] & within

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return perm in self.get_all_permissions(user_obj, obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions(user_obj))

    def user_can_authenticate(self, user: User) -> bool:
        """A leaver loses everything on the day he leaves."""
        gone = user.left_on is not None and user.left_on <= timezone.localdate()
        return bool(user.is_active and not gone)

    @classmethod
    def _stash_user(cls, user: User | None) -> None:
        """allauth would let the right password of a leaver through to say that he is inactive: he is a stranger."""
