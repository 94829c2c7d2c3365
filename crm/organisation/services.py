"""Staff, appointments, stand-ins and leavers: the one way they change, apart from the staff feed.

Rules are in `policies.py` and raise ValidationError in words. `by` is None for the system and for commands.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.history import put_down
from crm.organisation import policies
from crm.organisation.choices import UnitKind
from crm.organisation.holdings import Holding, holdings_of
from crm.organisation.models import Appointment, StandIn, Unit, User

ONE_DAY = dt.timedelta(days=1)


def _words(by: User | None, reason: str) -> dict[str, Any]:
    known: dict[str, Any] = {"user": by.pk, "staff_no": by.staff_no} if by else {}
    return known | ({"reason": reason} if reason else {})


@transaction.atomic
def create_unit(
    *, by: User | None, kind: UnitKind, code: str, name: str, parent: Unit | None = None, **fields: Any
) -> Unit:
    """A new unit. `fields`: province, city, phone, email."""
    return save_unit(by=by, unit=Unit(kind=kind, code=code, name=name, parent=parent, **fields))


@transaction.atomic
def save_unit(*, by: User | None, unit: Unit) -> Unit:
    """Save a unit, new or changed. Raises ValidationError, also where it would belong to itself round a corner."""
    unit.full_clean()
    policies.check_no_circle(unit)
    with put_down(**_words(by, "")):
        unit.save()
    return unit


@transaction.atomic
def create_person(*, by: User | None, staff_no: str, name: str, **fields: Any) -> User:
    """A new member of staff, without roles and without a password: he can sign in once both are given.

    `fields`: phone, email, licence_no, language. Raises ValidationError for a staff number that is taken.
    """
    person = User(staff_no=staff_no, name=name, **fields)
    person.set_unusable_password()
    person.full_clean()
    with put_down(**_words(by, "")):
        person.save()
    return person


@transaction.atomic
def change_person(*, by: User | None, person: User) -> User:
    """Save the name, phone, e-mail, licence number, or whether the account is open, as changed on `person`.

    Raises ValidationError when somebody closes or opens his own account.
    """
    before = User.objects.select_for_update().get(pk=person.pk)
    if before.is_active != person.is_active:
        policies.check_somebody_else(by, person)
    person.full_clean(exclude=["password"])
    with put_down(**_words(by, "")):
        person.save(update_fields=["name", "phone", "email", "licence_no", "is_active"])
    return person


@transaction.atomic
def set_password(*, by: User | None, person: User, password: str, must_change: bool = True) -> None:
    """Give a person a password; every session of his ends. He has to choose his own at the next sign-in.

    Raises ValidationError when the password breaks the rules of `AUTH_PASSWORD_VALIDATORS`.
    """
    validate_password(password, person)
    person.set_password(password)
    person.must_change_password = must_change
    with put_down(**_words(by, _("password set"))):
        person.save(update_fields=["password", "must_change_password"])


def keep_own_password(*, person: User) -> None:
    """The person has chosen a password of his own."""
    if person.must_change_password:
        person.must_change_password = False
        person.save(update_fields=["must_change_password"])


def choose_language(*, person: User, language: str) -> None:
    """Keep the language a person reads in; an empty one returns to the default."""
    person.language = language
    person.save(update_fields=["language"])


@transaction.atomic
def appoint(
    *,
    by: User | None,
    person: User,
    unit: Unit,
    role: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    reason: str = "",
) -> Appointment:
    """Give `person` a role in a unit from a day to a day, both included (None: until further notice)."""
    User.objects.select_for_update().get(pk=person.pk)  # two administrators at once: one after the other
    appointment = Appointment(user=person, unit=unit, role=role, starts_on=starts_on, ends_on=ends_on)
    return _save_appointment(appointment, by=by, reason=reason)


@transaction.atomic
def change_appointment(*, by: User | None, appointment: Appointment, reason: str = "") -> Appointment:
    """Save the days, unit or role that were changed on `appointment`."""
    User.objects.select_for_update().get(pk=appointment.user_id)
    return _save_appointment(appointment, by=by, reason=reason)


def _save_appointment(appointment: Appointment, *, by: User | None, reason: str) -> Appointment:
    policies.check_appointment(appointment, by=by)
    with put_down(**_words(by, reason)):
        appointment.save()
    return appointment


@transaction.atomic
def end_appointment(*, by: User | None, appointment: Appointment, ends_on: dt.date, reason: str = "") -> Appointment:
    """End an appointment after `ends_on`, the last day it holds."""
    policies.check_somebody_else(by, appointment.user)
    policies.check_days(appointment.starts_on, ends_on)
    appointment.ends_on = ends_on
    with put_down(**_words(by, reason)):
        appointment.save(update_fields=["ends_on"])
    return appointment


@transaction.atomic
def record_leaver(*, by: User | None, person: User, left_on: dt.date, reason: str = "") -> list[Holding]:
    """Record that `person` leaves: from `left_on` on he cannot sign in and holds nothing.

    His appointments and stand-ins end the day before. Returns what he held and somebody must take over.
    """
    policies.check_somebody_else(by, person)
    if person.left_on is not None and person.left_on <= left_on:
        raise ValidationError(_("%(name)s already left on %(day)s.") % {"name": person.name, "day": person.left_on})
    last_day = left_on - ONE_DAY
    with put_down(**_words(by, reason or _("left"))):
        person.left_on = left_on
        person.save(update_fields=["left_on"])
        beyond = Appointment.objects.filter(user=person).during(left_on, None)
        beyond.filter(starts_on__gte=left_on).delete()
        beyond.update(ends_on=last_day)
        acting = StandIn.objects.filter(deputy=person, ends_on__gte=left_on)
        acting.filter(starts_on__gte=left_on).delete()
        acting.update(ends_on=last_day)
    return holdings_of(person)


@transaction.atomic
def record_stand_in(
    *, by: User | None, absent: User, deputy: User, starts_on: dt.date, ends_on: dt.date, reason: str = ""
) -> StandIn:
    """`deputy` acts for `absent` from a day to a day, both included; what he does then is marked so in the history."""
    policies.check_somebody_else(by, deputy)
    policies.check_stand_in(absent, deputy, starts_on, ends_on)
    with put_down(**_words(by, reason)):
        return StandIn.objects.create(absent=absent, deputy=deputy, starts_on=starts_on, ends_on=ends_on, reason=reason)


@transaction.atomic
def end_stand_in(*, by: User | None, stand_in: StandIn, ends_on: dt.date | None = None) -> StandIn:
    """End a stand-in after `ends_on` (today by default), because the colleague is back."""
    ends_on = ends_on or timezone.localdate()
    policies.check_days(stand_in.starts_on, ends_on)
    stand_in.ends_on = ends_on
    with put_down(**_words(by, _("back"))):
        stand_in.save(update_fields=["ends_on"])
    return stand_in
