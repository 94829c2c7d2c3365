"""Figures of contacts: each counted once in every dimension, in the firm's days and hours, inside one's scope."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from clients.contacts.figures import Dimension, Figures, figures_of
from clients.contacts.models import ServiceRecord
from clients.profile.models import Client
from crm.organisation.models import Unit, User
from tests.factories.clients import ServiceRecordFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db
BEGINS = dt.datetime(2026, 11, 22, 16, tzinfo=dt.UTC)  # 23 November in Shanghai
ENDS = BEGINS + dt.timedelta(days=2)
MANY = 250_000  # contacts over two years


def contact(client: Client | None, at: dt.datetime = BEGINS, **fields: Any) -> ServiceRecord:
    made: ServiceRecord = ServiceRecordFactory(client=client, occurred_at=at, **fields)
    return made


def about(value: float) -> Any:
    return pytest.approx(value)


def told(by: Dimension, rows: Any = None) -> dict[str, Figures]:
    found = figures_of(ServiceRecord.objects.all() if rows is None else rows, begins=BEGINS, ends=ENDS)
    return {one.key: one for one in found[by]}


def test_the_period_begins_and_ends_in_shanghai(someone: Client) -> None:
    moment = dt.timedelta(microseconds=1)
    for at in (BEGINS - moment, BEGINS, ENDS - moment, ENDS):
        contact(someone, at)
    assert {key: one.number for key, one in told(Dimension.DAY).items()} == {"2026-11-23": 1, "2026-11-24": 1}
    assert {key: one.number for key, one in told(Dimension.HOUR).items()} == {"00": 1, "23": 1}


def test_waits_and_talks(someone: Client) -> None:
    for client, wait, talk in ((someone, 0, 60), (someone, 20, 121), (None, 21, 10), (None, 60, 0), (None, None, None)):
        contact(client, wait_seconds=wait, duration_seconds=talk)
    assert told(Dimension.TOTAL)[""] == Figures(
        key="", number=5, with_client=2, clients=1,
        waited=4, wait_mean=25.25, wait_median=20.5, wait_p90=about(48.3), soon=2, later=3,
        talk_mean=47.75, talk_median=35.0, talk_p90=about(102.7), talk_total=191,
    )  # fmt: skip
    assert (told(Dimension.TOTAL)[""].soon_share, told(Dimension.TOTAL)[""].later_share) == (0.5, 0.75)


def test_nothing_measured_and_nothing_at_all(someone: Client) -> None:
    assert told(Dimension.TOTAL) == {}
    contact(someone, channel="letter")
    one = told(Dimension.CHANNEL)["letter"]
    assert (one.number, one.wait_mean, one.talk_p90, one.talk_total, one.soon_share) == (1, None, None, 0, None)


def test_every_dimension_adds_up(someone: Client) -> None:
    for number in range(12):
        contact(
            someone if number % 2 else None,
            BEGINS + dt.timedelta(hours=number * 3),
            staff_no=f"A{number % 3}" if number % 4 else "",
            topic=["开户", "'; DROP", "%s {x}"][number % 3],
            outcome="已答复" if number % 2 else "",
            direction=["inbound", "outbound", ""][number % 3],
        )
    found = figures_of(ServiceRecord.objects.all(), begins=BEGINS, ends=ENDS)
    assert {by: sum(one.number for one in found[by]) for by in Dimension} == dict.fromkeys(Dimension, 12)
    numbers = [one.number for one in found[Dimension.STAFF]]
    assert numbers == sorted(numbers, reverse=True)
    assert {one.key for one in found[Dimension.TOPIC]} == {"开户", "'; DROP", "%s {x}"}


def test_in_scope(someone: Client, here: Unit, manager: User, clerk: User) -> None:
    contact(someone)
    contact(None, staff=clerk, staff_no=clerk.staff_no)
    contact(None)
    ServiceRecordFactory(occurred_at=BEGINS)  # another branch's client

    def seen(user: User) -> int:
        found = told(Dimension.TOTAL, ServiceRecord.objects.visible_to(user))
        return found[""].number if found else 0

    assert seen(person("compliance")) == 4
    assert seen(person("marketing_director", here)) == 1
    assert (seen(clerk), seen(manager)) == (2, 1)
    assert seen(person("administrator")) == 0


def test_a_period_is_found_without_reading_everything() -> None:
    """A month of two years of contacts that came in about their order: the index leaves most of the table unread."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO clients_servicerecord (record_no, occurred_at, channel, direction, staff_no, topic, summary,
                                               outcome, wait_seconds, duration_seconds)
            SELECT 'X' || n, timestamptz '2025-01-01' + n * interval '252 seconds', 'phone', 'inbound', '', '', '', '',
                   n %% 90, n %% 300
            FROM generate_series(1, %s) AS n
            """,
            [MANY],
        )
        cursor.execute("SELECT brin_summarize_new_values('clients_service_occurred')")
        cursor.execute("ANALYZE clients_servicerecord")
    month = ServiceRecord.objects.between(BEGINS - dt.timedelta(days=30), BEGINS)
    plan = month.values("wait_seconds").explain(analyze=True, buffers=False, timing=False)
    assert "clients_service_occurred" in plan
    assert "Seq Scan" not in plan
    assert month.count() == pytest.approx(30 * 86_400 / 252, abs=1)
