"""Further phones and notes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from clients.profile.additions import MOST_PHONES, NOTED, PHONES_CHANGED, add_note, add_phone, remove_phone
from clients.profile.models import Client, ClientNote, ExtraPhone
from clients.profile.search import understand
from crm.events.models import Event
from crm.organisation.models import User
from crm.personal.seal import unseal
from tests.factories.clients import client
from tests.factories.people import person

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 25, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def clerk() -> User:
    return person("counter_clerk")


@pytest.fixture
def one(clerk: User) -> Client:
    return client(branch=clerk.appointments.get().unit, phone="13812341234")


class TestPhones:
    def test_sealed_masked_and_found(self, one: Client, clerk: User) -> None:
        kept = add_phone(client=one, phone=" 139 0000-5678 ", remark="办公室", by=clerk)

        assert (kept.phone_masked, kept.remark) == ("139****5678", "办公室")
        assert unseal(kept.phone_sealed, purpose="client.phone") == "139 0000-5678"
        for words in ("13900005678", "5678"):
            assert [found["pk"] for found in understand(words).client_ids().values("pk")] == [one.pk]

    def test_the_same_number_is_kept_once(self, one: Client, clerk: User) -> None:
        first = add_phone(client=one, phone="13900005678", by=clerk)
        assert add_phone(client=one, phone="+86 139 0000 5678", by=clerk) == first
        assert Event.objects.filter(name=PHONES_CHANGED).count() == 1

    @pytest.mark.parametrize("phone", ["", "12", "abc", "1381234", "😀", "99999999999", "13812341234"])
    def test_what_is_no_number_or_the_files_own(self, one: Client, clerk: User, phone: str) -> None:
        with pytest.raises(ValidationError):
            add_phone(client=one, phone=phone, by=clerk)
        assert not ExtraPhone.objects.exists()

    def test_so_many_and_no_more(self, one: Client, clerk: User) -> None:
        for n in range(MOST_PHONES):
            add_phone(client=one, phone=f"1390000000{n}", by=clerk)
        with pytest.raises(ValidationError, match=str(MOST_PHONES)):
            add_phone(client=one, phone="13911111111", by=clerk)

    def test_removed_it_stays_in_the_history(self, one: Client, clerk: User) -> None:
        kept = add_phone(client=one, phone="13900005678", by=clerk)
        remove_phone(phone=kept, by=clerk)
        remove_phone(phone=kept, by=clerk)

        events: Any = ExtraPhone.events.rel.related_model  # type: ignore[attr-defined]
        labels = list(events.objects.order_by("pgh_id").values_list("pgh_label", "phone_masked"))
        assert labels == [("insert", "139****5678"), ("delete", "139****5678")]
        assert Event.objects.filter(name=PHONES_CHANGED).count() == 2

    def test_who_may_not(self, one: Client) -> None:
        with pytest.raises(PermissionDenied):
            add_phone(client=one, phone="13900005678", by=person("auditor"))


class TestNotes:
    def test_kept_as_written(self, one: Client, clerk: User) -> None:
        kept = add_note(client=one, text=" 白天不便接听\n<b>晚上</b> ", by=clerk, at=NOW)
        assert (kept.text, kept.by, kept.at) == ("白天不便接听\n<b>晚上</b>", clerk, NOW)
        assert Event.objects.get(name=NOTED).payload == {"note": kept.pk, "client": one.pk}

    def test_a_double_click_is_one_note(self, one: Client, clerk: User) -> None:
        for seconds in (0, 1):
            add_note(client=one, text="甲", by=clerk, at=NOW + dt.timedelta(seconds=seconds))
        assert ClientNote.objects.count() == 1
        add_note(client=one, text="甲", by=clerk, at=NOW + dt.timedelta(minutes=11))
        add_note(client=one, text="甲", by=person("counter_clerk"), at=NOW)
        assert ClientNote.objects.count() == 3

    def test_nothing_is_no_note(self, one: Client, clerk: User) -> None:
        with pytest.raises(ValidationError):
            add_note(client=one, text=" \n ", by=clerk)

    def test_who_may_not(self, one: Client) -> None:
        with pytest.raises(PermissionDenied):
            add_note(client=one, text="甲", by=person("region_head"))
