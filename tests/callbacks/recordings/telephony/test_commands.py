"""What the telephone system is asked for reaches it, signed, once in effect, and not when it would only do harm."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from callbacks.calls.attempts import LINE_LEFT, leave_lines
from callbacks.calls.holding import NotHeld
from callbacks.calls.models import Call
from callbacks.recordings.choices import CommandVerb
from callbacks.recordings.models import TelephonyCommand, TelephonyEvent
from callbacks.recordings.telephony import commands, posting, signing
from callbacks.recordings.telephony.adapters import telephony
from callbacks.recordings.telephony.interface import Telephony
from crm.events.models import Event
from crm.events.services import deliver_event
from crm.messaging.models import Notice
from crm.organisation.models import User
from tests.factories.calls import claimed
from tests.factories.clients import WishesFactory, client
from tests.factories.people import person

pytestmark = pytest.mark.django_db

AFTERNOON = dt.datetime(2026, 11, 25, 7, tzinfo=dt.UTC)  # 15:00 in Shanghai, a working day


@pytest.fixture(autouse=True)
def afternoon() -> Iterator[None]:
    with time_machine.travel(AFTERNOON, tick=False):
        yield


class Switch:
    """A telephone system that hears, is away, or says no."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.troubles: list[Exception] = []

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> None:
        signing.check(body, headers, at=timezone.now())
        if self.troubles:
            raise self.troubles.pop(0)
        self.heard.append(json.loads(body) | {"url": url})


@pytest.fixture
def switch(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Switch:
    settings.TELEPHONY_ADAPTER = "webhook"
    settings.TELEPHONY_COMMANDS_URL = "https://pbx.example/commands"
    made = Switch()
    monkeypatch.setattr(posting, "post", made.post)
    return made


@pytest.fixture
def agent() -> User:
    return person("call_centre_agent")


@pytest.fixture
def call(agent: User) -> Call:
    return claimed(agent, client=client(phone="13912345678"))


def at(seconds: int) -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=seconds)


def test_dialling_names_the_number_and_our_own_number_for_it(switch: Switch, agent: User, call: Call) -> None:
    attempt = telephony().dial(call=call, by=agent, phone="main")
    command = TelephonyCommand.objects.get()
    assert b"13912345678" not in bytes(command.sealed)
    assert commands.send(command.pk)
    assert not commands.send(command.pk)
    (heard,) = switch.heard
    assert heard["url"] == "https://pbx.example/commands"
    assert (heard["command"], heard["ref"], heard["number"]) == ("dial", attempt.telephony_ref, "13912345678")
    assert (heard["agent"], heard["command_id"]) == (agent.staff_no, str(command.key))
    assert telephony().dial(call=call, by=agent, phone="main") == attempt
    assert TelephonyCommand.objects.count() == 1


def test_every_verb_is_a_command(switch: Switch, agent: User, call: Call) -> None:
    adviser, system = person("adviser"), telephony()
    attempt = system.dial(call=call, by=agent, phone="main")
    system.hold(attempt=attempt, by=agent)
    system.resume(attempt=attempt, by=agent)
    system.transfer(attempt=attempt, to=adviser, by=agent)
    system.conference(attempt=attempt, to=adviser, by=agent)
    system.connected(attempt=attempt, by=agent)
    system.end(attempt=attempt, by=agent)
    system.answer(ref="in-1", by=agent)
    assert commands.send_due() == 7
    said = [
        (one["command"], one["ref"] == attempt.telephony_ref, one.get("to"), one.get("record")) for one in switch.heard
    ]
    assert sorted(said) == sorted([
        ("dial", True, None, None), ("hold", True, None, None), ("resume", True, None, None),
        ("transfer", True, adviser.staff_no, None), ("conference", True, adviser.staff_no, True),
        ("end", True, None, None), ("answer", False, None, None),
    ])  # fmt: skip


def test_what_is_not_heard_is_said_again_later_each_time(switch: Switch, agent: User) -> None:
    command = commands.ask(CommandVerb.HOLD, ref="x", by=agent, said={})
    switch.troubles = [posting.Away("HTTP 503"), posting.Away("timeout")]
    assert not commands.send(command.pk, at=at(0))
    assert not commands.send(command.pk, at=at(1))  # too soon
    assert not commands.send(command.pk, at=at(3))
    assert commands.send(command.pk, at=at(8))
    command.refresh_from_db()
    assert (command.state, command.tries, len(switch.heard)) == ("sent", 3, 1)


def test_a_client_is_not_dialled_minutes_later(switch: Switch, agent: User, call: Call) -> None:
    attempt = telephony().dial(call=call, by=agent, phone="main")
    command = TelephonyCommand.objects.get()
    switch.troubles = [posting.Away("away")]
    commands.send(command.pk, at=at(0))
    commands.send_due(at=at(120))
    command.refresh_from_db()
    assert (command.state, command.error, switch.heard) == ("failed", "away", [])
    failed = Event.objects.get(name=commands.FAILED)
    assert failed.payload == {"command": command.pk, "ref": attempt.telephony_ref, "verb": "dial"}
    deliver_event(failed.pk, at=at(120))
    notice = Notice.objects.get(user=agent)
    assert (notice.is_loud, notice.url) == (True, f"/calls/{call.pk}/")
    assert "away" not in notice.text, "the name of a fault means nothing to whoever reads it"


