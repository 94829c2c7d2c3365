"""Note and finding: saved as typed; what concerns risk control is reported and told when the call ends."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from callbacks.calls.concerns import acknowledge_concern, voice_complaint
from callbacks.calls.holding import NotHeld
from callbacks.calls.models import Call, Concern
from callbacks.calls.notes import NotedMeanwhile, save_finding, save_note
from callbacks.calls.outcomes import finish
from crm.events.models import Event
from crm.messaging.models import Notice
from crm.organisation.models import Unit, User
from tests.callbacks.held import MORNING, Given, code
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def test_the_note_is_kept_and_its_revision_grows(held: Given, clerk: User) -> None:
    call = held()
    saved = save_note(call=call, note="资金用于购房", revision=0, by=clerk)
    again = save_note(call=call, note="资金用于购房", revision=0, by=clerk)
    assert (saved.note, saved.revision, again.revision) == ("资金用于购房", 1, 1)


def test_a_second_window_does_not_overwrite_the_note(held: Given, clerk: User) -> None:
    call = held()
    save_note(call=call, note="甲", revision=0, by=clerk)
    with pytest.raises(NotedMeanwhile) as conflict:
        save_note(call=call, note="乙", revision=0, by=clerk)
    assert conflict.value.stored.note == "甲"
    assert Call.objects.get(pk=call.pk).note == "甲"


def test_nobody_else_writes_the_note(held: Given, branch: Unit) -> None:
    with pytest.raises(NotHeld):
        save_note(call=held(), note="甲", revision=0, by=person("callback_clerk", branch))


def test_an_endless_note_is_refused(held: Given, clerk: User) -> None:
    with pytest.raises(ValidationError):
        save_note(call=held(), note="长" * 5001, revision=0, by=clerk)


def test_a_finding_for_risk_control_is_reported_and_told_once(held: Given, clerk: User) -> None:
    call, officer = held(), person("risk_control")
    saved = save_finding(call=call, finding="misuse", note="", revision=0, by=clerk)
    save_finding(call=call, finding="misuse", note="他人操作", revision=saved.revision, by=clerk)
    assert not Concern.objects.exists()
    finish(call=call, outcome=code("refused"), by=clerk, at=MORNING)
    concern = Concern.objects.get(call=call)
    assert concern.kind == "movement"
    assert "他人操作" in concern.said
    assert Event.objects.filter(name="movement.reported").count() == 1
    assert Notice.objects.filter(user=officer, is_loud=True).count() == 1


def test_what_was_chosen_on_the_way_is_nobodys_report(held: Given, clerk: User) -> None:
    call = held()
    saved = save_finding(call=call, finding="misuse", note="", revision=0, by=clerk)
    save_finding(call=call, finding="own_decision", note="", revision=saved.revision, by=clerk)
    finish(call=call, outcome=code("refused"), by=clerk, at=MORNING)
    assert not Concern.objects.filter(call=call, kind="movement").exists()


def test_only_movements_have_a_finding(held: Given, clerk: User) -> None:
    call = held(kind="core", reason={"kind": "core"})
    with pytest.raises(ValidationError):
        save_finding(call=call, finding="own_decision", note="", revision=0, by=clerk)


def test_a_complaint_is_kept_and_what_is_added_to_it(held: Given, clerk: User) -> None:
    call = held()
    voice_complaint(call=call, said="佣金太高", by=clerk)
    voice_complaint(call=call, said="佣金太高", by=clerk)
    voice_complaint(call=call, said="没人接电话", by=clerk)
    concern = Concern.objects.get(call=call, kind="complaint")
    assert concern.said.splitlines() == ["佣金太高", "没人接电话"]
    assert Event.objects.filter(name="complaint.voiced").count() == 2


def test_a_complaint_needs_words(held: Given, clerk: User) -> None:
    with pytest.raises(ValidationError):
        voice_complaint(call=held(), said="  ", by=clerk)


def test_risk_control_takes_up_a_movement_and_nobody_else(held: Given, clerk: User) -> None:
    call, officer = held(), person("risk_control")
    save_finding(call=call, finding="misuse", note="", revision=0, by=clerk)
    finish(call=call, outcome=code("refused"), by=clerk, at=MORNING)
    concern = Concern.objects.get(call=call)
    with pytest.raises(PermissionDenied):
        acknowledge_concern(concern=concern, note="", by=clerk)
    acknowledge_concern(concern=concern, note="已联系", by=officer)
    acknowledge_concern(concern=concern, note="已联系", by=officer)
    concern.refresh_from_db()
    assert (concern.state, concern.acknowledged_by, concern.acknowledged_note) == ("acknowledged", officer, "已联系")
    with pytest.raises(ValidationError):
        acknowledge_concern(concern=concern, note="", by=person("risk_control"))


def test_a_complaint_is_taken_up_elsewhere(held: Given, clerk: User) -> None:
    concern = voice_complaint(call=held(), said="佣金太高", by=clerk)
    with pytest.raises(PermissionDenied):
        acknowledge_concern(concern=concern, note="", by=person("risk_control"))
