"""Units, staff, appointments and stand-ins of the demo firm."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.auth.hashers import make_password

from clients.demo.people import LEAVER, STAFF, Person
from clients.demo.places import MAIL_DOMAIN, UNITS
from crm.organisation.models import StandIn, Unit, User
from crm.organisation.services import appoint, create_unit, record_leaver, record_stand_in

MANY_YEARS = 4 * 365
LEAVER_DAYS = 62  # before the firm was made
ABSENCE_REASONS = ("年休假", "外出培训", "病假", "年休假", "产业园区驻点")


def lay_organisation(*, until: dt.date) -> None:
    """Create every unit, every member of staff and what they hold, as it stands on `until`. Nothing exists before."""
    units: dict[str, Unit] = {}
    for place in UNITS:
        units[place.code] = create_unit(
            by=None,
            kind=place.kind,
            code=place.code,
            name=place.name,
            parent=units.get(place.parent or ""),
            province=place.province,
            city=place.city,
            phone=place.phone,
            email=place.email,
        )
    password = make_password(settings.DEMO_PASSWORD)  # one hash for all: scrypt takes its time by design
    people = User.objects.bulk_create([_user(person, password=password) for person in STAFF])
    for person, user in zip(STAFF, people, strict=True):
        for role in person.roles:
            appoint(by=None, person=user, unit=units[person.unit], role=role, starts_on=_since(person, until))
        if person.staff_no == LEAVER:
            record_leaver(by=None, person=user, left_on=leaving_day(until))


def leaving_day(until: dt.date) -> dt.date:
    """The day on which the leaver left, for a firm made on `until`."""
    return until - dt.timedelta(days=LEAVER_DAYS)


def _user(person: Person, *, password: str) -> User:
    number = int(person.staff_no)
    return User(
        staff_no=person.staff_no,
        name=person.name,
        phone=f"13{number % 7 + 3}{(number * 7919 + 41_271_903) % 100_000_000:08d}",
        email=f"{person.mailbox}@{MAIL_DOMAIN}",
        licence_no=person.licence_no,
        is_demo=True,
        password=password,
    )


def _since(person: Person, until: dt.date) -> dt.date:
    return until - dt.timedelta(days=200 + int(person.staff_no) * 37 % MANY_YEARS)


def lay_absences(*, until: dt.date) -> None:
    """See to it that in every week from the one before `until` to the one after somebody is away, with a stand-in.

    Weeks go round the branches; a customer manager is away, a colleague with the same role acts for him.
    """
    monday = until - dt.timedelta(days=until.weekday())
    for week in (monday - dt.timedelta(days=7), monday, monday + dt.timedelta(days=7)):
        if StandIn.objects.filter(starts_on=week, absent__is_demo=True).exists():
            continue
        absent, deputy = _pair_of(week.toordinal() // 7)
        record_stand_in(
            by=None,
            absent=User.objects.get(staff_no=absent.staff_no),
            deputy=User.objects.get(staff_no=deputy.staff_no),
            starts_on=week,
            ends_on=week + dt.timedelta(days=6),
            reason=ABSENCE_REASONS[week.toordinal() // 7 % len(ABSENCE_REASONS)],
        )


def _pair_of(week: int) -> tuple[Person, Person]:
    teams: dict[str, list[Person]] = {}
    for person in STAFF:
        if person.roles == ("customer_manager",) and person.staff_no != LEAVER:
            teams.setdefault(person.unit, []).append(person)
    pairs = [(team[i], team[i - 1]) for team in teams.values() if len(team) > 1 for i in range(len(team))]
    return pairs[week * 5 % len(pairs)]
