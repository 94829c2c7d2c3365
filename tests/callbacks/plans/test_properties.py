"""The making against its plain twin, on random firms; also over holidays and in a year that is only provisional."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbacks.calls.models import Call, CallReason
from callbacks.plans.making import make as make_calls
from callbacks.plans.models import Making
from callbacks.plans.occasions import of_run
from clients.profile.models import Client
from crm.organisation.models import Unit, User
from crm.worktime.arithmetic import SHANGHAI
from crm.worktime.calendars import calendar
from tests.callbacks.plans import twin
from tests.callbacks.plans.runs import alert, entered, flow, run_of
from tests.callbacks.plans.test_making import plan_for
from tests.factories.calls import CallFactory, ReasonFactory, ScriptFactory
from tests.factories.clients import WishesFactory, client
from tests.factories.people import UserFactory
from tests.factories.units import BranchFactory

pytestmark = pytest.mark.django_db

DAYS = [
    dt.date(2026, 11, 24),  # an ordinary Tuesday
    dt.date(2026, 2, 12),  # before the Spring Festival, with a make-up Saturday after it
    dt.date(2026, 9, 29),  # before the National Day holidays
    dt.date(2029, 9, 28),  # a year whose holidays nobody knows yet
]
KINDS = st.sampled_from(["alert", "outflow", "trading", "inflow"])


@st.composite
def parties(draw: st.DrawFn) -> list[twin.Party]:
    """Up to seven clients of two branches."""
    found = []
    for number in range(draw(st.integers(1, 7))):
        kinds = draw(st.lists(KINDS, min_size=1, max_size=3))
        subjects = [
            twin.Subject(f"{place}", kind, draw(st.integers(1, 3)) * 100_000) for place, kind in enumerate(kinds)
        ]
        one = twin.Party(number=f"P{number}", branch=draw(st.sampled_from(["b1", "b2"])), subjects=subjects)
        one.manager, one.introducer = draw(st.sampled_from([("", ""), ("m1", ""), ("m1", "m2")]))
        one.closed, one.phone = draw(st.booleans()) and draw(st.booleans()), draw(st.sampled_from([True, True, False]))
        one.opt_outs = draw(st.sampled_from([(), (), ("phone",), ("marketing",), ("sms",)]))
        one.assets = draw(st.sampled_from([0, 500, 5_000_000]))
        one.past = draw(
            st.lists(st.tuples(st.sampled_from([0, 5, 40, 100]), st.sampled_from(["0", "1", "x"])), max_size=2)
        )
        one.past = [(days, name) for name, days in {name: days for days, name in one.past}.items()]
        one.reached = draw(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([10, 50, 60])), max_size=2))
        one.open_calls = [
            twin.OpenCall(place, unit, hold, assignee, rank)
            for place, (unit, hold, assignee, rank) in enumerate(
                draw(
                    st.lists(
                        st.tuples(
                            st.sampled_from(["b1", "b2"]),
                            st.sampled_from(["", "opt_out"]),
                            st.sampled_from(["", "m1", "clerk"]),
                            st.sampled_from([40, 50, 70]),
                        ),
                        max_size=2,
                    )
                ),
                start=1,
            )
        ]
        found.append(one)
    return found


RULES = st.builds(
    twin.Rule,
    rank=st.sampled_from([20, 50]),
    share=st.sampled_from([Decimal(1), Decimal("0.5")]),
    seed=st.sampled_from(["a", "b"]),
    cap=st.sampled_from([None, 1, 2]),
    beyond=st.sampled_from(["later", "listed"]),
    cooldown=st.sampled_from([0, 30, 90]),
    quiet=st.sampled_from([0, 7]),
    regulated=st.booleans(),
    due_days=st.sampled_from([1, 5, 9]),
    min_assets=st.sampled_from([0, 500]),
)


class Firm:
    """The parties as rows."""

    def __init__(self, rule: twin.Rule, found: list[twin.Party], today: dt.date) -> None:
        self.at = dt.datetime.combine(today, dt.time(3), SHANGHAI)
        self.units: dict[str, Unit] = {name: BranchFactory() for name in ("b1", "b2")}
        self.people: dict[str, User] = {name: UserFactory() for name in ("m1", "m2", "clerk")}
        self.run = run_of(today - dt.timedelta(days=1))
        self.calls: dict[tuple[str, int], Call] = {}
        self.clients = {one.number: self.lay(one) for one in found}

    def lay(self, one: twin.Party) -> Client:
        laid = client(
            client_no=one.number, branch=self.units[one.branch], phone="13800000000" if one.phone else "",
            manager=self.people.get(one.manager), introducer=self.people.get(one.introducer),
            status="closed" if one.closed else "active",
        )  # fmt: skip
        WishesFactory(client=laid, opt_outs=list(one.opt_outs))
        entered(
            self.run,
            laid,
            "movement",
            average_assets=one.assets,
            reasons={"movements": [self.said(s) for s in one.subjects]},
        )
        for days, name in one.past:
            self.past(laid, one, days, name)
        over: dict[str, Any] = {"client": laid, "state": "done", "reached": True, "ready": False}
        for days, rank in one.reached:
            CallFactory(rank=rank, ended_at=self.at - dt.timedelta(days=days, minutes=1), **over)
        for call in one.open_calls:
            assignee = self.people.get(call.assignee)
            fields = {"unit": self.units[call.unit], "hold": call.hold, "assignee": assignee, "rank": call.rank}
            self.calls[one.number, call.key] = CallFactory(client=laid, due_at=self.at, **fields)
        return laid

    def past(self, laid: Client, one: twin.Party, days: int, name: str) -> None:
        """A reason of old: about a subject of today, or about another."""
        subject = next((self.subject(s) for s in one.subjects if s.name == name), f"other:{name}")
        ended = {"state": "met", "ended_at": self.at, "call": None, "client": laid}
        ReasonFactory(kind="movement", subject=subject, made_at=self.at - dt.timedelta(days=days, minutes=1), **ended)

    def said(self, one: twin.Subject) -> dict[str, str]:
        day = self.run.as_of - dt.timedelta(days=int(one.name))
        if one.kind == "alert":
            return alert(f"A{one.name}", day) | {"size": f"{one.size}"}
        return flow(day, one.size, one.kind)

    def subject(self, one: twin.Subject) -> str:
        said = self.said(one)
        return f"alert:{said['alert_no']}" if one.kind == "alert" else f"{one.kind}:{said['day']}:{said['size']}"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=RULES, found=parties(), today=st.sampled_from(DAYS))
def test_a_making_agrees_with_the_twin(rule: twin.Rule, found: list[twin.Party], today: dt.date) -> None:
    with transaction.atomic():
        check(rule, found, today)
        transaction.set_rollback(True)


def check(rule: twin.Rule, found: list[twin.Party], today: dt.date) -> None:
    firm = Firm(rule, found, today)
    named = [renamed(firm, one) for one in found]
    plan = plan_for(
        "movement", rank=rule.rank, share=rule.share, seed=rule.seed, cap=rule.cap, due_count=rule.due_days,
        overflow="sms" if rule.beyond == "listed" else "later", cooldown_days=rule.cooldown, quiet_days=rule.quiet,
        script=ScriptFactory(regulated=rule.regulated), filters={"min_assets": str(rule.min_assets)},
    )  # fmt: skip
    before = {call.pk: (call.rank, call.due_at) for call in Call.objects.filter(state="waiting")}
    making = make_calls(plan=plan, occasion=of_run(firm.run, today), at=firm.at)
    fates, calls = twin.make(rule, named, calendar(), today, today)
    assert making is not None
    counts = Counter(fates.values())
    assert {fate: number for fate, number in making.counts.items() if number and fate != "candidates"} == counts
    assert making.counts["candidates"] == len(fates)
    for (number, subject), fate in fates.items():
        reason = CallReason.objects.filter(client=firm.clients[number], subject=subject, making=making).first()
        assert (reason is not None) == (fate not in ("filtered", "cooling", "known", "sampled_out")), (number, subject)
        if fate in ("later", "listed"):
            assert reason is not None
            assert (reason.state, reason.call, "turn" in reason.facts) == ("listed", None, fate == "later")
    for number, wanted in calls.items():
        check_call(firm, number, wanted, making, before)


def renamed(firm: Firm, one: twin.Party) -> twin.Party:
    """The party with its subjects as the product names them."""
    names = {s.name: firm.subject(s) for s in one.subjects}
    one.past = [(days, names.get(name, f"other:{name}")) for days, name in one.past]
    one.subjects = [twin.Subject(names[s.name], s.kind, s.size) for s in one.subjects]
    return one


def check_call(
    firm: Firm, number: str, wanted: twin.Made, making: Making, before: dict[int, tuple[int, dt.datetime]]
) -> None:
    (call,) = Call.objects.filter(pk__in=making.reasons.filter(client__client_no=number).values("call"))
    people = {firm.people[name].pk for name in wanted.recused}
    if wanted.joined is not None:
        old_rank, old_due = before[call.pk]
        assert call.pk == firm.calls[number, wanted.joined].pk
        assert (call.rank, call.due_at) == (min(old_rank, making.plan.rank), min(old_due, wanted.due))
        assert people <= set(call.recused)
        return
    assert (call.hold, call.due_at, set(call.recused)) == (wanted.hold, wanted.due, people)
    assert (call.not_before, call.ready) == (wanted.not_before, not wanted.hold and wanted.not_before is None)
    assert call.unit == firm.clients[number].branch
