"""Who must do what before anything else, and the demo's accounts."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.utils import timezone

from crm.access.roles import ROLES
from crm.access.scope import appointments_of
from crm.organisation.models import Appointment, User

# As browsers name themselves; the first that is found is meant (most also claim to be Chrome and Safari).
BROWSERS = {
    "MicroMessenger": "WeChat",
    "QQBrowser": "QQ Browser",
    "360SE": "360",
    "360EE": "360",
    "Edg/": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Windows": "Windows",
    "HarmonyOS": "HarmonyOS",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Macintosh": "macOS",
    "Linux": "Linux",
}


def browser_in_words(user_agent: str) -> str:
    """`Chrome · Windows`; what the browser calls itself where we do not know it."""
    found = [next((name for sign, name in names.items() if sign in user_agent), "") for names in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or user_agent


@dataclass(frozen=True)
class DemoAccount:
    """One account to try the system with."""

    staff_no: str
    name: str
    role: str
    unit: str
    headquarters: bool


def needs_second_factor(user: User) -> bool:
    """Whether this person's roles of today, or those he stands in for, ask for a one-time code. Demo accounts: no."""
    if user.is_demo:
        return False
    return any(ROLES[held.role].headquarters for held in appointments_of(user) if held.role in ROLES)


def has_second_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def demo_accounts() -> list[DemoAccount]:
    """One account of the demo firm a role, in the order of the roles; people with a single role first."""
    today = timezone.localdate()
    held = Appointment.objects.held_on(today).filter(user__in=User.objects.in_service(today).filter(is_demo=True))
    roles: dict[int, list[Appointment]] = {}
    for appointment in held.select_related("user", "unit").order_by("user__staff_no"):
        roles.setdefault(appointment.user_id, []).append(appointment)
    found = []
    for code, role in ROLES.items():
        holders = [(len(all_held), a) for all_held in roles.values() for a in all_held if a.role == code]
        if holders:
            chosen = min(holders, key=lambda pair: pair[0])[1]
            found.append(
                DemoAccount(
                    chosen.user.staff_no, chosen.user.name, str(role.label), chosen.unit.name, role.headquarters
                )
            )
    return found
