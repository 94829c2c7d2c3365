"""What an appointment, a stand-in or a leaver must satisfy (`people.md`). A rule raises ValidationError in words."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.organisation.models import Appointment, Unit, User

# A callback clerk asks clients how sales staff behave, so he has no sales duties himself.
INCOMPATIBLE = (frozenset({"callback_clerk", "customer_manager"}),)


def check_known_role(role: str) -> None:
    """Roles are laid as groups with every migration."""
    if not Group.objects.filter(name=role).exists():
        raise ValidationError({"role": _("There is no role “%(role)s”.") % {"role": role}})


def check_days(starts_on: dt.date, ends_on: dt.date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day lies before the first.")})


def check_somebody_else(by: User | None, person: User) -> None:
    """Nobody decides about himself."""
    if by is not None and by.pk == person.pk:
        raise ValidationError(_("Nobody changes his own appointments; ask another administrator."))


def check_serving(person: User, day: dt.date) -> None:
    """Whoever left before `day`, or was switched off, gets nothing more."""
    if not person.is_active or (person.left_on is not None and person.left_on <= day):
        raise ValidationError(_("%(name)s is not in service on %(day)s.") % {"name": person.name, "day": f"{day:%F}"})


def check_unit_open(unit: Unit) -> None:
    if not unit.is_active:
        raise ValidationError({"unit": _("%(unit)s is closed.") % {"unit": unit.name}})


def check_no_circle(unit: Unit) -> None:
    """No unit belongs to itself, not even by way of others."""
    above = unit.parent
    while above is not None:
        if above.pk is not None and above.pk == unit.pk:
            raise ValidationError({"parent": _("%(unit)s would belong to itself.") % {"unit": unit.name}})
        above = above.parent


def check_compatible(person: User, role: str, starts_on: dt.date, ends_on: dt.date | None, *, but: int = 0) -> None:
    """No two roles at once that exclude each other. `but` is the id of an appointment that is being changed."""
    others = {other for pair in INCOMPATIBLE if role in pair for other in pair - {role}}
    held = person.appointments.filter(role__in=others).during(starts_on, ends_on).exclude(pk=but)
    if held.exists():
        raise ValidationError(
            {"role": _("A callback clerk has no sales duties: the same person cannot be a customer manager.")}
        )


def check_once(
    person: User, unit: Unit, role: str, starts_on: dt.date, ends_on: dt.date | None, *, but: int = 0
) -> None:
    """The same role in the same unit is held once at a time."""
    same = person.appointments.filter(unit=unit, role=role).during(starts_on, ends_on).exclude(pk=but)
    if same.exists():
        raise ValidationError(_("%(name)s already holds this role there in these days.") % {"name": person.name})


def check_appointment(appointment: Appointment, *, by: User | None) -> None:
    """All that an appointment, new or changed, must satisfy."""
    person, unit = appointment.user, appointment.unit
    days = (appointment.starts_on, appointment.ends_on)
    check_somebody_else(by, person)
    check_known_role(appointment.role)
    check_days(*days)
    check_serving(person, appointment.starts_on)
    check_unit_open(unit)
    check_compatible(person, appointment.role, *days, but=appointment.pk or 0)
    check_once(person, unit, appointment.role, *days, but=appointment.pk or 0)


def check_stand_in(absent: User, deputy: User, starts_on: dt.date, ends_on: dt.date) -> None:
    """A deputy is somebody else in service, whose own roles do not exclude those he stands in for."""
    check_days(starts_on, ends_on)
    if absent.pk == deputy.pk:
        raise ValidationError({"deputy": _("Nobody stands in for himself.")})
    check_serving(deputy, ends_on)
    for held in absent.appointments.during(starts_on, ends_on):
        check_compatible(deputy, held.role, starts_on, ends_on)
