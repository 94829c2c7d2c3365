"""Contacts and promises: written once, kept by who can, told to whom they concern."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from clients.contacts import services
from clients.contacts.choices import ContactChannel, ContactDirection
from clients.contacts.models import FollowUp, ServiceRecord
from clients.contacts.policies import keepers
from clients.contacts.services import Contact, Promised
from clients.profile.models import Client
from crm.events.models import Event
from crm.messaging.models import Notice
from crm.organisation.models import Unit, User
from tests.factories.care import promise as promised
from tests.factories.clients import client
from tests.factories.people import person
from tests.factories.units import branch

NOW = dt.datetime(2026, 11, 25, 2, 0, tzinfo=dt.UTC)
TOMORROW = NOW + dt.timedelta(days=1)


def call(**fields: Any) -> Contact:
    values: dict[str, Any] = {
        "channel": ContactChannel.PHONE,
        "direction": ContactDirection.INBOUND,
        "occurred_at": NOW,
        "topic": "银证转账",
        "summary": "询问限额",
    }
    return Contact(**(values | fields))


def record(one: Client, by: User, key: str = "", **more: Any) -> ServiceRecord:
    return services.record_contact(
        client=one, contact=more.pop("contact", call()), key=key or uuid.uuid4().hex, by=by, at=NOW, **more
    )


def events(name: str) -> list[dict[str, Any]]:
    return [event.payload for event in Event.objects.filter(name=name).order_by("pk")]


class TestRecord:
    def test_what_is_kept(self, someone: Client, clerk: User) -> None:
        kept = record(someone, clerk)

        assert (kept.client, kept.staff, kept.staff_no, kept.source) == (someone, clerk, clerk.staff_no, "staff")
        assert (kept.topic, kept.summary, kept.direction, kept.occurred_at) == ("银证转账", "询问限额", "inbound", NOW)
        assert events(services.RECORDED) == [
            {"record": kept.pk, "client": someone.pk, "channel": "phone", "direction": "inbound"}
        ]

    def test_sent_twice_it_is_written_once_with_its_promise(self, someone: Client, clerk: User, manager: User) -> None:
        told = Promised("回电", TOMORROW, manager)
        first = record(someone, clerk, key="one", promised=told)
        second = record(someone, clerk, key="one", promised=told)

        assert first == second
        assert FollowUp.objects.get().record == first
        assert len(events(services.RECORDED)) == 1

    def test_other_words_under_the_same_key_are_refused_and_a_promise_is_never_lost(
        self, someone: Client, clerk: User
    ) -> None:
        kept = record(someone, clerk, key="one")
        with pytest.raises(ValidationError, match="used already"):
            record(someone, clerk, key="one", contact=call(summary="又问了限额"))
        assert record(someone, clerk, key="one", promised=Promised(" 回电 ", TOMORROW, clerk)) == kept
        promised = FollowUp.objects.get()
        assert (promised.what, promised.record) == ("回电", kept)
        services.keep_promise(promise=promised, by=clerk, at=NOW)
        record(someone, clerk, key="one", promised=Promised("回电", TOMORROW, clerk))
        assert FollowUp.objects.count() == 1

    def test_a_form_of_somebody_else_or_for_another_client(self, someone: Client, clerk: User, manager: User) -> None:
        record(someone, clerk, key="one")
        for one, by in ((someone, manager), (client(), clerk)):
            with pytest.raises(ValidationError, match="used already"):
                record(one, by, key="one")
        assert ServiceRecord.objects.count() == 1

    def test_not_before_it_happened(self, someone: Client, clerk: User) -> None:
        with pytest.raises(ValidationError, match="still to come"):
            record(someone, clerk, contact=call(occurred_at=NOW + dt.timedelta(minutes=6)))

    def test_a_promise_that_cannot_be_made_takes_the_contact_with_it(self, someone: Client, clerk: User) -> None:
        with pytest.raises(ValidationError, match="without sight"):
            record(someone, clerk, promised=Promised("回电", TOMORROW, person("customer_manager")))
        assert not ServiceRecord.objects.exists()

    @pytest.mark.parametrize("role", ["region_head", "auditor", "compliance"])
    def test_who_does_not_talk_to_clients_may_not(self, someone: Client, role: str) -> None:
        with pytest.raises(PermissionDenied):
            record(someone, person(role))


class TestEnquiry:
    def enquire(self, one: Client | None, by: User, **fields: Any) -> ServiceRecord:
        return services.record_enquiry(client=one, contact=call(**fields), key=uuid.uuid4().hex, by=by, at=NOW)

    def test_a_client_of_another_branch(self, someone: Client, manager: User) -> None:
        elsewhere = person("counter_clerk", name="孙一")
        kept = self.enquire(someone, elsewhere)

        assert (kept.client, kept.staff) == (someone, elsewhere)
        notice = Notice.objects.get()
        assert notice.user == manager
        assert "孙一" in notice.text
        assert someone.name not in notice.text

    def test_a_caller_whom_nobody_knows(self, clerk: User) -> None:
        assert self.enquire(None, clerk).client is None
        assert events(services.RECORDED)[0]["client"] is None

    def test_ones_own_client_tells_nobody(self, someone: Client, manager: User) -> None:
        self.enquire(someone, manager)
        assert not Notice.objects.exists()

    def test_it_comes_in(self, someone: Client, clerk: User) -> None:
        with pytest.raises(ValueError, match="comes in"):
            self.enquire(someone, clerk, direction=ContactDirection.OUTBOUND)


class TestPromise:
    def make(self, one: Client, owner: User, by: User, **fields: Any) -> FollowUp:
        values: dict[str, Any] = {"what": "回电", "due_at": TOMORROW, "at": NOW}
        return services.promise(client=one, owner=owner, by=by, **(values | fields))

    def test_made_for_somebody_else_he_is_told(self, someone: Client, clerk: User, manager: User) -> None:
        made = self.make(someone, manager, clerk)

        assert (made.state, made.owner, made.created_by, made.created_at) == ("open", manager, clerk, NOW)
        notice = Notice.objects.get()
        assert (notice.user, notice.url) == (manager, "/promises/")
        assert "10800001" in notice.text
        assert events(services.MADE) == [{"promise": made.pk, "client": someone.pk, "owner": manager.pk}]

    def test_twice_it_is_one(self, someone: Client, clerk: User) -> None:
        assert self.make(someone, clerk, clerk) == self.make(someone, clerk, clerk, what=" 回电 ")
        assert self.make(someone, clerk, clerk, what="寄资料") != FollowUp.objects.first()
        assert FollowUp.objects.count() == 2

    @pytest.mark.parametrize("fields", [{"what": "  "}, {"due_at": NOW}, {"due_at": NOW - dt.timedelta(days=1)}])
    def test_nothing_and_the_past_are_no_promises(self, someone: Client, clerk: User, fields: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            self.make(someone, clerk, clerk, **fields)

    def test_who_may_keep_it(self, someone: Client, here: Unit, clerk: User, manager: User) -> None:
        director = person("operations_director", here)
        able = set(keepers(someone, clerk, NOW.date()))

        assert able == {clerk, manager, director}

    def test_who_may_not(self, someone: Client, here: Unit, clerk: User) -> None:
        gone = person("callback_clerk", here, left_on=NOW.date())
        for owner in (gone, person("customer_manager", here), person("callback_clerk", branch())):
            with pytest.raises(ValidationError):
                self.make(someone, owner, clerk)
        assert not FollowUp.objects.exists()


class TestEnd:
    def test_kept(self, someone: Client, manager: User) -> None:
        made = promised(someone, manager)
        kept = services.keep_promise(promise=made, result="已回电", by=manager, at=NOW)
        again = services.keep_promise(promise=made, result="又一次", by=manager, at=TOMORROW)

        assert (kept.state, kept.ended_at, kept.ended_by, kept.result) == ("done", NOW, manager, "已回电")
        assert (again.ended_at, again.result) == (NOW, "已回电")
        assert events(services.KEPT) == [{"promise": made.pk, "client": someone.pk, "in_time": True}]

    def test_kept_late_is_said(self, someone: Client, manager: User) -> None:
        made = promised(someone, manager, due_at=NOW)
        services.keep_promise(promise=made, by=manager, at=TOMORROW)
        assert events(services.KEPT)[0]["in_time"] is False

    def test_dropped_with_a_reason_alone(self, someone: Client, manager: User) -> None:
        made = promised(someone, manager)
        with pytest.raises(ValidationError, match="why"):
            services.drop_promise(promise=made, reason=" ", by=manager, at=NOW)
        assert services.drop_promise(promise=made, reason="客户取消", by=manager, at=NOW).state == "dropped"
        assert len(events(services.DROPPED)) == 1

    def test_ended_meanwhile_by_somebody_else(self, someone: Client, manager: User, clerk: User) -> None:
        made = promised(someone, manager)
        services.keep_promise(promise=made, by=clerk, at=NOW)
        verbs: dict[Callable[..., FollowUp], dict[str, Any]] = {
            services.drop_promise: {"reason": "x"},
            services.keep_promise: {},
            services.hand_promise: {"owner": clerk},
        }
        for verb, more in verbs.items():
            with pytest.raises(ValidationError, match="meanwhile"):
                verb(promise=made, by=manager, at=NOW, **more)
        assert FollowUp.objects.get().ended_by == clerk

    def test_only_whom_it_concerns(self, someone: Client, manager: User) -> None:
        made = promised(someone, manager)
        for stranger in (person("counter_clerk"), person("auditor")):
            with pytest.raises(PermissionDenied):
                services.keep_promise(promise=made, by=stranger, at=NOW)

    def test_of_a_client_who_moved_on_the_owner_still_may(self, someone: Client, clerk: User) -> None:
        made = promised(someone, clerk)
        Client.objects.filter(pk=someone.pk).update(branch=branch(), manager=None)
        assert services.keep_promise(promise=made, by=clerk, at=NOW).state == "done"


class TestHand:
    def test_handed_on_and_reminded_anew(self, someone: Client, manager: User, clerk: User) -> None:
        made = promised(someone, manager, reminded_at=NOW)
        services.hand_promise(promise=made, owner=clerk, by=manager, at=NOW)
        services.hand_promise(promise=made, owner=clerk, by=manager, at=TOMORROW)

        made.refresh_from_db()
        assert (made.owner, made.reminded_at) == (clerk, None)
        assert [notice.user for notice in Notice.objects.all()] == [clerk]
        assert len(events(services.HANDED)) == 1

    def test_not_to_who_could_not_keep_it(self, someone: Client, manager: User) -> None:
        made = promised(someone, manager)
        with pytest.raises(ValidationError):
            services.hand_promise(promise=made, owner=person("counter_clerk"), by=manager, at=NOW)


def test_every_step_stands_in_the_history(someone: Client, manager: User) -> None:
    made = services.promise(client=someone, what="回电", due_at=TOMORROW, owner=manager, by=manager, at=NOW)
    services.keep_promise(promise=made, by=manager, at=timezone.now())

    kept: Any = made
    states = list(kept.events.order_by("pgh_id").values_list("state", "pgh_context__staff_no"))
    assert states == [("open", manager.staff_no), ("done", manager.staff_no)]
