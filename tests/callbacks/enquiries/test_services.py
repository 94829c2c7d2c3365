"""Enquiries: opened once, written by who answers for them, joined to a client, closed into his file."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from callbacks.calls.models import Concern
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.services import ChangedMeanwhile, close_enquiry, join_client, open_enquiry, write_enquiry
from callbacks.enquiries.writing import Written
from clients.contacts.models import FollowUp, ServiceRecord
from clients.profile.models import Client
from clients.segmentation.models import Standing
from crm.events.models import Event
from crm.organisation.models import User
from crm.workflow.models import Transition
from tests.callbacks.enquiries.conftest import ASKED
from tests.factories.clients import client
from tests.factories.people import person

pytestmark = pytest.mark.django_db
SOON = dt.timedelta(hours=3)


def promised(what: str = "回电告知结果") -> dict[str, Any]:
    return {"promised": what, "due_at": (timezone.now() + SOON).replace(second=0, microsecond=0)}


class TestOpen:
    def test_whoever_is_asked_first_answers_for_it(self, agent: User, one: Client) -> None:
        made = open_enquiry(written=ASKED, key=uuid.uuid4(), client=one, by=agent)
        assert (made.state, made.owner, made.taken_by, made.branch_id) == ("taken", agent, agent, one.branch_id)
        assert made.enquiry_no == f"E{timezone.localdate():%y%m%d}-{made.pk}"
        assert Event.objects.filter(name="enquiry.opened", payload__client=one.pk).count() == 1

    def test_a_double_click_makes_one(self, agent: User, other: User) -> None:
        key = uuid.uuid4()
        first = open_enquiry(written=ASKED, key=key, by=agent)
        assert open_enquiry(written=ASKED, key=key, by=agent) == first
        assert Event.objects.filter(name="enquiry.opened").count() == 1
        with pytest.raises(PermissionDenied):
            open_enquiry(written=ASKED, key=key, by=other)

    def test_of_a_caller_nobody_knows_the_number_is_sealed(self, agent: User, centre: Any) -> None:
        made = open_enquiry(written=Written(caller_name=" 王 先生 "), key=uuid.uuid4(), phone="13900005678", by=agent)
        assert (made.client, made.caller_name, made.phone_masked) == (None, "王 先生", "139****5678")
        assert b"13900005678" not in bytes(made.phone_sealed or b"")
        assert (made.unit, made.branch) == (centre, centre)

    @pytest.mark.parametrize(
        ("tier", "line", "vip"),
        [("diamond", "", True), ("platinum", "", True), ("gold", "", False), ("gold", "vip", True)],
    )
    def test_who_is_vip(self, agent: User, one: Client, tier: str, line: str, vip: bool) -> None:
        Standing.objects.filter(client=one).update(tier=tier)
        assert open_enquiry(written=ASKED, key=uuid.uuid4(), client=one, line=line, by=agent).vip is vip

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"kind": "x"}, "kind"),
            ({"promised": "回电"}, "due_at"),
            ({"due_at": timezone.now() + SOON}, "promised"),
            ({"promised": "回电", "due_at": timezone.now() - SOON}, "due_at"),
            ({"kind": "complaint", "question": " "}, "question"),
        ],
    )
    def test_refused(self, agent: User, wrong: dict[str, Any], field: str) -> None:
        with pytest.raises(ValidationError) as refusal:
            open_enquiry(written=replace(ASKED, **wrong), key=uuid.uuid4(), by=agent)
        assert list(refusal.value.message_dict) == [field]
        with pytest.raises(ValidationError):
            open_enquiry(written=ASKED, key=uuid.uuid4(), phone="12", by=agent)
        assert not Enquiry.objects.exists()

    def test_who_may_not(self, one: Client) -> None:
        for role in ("auditor", "administrator", "region_head"):
            with pytest.raises(PermissionDenied):
                open_enquiry(written=ASKED, key=uuid.uuid4(), client=one, by=person(role))


class TestWrite:
    def test_kept_with_the_revision_that_was_opened(self, taken: Enquiry, agent: User) -> None:
        assert write_enquiry(enquiry=taken, written=ASKED, revision=1, by=agent).revision == 2
        assert write_enquiry(enquiry=taken, written=ASKED, revision=1, by=agent).revision == 2
        with pytest.raises(ChangedMeanwhile) as conflict:
            write_enquiry(enquiry=taken, written=replace(ASKED, answer="别的"), revision=1, by=agent)
        assert conflict.value.stored.answer == ASKED.answer

    def test_by_who_answers_for_it_alone(self, taken: Enquiry, agent: User, other: User) -> None:
        with pytest.raises(PermissionDenied):
            write_enquiry(enquiry=taken, written=ASKED, revision=1, by=other)
        close_enquiry(enquiry=taken, written=ASKED, revision=1, by=agent)
        with pytest.raises(ValidationError):
            write_enquiry(enquiry=taken, written=replace(ASKED, answer="别的"), revision=2, by=agent)

    def test_a_complaint_is_kept_once_whatever_follows(self, taken: Enquiry, agent: User, one: Client) -> None:
        complaint = Written(kind="complaint", question="佣金多收了")
        for revision, written in ((1, complaint), (2, replace(complaint, answer="已记录"))):
            write_enquiry(enquiry=taken, written=written, revision=revision, by=agent)
        concern = Concern.objects.get()
        assert (concern.kind, concern.said, concern.client, concern.enquiry) == ("complaint", "佣金多收了", one, taken)
        assert Event.objects.filter(name="complaint.voiced", payload__concern=concern.pk).count() == 1


class TestPromise:
    def test_stands_among_the_promises_to_the_client_and_is_kept_with_the_enquiry(
        self, taken: Enquiry, agent: User, one: Client
    ) -> None:
        written = replace(ASKED, **promised())
        write_enquiry(enquiry=taken, written=written, revision=1, by=agent)
        owed = FollowUp.objects.get()
        assert (owed.client, owed.what, owed.owner, owed.state) == (one, "回电告知结果", agent, "open")

        write_enquiry(enquiry=taken, written=replace(written, promised="发送说明"), revision=2, by=agent)
        owed.refresh_from_db()
        assert owed.state == "dropped"
        anew = FollowUp.objects.get(state="open")
        assert anew.what == "发送说明"

        close_enquiry(enquiry=taken, written=replace(written, promised="发送说明"), revision=3, by=agent)
        anew.refresh_from_db()
        assert (anew.state, anew.result) == ("done", ASKED.answer)

    def test_to_a_caller_nobody_knows_it_is_made_once_he_is_joined(self, agent: User, one: Client) -> None:
        made = open_enquiry(written=replace(ASKED, **promised()), key=uuid.uuid4(), by=agent)
        assert not FollowUp.objects.exists()
        join_client(enquiry=made, client=one, by=agent)
        assert FollowUp.objects.get().client == one


class TestJoin:
    def test_to_a_client_later(self, agent: User, other: User, one: Client) -> None:
        Standing.objects.filter(client=one).update(tier="diamond")
        made = open_enquiry(written=ASKED, key=uuid.uuid4(), by=agent)
        with pytest.raises(PermissionDenied):
            join_client(enquiry=made, client=one, by=other)
        for _ in range(2):
            joined = join_client(enquiry=made, client=one, by=agent)
        assert (joined.client, joined.branch_id, joined.vip) == (one, one.branch_id, True)
        assert Transition.objects.filter(workflow="callbacks.enquiry", verb="join").count() == 1

    def test_closed_already_its_record_goes_into_the_file(self, agent: User, one: Client) -> None:
        made = open_enquiry(written=replace(ASKED, caller_name="王先生"), key=uuid.uuid4(), by=agent)
        closed = close_enquiry(enquiry=made, written=replace(ASKED, caller_name="王先生"), revision=1, by=agent)
        assert closed.record is not None
        assert (closed.record.client, "王先生" in closed.record.summary) == (None, True)
        join_client(enquiry=closed, client=one, by=agent)
        assert ServiceRecord.objects.get().client == one
        with pytest.raises(PermissionDenied):
            join_client(enquiry=closed, client=client(), by=agent)

    def test_a_complaint_stays_with_its_client(self, taken: Enquiry, agent: User) -> None:
        write_enquiry(enquiry=taken, written=Written(kind="complaint", question="多收"), revision=1, by=agent)
        with pytest.raises(ValidationError):
            join_client(enquiry=taken, client=client(), by=agent)


class TestClose:
    def test_into_the_timeline_once(self, taken: Enquiry, agent: User, one: Client) -> None:
        for _ in range(2):
            closed = close_enquiry(enquiry=taken, written=ASKED, revision=1, by=agent)
        record = ServiceRecord.objects.get()
        assert closed.record == record
        assert (record.client, record.topic, record.direction, record.channel) == (one, "银证转账", "inbound", "phone")
        assert record.summary == "转账限额是多少？\n单笔五十万元。"
        assert (closed.state, closed.closed_by) == ("closed", agent)
        assert Event.objects.filter(name="enquiry.closed").count() == 1

    @pytest.mark.parametrize("missing", ["kind", "question", "answer"])
    def test_not_before_it_is_complete(self, taken: Enquiry, agent: User, missing: str) -> None:
        emptied: dict[str, Any] = {missing: ""}
        with pytest.raises(ValidationError) as refusal:
            close_enquiry(enquiry=taken, written=replace(ASKED, **emptied), revision=1, by=agent)
        assert list(refusal.value.message_dict) == [missing]
        taken.refresh_from_db()
        assert (taken.state, taken.revision) == ("taken", 1)

    def test_a_complaint_needs_no_answer_here(self, taken: Enquiry, agent: User) -> None:
        written = Written(kind="complaint", question="佣金多收了")
        assert close_enquiry(enquiry=taken, written=written, revision=1, by=agent).state == "closed"
        assert ServiceRecord.objects.get().outcome == "Passed on"
