"""The demo firm is the same every time, can be topped up at any pace, and leaves other people's data alone."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command

from clients.demo.bulk import make_bulk
from clients.demo.firm import Firm, ForeignDataError, find_firm
from clients.demo.organisation import lay_absences
from clients.demo.services import bring_up, top_up
from clients.segmentation.models import Run, SegmentChange
from crm.access.roles import ROLES
from crm.organisation.choices import UnitKind
from crm.organisation.models import StandIn, Unit, User
from tests.clients.demo.conftest import rolled_back
from tests.clients.demo.ledger import fingerprints, number, rows, silent

ONE_DAY = dt.timedelta(days=1)
OCTOBER = dt.date(2026, 10, 28)


def test_two_firms_of_one_day_are_the_same(db: None, making: Callable[[dt.date], Firm]) -> None:
    found = []
    for _ in range(2):
        with rolled_back():
            making(OCTOBER)
            found.append(fingerprints())
    assert found[0] == found[1]
    assert all(count > 0 for count, _digest in found[0].values())


def test_day_by_day_over_a_month_s_end_is_the_same_as_in_one_go(db: None, making: Callable[[dt.date], Firm]) -> None:
    firm = making(OCTOBER)
    until = dt.date(2026, 11, 5)
    with rolled_back():
        top_up(firm, until=until, say=silent)
        in_one_go = fingerprints()
    while firm.until < until:
        firm = top_up(firm, until=firm.until + ONE_DAY, say=silent)
    assert fingerprints() == in_one_go


def test_a_top_up_brings_new_clients_trades_and_contacts(changeable: Firm) -> None:
    before = number("SELECT count(*) FROM clients_client")
    firm = top_up(changeable, until=changeable.until + dt.timedelta(days=20), say=silent)
    assert find_firm() == firm
    assert number("SELECT count(*) FROM clients_client") > before
    for table in ("trade", "cashflow", "assetsnapshot"):
        assert number(f"SELECT count(*) FROM clients_{table} WHERE day > %s", changeable.until) > 0
    newest = rows("SELECT max((occurred_at AT TIME ZONE 'Asia/Shanghai')::date) FROM clients_servicerecord")[0][0]
    assert changeable.until < newest <= firm.until


def test_new_clients_go_on_with_new_numbers(changeable: Firm) -> None:
    top_up(changeable, until=changeable.until + dt.timedelta(days=5), say=silent)
    assert number("SELECT count(*) - count(DISTINCT client_no) FROM clients_client") == 0


def test_the_firm_knows_from_the_database_how_it_began(firm: Firm) -> None:
    assert find_firm() == firm


def test_absences_follow_the_weeks(changeable: Firm) -> None:
    later = changeable.until + dt.timedelta(days=28)
    lay_absences(until=later)
    lay_absences(until=later)
    assert StandIn.objects.on(later).count() == 1


@pytest.mark.django_db
def test_first_start_makes_a_baseline_and_the_next_night_and_a_second_start_does_nothing() -> None:
    first = bring_up(until=OCTOBER, clients=120, months=2, say=silent)
    assert list(Run.objects.order_by("as_of").values_list("as_of", "is_baseline")) == [
        (OCTOBER - ONE_DAY, True),
        (OCTOBER, False),
    ]
    before = fingerprints()
    assert bring_up(until=OCTOBER, say=silent) == first
    assert fingerprints() == before
    assert Run.objects.count() == 2


@pytest.mark.django_db
def test_a_start_after_a_gap_makes_the_runs_of_every_night_in_it() -> None:
    bring_up(until=OCTOBER, clients=120, months=2, say=silent)
    later = OCTOBER + dt.timedelta(days=6)
    bring_up(until=later, say=silent)
    nights = [OCTOBER + dt.timedelta(days=i) for i in range(-1, 7)]
    assert list(Run.objects.order_by("as_of").values_list("as_of", flat=True)) == nights
    assert SegmentChange.objects.filter(as_of__gt=OCTOBER).exists()


@pytest.mark.django_db
def test_a_night_whose_facts_came_after_its_run_is_run_again() -> None:
    firm = bring_up(until=OCTOBER, clients=120, months=2, say=silent)
    night = OCTOBER + ONE_DAY
    Run.objects.filter(as_of=OCTOBER).update(as_of=night)  # as if the clock had run it before its facts were there
    bring_up(until=night, say=silent)
    assert Run.objects.filter(as_of=night).count() >= 1
    assert find_firm() == Firm(start=firm.start, size=firm.size, until=night)


@pytest.mark.django_db
def test_somebody_else_s_data_are_refused_in_words() -> None:
    Unit.objects.create(kind=UnitKind.BRANCH, code="B1", name="别家营业部")
    with pytest.raises(ForeignDataError, match="B1 别家营业部"):
        find_firm()
    with pytest.raises(CommandError, match="in an empty database only"):
        call_command("demo_firm", "--until", "2026-10-28", stdout=io.StringIO())
    with pytest.raises(CommandError, match="in an empty database only"):
        call_command("demo_bulk", "--clients", "10")
    assert User.objects.count() == 0


def test_a_firm_is_not_made_over_another(changeable: Firm) -> None:
    with pytest.raises(ForeignDataError, match="already"):
        make_bulk(10, as_of=OCTOBER)


@pytest.mark.django_db
@time_machine.travel("2026-10-29T01:00:00+08:00", tick=False)
def test_facts_of_the_future_are_refused() -> None:
    with pytest.raises(CommandError, match="2026-10-29 is later"):
        call_command("demo_firm", "--until", "2026-10-29", stdout=io.StringIO())


def test_one_account_a_role_with_the_password_that_opens_it(firm: Firm) -> None:
    printed = io.StringIO()
    call_command("demo_accounts", "--json", stdout=printed)
    accounts = json.loads(printed.getvalue())
    assert [account["role"] for account in accounts] == list(ROLES)
    people = User.objects.in_service(firm.until).filter(is_demo=True)
    assert people.filter(staff_no__in=[account["staff_no"] for account in accounts]).count() == len(ROLES)
    assert {account["password"] for account in accounts} == {settings.DEMO_PASSWORD}
    assert User.objects.get(staff_no=accounts[0]["staff_no"]).check_password(settings.DEMO_PASSWORD)


def test_accounts_are_printed_for_people(firm: Firm) -> None:
    printed = io.StringIO()
    call_command("demo_accounts", stdout=printed)
    assert settings.DEMO_PASSWORD in printed.getvalue()
    assert "沈洁" in printed.getvalue()


@pytest.mark.django_db
def test_accounts_of_a_firm_that_is_not_the_demo() -> None:
    with pytest.raises(CommandError, match="no demo firm"):
        call_command("demo_accounts", stdout=io.StringIO())