def test_a_no_is_a_no(switch: Switch, agent: User) -> None:
    command = commands.ask(CommandVerb.HOLD, ref="x", by=agent, said={})
    switch.troubles = [posting.Refused("HTTP 404")]
    commands.send(command.pk)
    commands.send_due(at=at(60))
    command.refresh_from_db()
    assert (command.state, command.tries) == ("failed", 1)


def test_a_worker_killed_while_posting_is_followed_by_another(switch: Switch, agent: User) -> None:
    command = commands.ask(CommandVerb.HOLD, ref="x", by=agent, said={})
    assert commands._take(command.pk, at(0)) is not None
    assert commands.send_due(at=at(10)) == 0
    assert commands.send_due(at=at(25)) == 1


@pytest.mark.parametrize("name", ["manual", "webhook"])
def test_only_who_holds_the_call_speaks_for_its_line(name: str, settings: Any, agent: User, call: Call) -> None:
    settings.TELEPHONY_ADAPTER = name
    system: Telephony = telephony()
    attempt = system.dial(call=call, by=agent, phone="main")
    stranger = person("call_centre_agent")
    for verb in (system.hold, system.resume, system.end):
        with pytest.raises(NotHeld):
            verb(attempt=attempt, by=stranger)
    assert not TelephonyEvent.objects.exists()
    assert TelephonyCommand.objects.exclude(verb="dial").count() == 0


def test_by_hand_the_person_says_what_happens(settings: Any, agent: User, call: Call) -> None:
    settings.TELEPHONY_ADAPTER = "manual"
    system = telephony()
    assert not system.dials
    attempt = system.dial(call=call, by=agent, phone="main", at=at(0))
    system.connected(attempt=attempt, by=agent, at=at(5))
    system.hold(attempt=attempt, by=agent, at=at(20))
    system.resume(attempt=attempt, by=agent, at=at(30))
    system.transfer(attempt=attempt, to=person("adviser"), by=agent, at=at(40))
    system.end(attempt=attempt, by=agent, at=at(65))
    attempt.refresh_from_db()
    assert (attempt.answered_at, attempt.ended_at) == (at(5), at(65))
    assert (attempt.talk_seconds, attempt.hold_seconds) == (60, 10)
    assert [event.kind for event in TelephonyEvent.objects.order_by("sequence")] == [
        "answered", "held", "resumed", "transferred", "ended",
    ]  # fmt: skip
    assert not TelephonyCommand.objects.exists()


def test_a_letter_is_begun_without_dialling_and_ended_by_hand(switch: Switch, agent: User) -> None:
    call = claimed(agent, client=client(phone=""), form="letter")
    attempt = telephony().dial(call=call, by=agent, phone="main")
    assert (attempt.form, attempt.telephony_ref) == ("letter", "")
    telephony().end(attempt=attempt, by=agent)
    attempt.refresh_from_db()
    assert attempt.ended_at is not None
    assert not TelephonyCommand.objects.exists()


def test_who_has_no_phone_or_wants_no_calls_is_not_dialled(switch: Switch, agent: User) -> None:
    with pytest.raises(ValidationError):
        telephony().dial(call=claimed(agent, client=client(phone="")), by=agent, phone="main")
    unwilling = claimed(agent, client=client(phone="13912345679"))
    WishesFactory(client=unwilling.client, opt_outs=["phone"])
    with pytest.raises(PermissionDenied):
        telephony().dial(call=unwilling, by=agent, phone="main")
    assert not TelephonyCommand.objects.exists()


@pytest.mark.parametrize("trouble", [posting.Away("TimeoutError"), posting.Refused("HTTP 400")])
def test_hanging_up_ends_the_try_though_the_telephone_system_is_away(
    switch: Switch, agent: User, call: Call, trouble: Exception
) -> None:
    attempt = telephony().dial(call=call, by=agent, phone="main")
    telephony().end(attempt=attempt, by=agent, at=at(30))
    switch.troubles = [trouble]
    commands.send(TelephonyCommand.objects.get(verb="end").pk, at=at(30))
    attempt.refresh_from_db()
    assert attempt.ended_at == at(30)
    assert not Call.objects.get(pk=call.pk).live


def test_a_call_that_is_taken_away_is_hung_up(switch: Switch, agent: User, call: Call) -> None:
    attempt = telephony().dial(call=call, by=agent, phone="main")
    leave_lines(calls=[call.pk], by=agent, at=at(10))
    deliver_event(Event.objects.get(name=LINE_LEFT).pk, at=at(10))
    assert TelephonyCommand.objects.get(verb="end").ref == attempt.telephony_ref


def test_what_happened_is_told_in_words(switch: Switch, agent: User, call: Call) -> None:
    telephony().dial(call=call, by=agent, phone="main")
    commands.send_due(at=at(120))
    deliver_event(Event.objects.get(name=commands.FAILED).pk, at=at(120))
    assert "expired" not in Notice.objects.get(user=agent).text.lower()
