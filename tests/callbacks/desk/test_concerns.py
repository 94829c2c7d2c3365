"""Concerns: opened again by new words, about whom they presumably are, the list with its branch and its log."""

from __future__ import annotations

import uuid

import pytest

from callbacks.calls.answers import save_answer
from callbacks.calls.choices import ConcernKind, ConcernState
from callbacks.calls.concerns import acknowledge_concern, raise_concern, voice_complaint
from callbacks.calls.models import Concern
from callbacks.enquiries.services import open_enquiry
from callbacks.enquiries.writing import Written
from crm.audit.models import ReadLog
from crm.messaging.models import Notice
from crm.organisation.models import Unit, User
from tests.callbacks.held import Given
from tests.clients.desk.helpers import get
from tests.factories.calls import ConcernFactory
from tests.factories.clients import client
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def test_new_words_open_it_again(held: Given, clerk: User) -> None:
    one, risk = held(), person("risk_control", name="钱风控")
    known = raise_concern(kind=ConcernKind.MOVEMENT, call=one, said="甲", by=clerk)
    acknowledge_concern(concern=known, note="已约谈", by=risk)

    assert raise_concern(kind=ConcernKind.MOVEMENT, call=one, said="甲", by=clerk).state == ConcernState.ACKNOWLEDGED
    again = raise_concern(kind=ConcernKind.MOVEMENT, call=one, said="乙", by=clerk)

    assert (again.pk, again.state, again.acknowledged_by) == (known.pk, ConcernState.OPEN, None)
    page = get(risk, f"/calls/concerns/{known.pk}/").content.decode()
    assert "钱风控: 已约谈" in page
    assert "new words came since" in page
    assert acknowledge_concern(concern=again, note="再谈", by=risk).acknowledged_note == "钱风控: 已约谈\n再谈"


def test_about_whom_is_presumed(held: Given, clerk: User, branch: Unit) -> None:
    manager = person("customer_manager", branch, name="孙经理")
    one, other = held(client=client(branch=branch, manager=manager)), held(client=client(branch=branch))
    for call in (one, other):
        save_answer(call=call, question="own_wish", value="no", by=clerk)
    voiced = voice_complaint(call=one, said="服务差", by=clerk)

    raised = Concern.objects.get(call=one, kind=ConcernKind.CRITICAL_ANSWER)
    assert (raised.about, voiced.about) == (manager, None)
    assert Concern.objects.get(call=other).about is None
    page = get(person("compliance"), f"/calls/concerns/{raised.pk}/").content.decode()
    assert "Presumed from the question" in page
    assert "孙经理" in page


def test_an_enquiry_shows_its_branch_and_reading_is_put_down(clerk: User, branch: Unit) -> None:
    asked = Written(kind="complaint", question="佣金多收了")
    open_enquiry(written=asked, key=uuid.uuid4(), client=client(branch=branch), by=clerk)
    open_enquiry(written=asked, key=uuid.uuid4(), by=clerk)  # of nobody we know: the branch in which it was taken
    compliance = person("compliance")

    lines = get(compliance, "/calls/concerns/").context["lines"]

    assert [line.concern.branch for line in lines] == [branch, branch]
    assert all(line.branch for line in lines)
    read = ReadLog.objects.get(by=compliance, subject="concern")
    assert (read.kind, read.rows) == ("page", 2)


def test_both_who_take_up_movements_are_told_in_their_language(held: Given, clerk: User) -> None:
    risk, centre = person("risk_control", language="en"), person("operations_centre")

    raise_concern(kind=ConcernKind.MOVEMENT, call=held(), said="甲", by=clerk)

    assert Notice.objects.get(user=risk).text.startswith("A check of an abnormal movement")
    assert "客户" in Notice.objects.get(user=centre).text


def test_operations_centre_sees_movements_alone() -> None:
    movement, _critical = ConcernFactory(kind=ConcernKind.MOVEMENT), ConcernFactory()
    seen = get(person("operations_centre"), "/calls/concerns/").context["lines"]
    assert [line.concern.pk for line in seen] == [movement.pk]
