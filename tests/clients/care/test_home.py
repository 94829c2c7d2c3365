"""The home page of who may hand clients over and decide corrections says what waits for him."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from clients.desk.notices import notices_for
from crm.organisation.models import Unit, User
from tests.clients.care.helpers import hand_over
from tests.factories.care import correction
from tests.factories.clients import client
from tests.factories.people import person


def test_leavers_who_still_hold_clients(here: Unit, old: User, first: User, director: User) -> None:
    today = timezone.localdate()
    client(branch=here, manager=old)
    assert notices_for(director, today) == []

    User.objects.filter(pk=old.pk).update(left_on=today)
    (notice,) = notices_for(director, today)
    assert notice.text == f"吴国栋 left on {today} and still holds 1 client."
    assert (notice.url, notice.loud) == ("/handovers/new/?from=M0", True)
    for stranger in (person("operations_director"), person("marketing_director", here)):
        assert notices_for(stranger, today) == []

    hand_over(old, first, by=director)
    assert notices_for(director, today) == []


def test_who_leaves_soon_is_named_quietly(here: Unit, old: User, director: User) -> None:
    today = timezone.localdate()
    client(branch=here, manager=old)
    User.objects.filter(pk=old.pk).update(left_on=today + dt.timedelta(days=9))
    (notice,) = notices_for(director, today)
    assert ("leaves on" in notice.text, notice.loud) == (True, False)


def test_a_closed_account_says_no_day(here: Unit, old: User, director: User) -> None:
    client(branch=here, manager=old)
    User.objects.filter(pk=old.pk).update(is_active=False)
    (notice,) = notices_for(director, timezone.localdate())
    assert "no longer in service" in notice.text


def test_corrections_to_decide(here: Unit, director: User) -> None:
    one = client(branch=here)
    correction(one, person("counter_clerk", here))
    correction(one, director, "a@b.cn", "email")
    (notice,) = notices_for(director, timezone.localdate())
    assert (notice.text, notice.url) == ("1 correction waits for your decision.", "/corrections/")
