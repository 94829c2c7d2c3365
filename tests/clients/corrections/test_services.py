"""Proposed by one, decided by another, taken back by the first; each in scope, each with history."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from clients.corrections import services, values
from clients.corrections.choices import CorrectedField
from clients.corrections.models import Correction
from clients.profile.models import Client
from crm.events.models import Event
from crm.messaging.models import Notice
from crm.organisation.models import Unit, User
from tests.factories.care import correction
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def test_a_proposal_is_sealed_and_waits(one: Client, clerk: User) -> None:
    made = correction(one, clerk, "139 0000 1111")

    made.refresh_from_db()
    assert (made.state, made.old_masked, made.new_masked) == ("proposed", "138****5678", "139****1111")
    assert b"13900001111" not in bytes(made.new_sealed or b"")
    assert values.open_value("phone", made.new_sealed) == "139 0000 1111"
    assert Event.objects.get(name=services.PROPOSED).payload == {"correction": made.pk}
    history = made.events.get()  # type: ignore[attr-defined]
    assert (history.pgh_context["staff_no"], history.pgh_context["reason"]) == (clerk.staff_no, "客户出示证件")
    one.refresh_from_db()
    assert one.phone_masked == "138****5678"


def test_a_double_click_proposes_once(one: Client, clerk: User) -> None:
    assert correction(one, clerk).pk == correction(one, clerk).pk
    assert Correction.objects.count() == 1


def test_one_at_a_time_for_each_field(one: Client, clerk: User, director: User) -> None:
    correction(one, clerk)
    with pytest.raises(ValidationError, match="still open"):
        correction(one, clerk, "13700001111")
    with pytest.raises(ValidationError, match="still open"):
        correction(one, director)
    correction(one, clerk, "zhang@example.com", "email")
    assert Correction.objects.count() == 2


def test_what_is_there_already_is_no_correction(one: Client, clerk: User) -> None:
    with pytest.raises(ValidationError, match="has already"):
        correction(one, clerk, "+86 138-1234-5678")


def test_a_field_can_be_cleared(one: Client, clerk: User) -> None:
    made = correction(one, clerk, "")
    assert (made.new_sealed, made.new_digest, made.new_masked) == (None, None, "")


def test_a_reason_is_wanted(one: Client, clerk: User) -> None:
    with pytest.raises(ValidationError, match="how you know"):
        services.propose_correction(client=one, field=CorrectedField.PHONE, value="13900001111", reason="  ", by=clerk)


def test_who_may_propose(one: Client, here: Unit) -> None:
    with pytest.raises(PermissionDenied):
        correction(one, person("auditor"))
    with pytest.raises(Client.DoesNotExist):
        correction(one, person("counter_clerk"))
    with pytest.raises(Client.DoesNotExist):
        correction(one, person("customer_manager", here))


def test_a_second_person_approves(one: Client, clerk: User, director: User) -> None:
    made = services.decide_correction(correction=correction(one, clerk), approve=True, by=director)

    assert (made.state, made.decided_by, made.decision_note) == ("approved", director, "")
    assert Event.objects.get(name=services.DECIDED).payload == {"correction": made.pk, "approved": True}


def test_a_rejection_says_why(one: Client, clerk: User, director: User) -> None:
    made = correction(one, clerk)
    with pytest.raises(ValidationError, match="Say why"):
        services.decide_correction(correction=made, approve=False, note=" ", by=director)
    done = services.decide_correction(correction=made, approve=False, note="证件看不清", by=director)
    assert (done.state, done.decision_note) == ("rejected", "证件看不清")
    notice = Notice.objects.get()
    assert (notice.user, notice.url) == (clerk, f"/corrections/{made.pk}/")
    assert "证件看不清" in notice.text


def test_nobody_decides_his_own(one: Client, director: User) -> None:
    made = correction(one, director)
    with pytest.raises(PermissionDenied, match="yourself"):
        services.decide_correction(correction=made, approve=True, by=director)
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.filter(pk=made.pk).update(decided_by=director, decided_at=made.proposed_at)


def test_who_may_decide(one: Client, clerk: User) -> None:
    made = correction(one, clerk)
    with pytest.raises(PermissionDenied):
        services.decide_correction(correction=made, approve=True, by=person("counter_clerk", one.branch))
    with pytest.raises(Correction.DoesNotExist):
        services.decide_correction(correction=made, approve=True, by=person("operations_director"))


def test_a_decision_is_final(one: Client, clerk: User, director: User) -> None:
    made = services.decide_correction(correction=correction(one, clerk), approve=True, by=director)
    with pytest.raises(ValidationError, match="no longer waiting"):
        services.decide_correction(correction=made, approve=False, note="x", by=person("general_manager", one.branch))


def test_taken_back_by_who_proposed_it(one: Client, clerk: User, director: User) -> None:
    made = correction(one, clerk)
    with pytest.raises(PermissionDenied):
        services.withdraw_correction(correction=made, by=director)
    assert services.withdraw_correction(correction=made, by=clerk).state == "withdrawn"
    assert services.withdraw_correction(correction=made, by=clerk).state == "withdrawn"
    with pytest.raises(ValidationError, match="no longer waiting"):
        services.decide_correction(correction=made, approve=True, by=director)
    assert correction(one, clerk).pk != made.pk
