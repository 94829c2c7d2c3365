"""Two people at the same moment: one proposal, one decision, one file."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from clients.corrections.models import Correction, CorrectionFile
from clients.corrections.services import decide_correction
from clients.feeds import outgoing
from clients.profile.models import Client
from crm.events.models import Event
from crm.organisation.models import Unit, User
from tests.clients.care.at_once import Elsewhere, row_held, wait_until_waiting
from tests.factories.care import approved, correction
from tests.factories.people import person
from tests.factories.units import branch

FRIDAY = dt.datetime(2026, 11, 20, 18, tzinfo=dt.timezone(dt.timedelta(hours=8)))
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here(transactional_db: None) -> Unit:
    return branch(code="B1")


def test_proposed_by_two_at_once(one: Client, clerk: User, director: User) -> None:
    with row_held("clients_client", one.pk):
        both = [Elsewhere(partial(correction, one, by, f"1390000111{by.pk % 10}")) for by in (clerk, director)]
        wait_until_waiting(2)
    refused = 0
    for work in both:
        try:
            work.end()
        except ValidationError:
            refused += 1
    assert (refused, Correction.objects.count()) == (1, 1)


def test_decided_by_two_at_once(one: Client, clerk: User, director: User, here: Unit) -> None:
    made = correction(one, clerk)
    boss = person("general_manager", here)
    with row_held("clients_correction", made.pk):
        both = [
            Elsewhere(lambda: decide_correction(correction=made, approve=True, by=director)),
            Elsewhere(lambda: decide_correction(correction=made, approve=False, note="x", by=boss)),
        ]
        wait_until_waiting(2)
    errors = []
    for work in both:
        try:
            work.end()
        except ValidationError as error:
            errors.append(error)
    made.refresh_from_db()
    assert len(errors) == 1
    assert (made.state, made.decided_by) in {("approved", director), ("rejected", boss)}


def test_sent_by_two_at_once(one: Client, clerk: User, director: User, centre: User) -> None:
    made = approved(one, clerk, director)
    with row_held("clients_correction", made.pk):
        both = [Elsewhere(lambda: outgoing.send(by=centre)) for _ in range(2)]
        wait_until_waiting(2)
    assert sorted(len(work.end()) for work in both) == [0, 1]
    assert CorrectionFile.objects.get().rows == 1


def test_the_button_and_the_schedule_at_once(one: Client, clerk: User, director: User, centre: User) -> None:
    """Whoever is first sends it; the other finds nothing, and no correction stands in two files."""
    made = approved(one, clerk, director)
    with row_held("clients_correction", made.pk):
        both = [Elsewhere(lambda: outgoing.send(by=centre)), Elsewhere(lambda: outgoing.send_on_schedule(at=FRIDAY))]
        wait_until_waiting(2)
    assert sorted(len(work.end()) for work in both) == [0, 1]
    file = CorrectionFile.objects.get()
    made.refresh_from_db()
    assert (made.file, made.state, file.rows) == (file, "sent", 1)
    assert Event.objects.filter(name="corrections.sent").count() == 1
