"""Clients that were there before the column get the digests of their phones' last four digits."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from clients.profile.models import Client, ExtraPhone
from crm.personal.hide import hide, look_up_tail
from tests.factories.clients import client

pytestmark = pytest.mark.django_db

migration = import_module("clients.migrations.0014_phone_tails")


def events(made: Client) -> int:
    related: Any = made
    count: int = related.events.count()
    return count


def extra_phone(owner: Client, number: str) -> ExtraPhone:
    """A further phone as it was stored before."""
    hidden = hide(number, purpose="client.phone")
    return ExtraPhone.objects.create(
        client=owner, phone_sealed=hidden.sealed, phone_digest=hidden.digest, phone_masked=hidden.masked
    )


def test_fills_what_is_missing_and_writes_no_history(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration, "PORTION", 2)
    numbers = ["138 1234 5678", "", "12345", "021-61234567", "13900005678"]
    made = [client(phone=number, phone_tail_digest=None) for number in numbers]
    more = extra_phone(made[1], "13700001111")
    before = [events(one) for one in made]

    migration.fill(None, SimpleNamespace(connection=connection))

    tails = [Client.objects.values_list("phone_tail_digest", flat=True).get(pk=one.pk) for one in made]
    wanted = [look_up_tail(tail, purpose="client.phone_tail") for tail in ("5678", "", "", "4567", "5678")]
    assert [tail and bytes(tail) for tail in tails] == wanted
    assert [events(one) for one in made] == before
    more.refresh_from_db()
    assert bytes(more.tail_digest or b"") == look_up_tail("1111", purpose="client.phone_tail")


def test_leaves_what_is_there() -> None:
    made = client(phone="13812345678", phone_tail_digest=b"kept")

    migration.fill(None, SimpleNamespace(connection=connection))

    made.refresh_from_db()
    assert bytes(made.phone_tail_digest or b"") == b"kept"
