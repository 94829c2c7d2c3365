"""The demo's accounts, one a role: what the first start and the sign-in page name."""

from __future__ import annotations

from typing import TypedDict

from django.conf import settings

from clients.demo.people import LEAVER, STAFF, Person
from clients.demo.places import UNITS
from crm.access.roles import ROLES
from crm.organisation.models import User


class Account(TypedDict):
    """One account to try the system with. `role` is the code of `people.md`, `role_label` its name for people."""

    staff_no: str
    name: str
    role: str
    role_label: str
    unit: str
    password: str


def demo_accounts() -> list[Account]:
    """One account a role, in the order of the roles; people with a single role first. Empty without a demo firm."""
    present = set(User.objects.filter(is_demo=True, is_active=True).values_list("staff_no", flat=True))
    unit_names = {place.code: place.name for place in UNITS}
    found = []
    for code, role in ROLES.items():
        person = _holder(code, present)
        if person:
            found.append(
                Account(
                    staff_no=person.staff_no,
                    name=person.name,
                    role=code,
                    role_label=str(role.label),
                    unit=unit_names[person.unit],
                    password=settings.DEMO_PASSWORD,
                )
            )
    return found


def _holder(role: str, present: set[str]) -> Person | None:
    holders = [p for p in STAFF if role in p.roles and p.staff_no in present and p.staff_no != LEAVER]
    return min(holders, key=lambda p: len(p.roles), default=None)
