"""The next caller: VIP first, then the oldest; two at once never get the same; pressing twice gives the same."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections

from callbacks.enquiries.arriving import arrive
from callbacks.enquiries.consumers import line_told, somebody_calls
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.services import write_enquiry
from callbacks.enquiries.taking import take_next
from callbacks.recordings.models import TelephonyCommand
from clients.profile.models import Client
from clients.segmentation.models import Standing
from crm.events.models import Event
from crm.events.services import publish
from crm.organisation.models import Unit, User
from crm.workflow.models import Transition
from tests.callbacks.enquiries.conftest import ASKED, Calls
from tests.factories.clients import client
from tests.factories.people import person
from tests.factories.units import DepartmentFactory


def ring(calls: Calls, ref: str, **more: Any) -> Enquiry:
    made = arrive(event=calls(ref, **more))
    assert made is not None
    return made


@pytest.mark.django_db
class TestArrive:
    def test_once_for_what_the_telephone_system_calls_it(self, agent: User, one: Client, calls: Calls) -> None:
        event = calls("c1", phone="13900001111", line="400")
        waiting = [arrive(event=event) for _ in range(2)]
        made = Enquiry.objects.get()
        assert waiting == [made, made]
        assert (made.state, made.client, made.phone_masked, made.branch_id) == (
            "waiting", one, "139****1111", one.branch_id,
        )  # fmt: skip

    def test_a_number_of_two_clients_is_nobody_in_particular(self, agent: User, one: Client, calls: Calls) -> None:
        client(phone="13900001111")
        assert ring(calls, "c1", phone="13900001111").client is None

    def test_a_hidden_number(self, agent: User, calls: Calls) -> None:
        made = ring(calls, "c1")
        assert (made.client, made.phone_digest) == (None, None)

    def test_without_a_call_centre(self, db: None, calls: Calls) -> None:
        assert arrive(event=calls("c1")) is None

    @pytest.mark.parametrize("told_first", [False, True])
    def test_who_hangs_up_waits_no_longer(self, agent: User, calls: Calls, told_first: bool) -> None:
        """The order in which events are delivered is not promised."""
        inbound, ended = calls("c1", minutes=2), calls("c1", "ended")
        first = publish("telephony.inbound", {"ref": "c1", "event": inbound.pk})
        last = publish("telephony.told", {"ref": "c1", "kind": "ended", "event": ended.pk})
        steps = [(somebody_calls, first), (line_told, last)]
        for handle, event in reversed(steps) if told_first else steps:
            handle(event)
        assert Enquiry.objects.get().state == "missed"
        assert take_next(by=agent) is None
        missed = Event.objects.get(name="enquiry.missed")
        assert 115 <= missed.payload["waited"] <= 125

    def test_whoever_was_taken_stays_taken(self, agent: User, calls: Calls) -> None:
        ring(calls, "c1")
        taken = take_next(by=agent)
        event = publish("telephony.told", {"ref": "c1", "kind": "ended", "event": calls("c1", "ended").pk})
        line_told(event)
        assert taken is not None
        taken.refresh_from_db()
        assert (taken.state, taken.owner) == ("taken", agent)


@pytest.mark.django_db
class TestNext:
    def test_vip_first_then_the_oldest(self, agent: User, one: Client, calls: Calls) -> None:
        Standing.objects.filter(client=one).update(tier="platinum")
        refs: dict[str, dict[str, Any]] = {
            "old": {"minutes": 9},
            "new": {"minutes": 1},
            "line": {"line": "vip", "minutes": 3},
        }
        for ref, more in refs.items():
            ring(calls, ref, **more)
        ring(calls, "tier", phone="13900001111", minutes=2)
        order = []
        while (taken := take_next(by=agent)) is not None:
            order.append(taken.telephony_ref)
            write_enquiry(enquiry=taken, written=ASKED, revision=0, by=agent)
        assert order == ["line", "tier", "old", "new"]

    def test_pressing_twice_gives_the_same_until_something_is_written(self, agent: User, calls: Calls) -> None:
        ring(calls, "c1", minutes=2), ring(calls, "c2")
        first = take_next(by=agent)
        assert first is not None
        assert take_next(by=agent) == first
        assert Transition.objects.filter(workflow="callbacks.enquiry", verb="take").count() == 1
        write_enquiry(enquiry=first, written=ASKED, revision=0, by=agent)
        second = take_next(by=agent)
        assert second is not None
        assert second.telephony_ref == "c2"

    def test_only_of_ones_own_units(self, agent: User, calls: Calls) -> None:
        ring(calls, "c1")
        assert take_next(by=person("call_centre_agent", DepartmentFactory())) is None
        assert take_next(by=person("counter_clerk")) is None
        with pytest.raises(PermissionDenied):
            take_next(by=person("auditor"))


@pytest.mark.django_db(transaction=True)
def test_agents_at_once_never_get_the_same(centre: Unit, calls: Calls) -> None:
    """Eight agents, each twice at once, ten callers: eight different callers, one for each, nobody waits."""
    agents = [person("call_centre_agent", centre) for _ in range(8)]
    for number in range(10):
        ring(calls, f"c{number}")
    ready, got = threading.Barrier(16, timeout=30), list[tuple[int, str]]()

    def press(by: User) -> None:
        try:
            connection.ensure_connection()
            ready.wait()
            taken = take_next(by=by)
            assert taken is not None
            got.append((by.pk, taken.telephony_ref))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=[by]) for by in agents for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(got) == 16
    assert len(set(got)) == 8
    assert len({ref for _by, ref in got}) == 8
    assert Transition.objects.filter(workflow="callbacks.enquiry", verb="take").count() == 8


@pytest.mark.django_db
def test_the_telephone_system_puts_the_caller_through_once(agent: User, calls: Calls, settings: Any) -> None:
    settings.TELEPHONY_ADAPTER = "webhook"
    ring(calls, "in-7")
    for _click in range(2):
        take_next(by=agent)
    assert list(TelephonyCommand.objects.values_list("verb", "ref", "by")) == [("answer", "in-7", agent.pk)]
