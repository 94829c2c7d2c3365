from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import translation

from crm.audit import services
from crm.audit.selectors import history_of
from crm.history import carry_context
from crm.jobs import registry
from crm.jobs import services as jobs
from crm.jobs.work import Work
from crm.organisation.models import Appointment, Unit
from tests.factories import clients, people, units
from tests.factories.calls import ScriptVersionFactory

pytestmark = pytest.mark.django_db


def contexts(unit: Unit) -> list[Any]:
    related: Any = unit
    return [event.pgh_context for event in related.events.order_by("pgh_id")]


class TestActing:
    def test_who_and_why(self) -> None:
        by = people.person()
        with services.acting(by=by, reason="moved house", ticket="T1"):
            unit = units.branch()
        assert contexts(unit) == [{"user": by.pk, "staff_no": by.staff_no, "reason": "moved house", "ticket": "T1"}]

    def test_the_system(self) -> None:
        with services.acting(by=None, reason="nightly"):
            unit = units.branch(parent=None)
        assert contexts(unit) == [{"user": None, "reason": "nightly"}]

    def test_acting_for_an_absent_colleague(self) -> None:
        head, deputy = people.person("general_manager"), people.person("counter_clerk")
        people.StandInFactory(absent=head, deputy=deputy)
        with services.acting(by=deputy):
            unit = units.branch()
        assert contexts(unit)[0]["acting_for"] == [head.staff_no]

    def test_inner_words_end_with_the_inner_block(self) -> None:
        by = people.person()
        with services.acting(by=by, reason="outer"):
            with services.acting(by=None, reason="inner"):
                first = units.branch()
            second = units.branch()
        assert contexts(first)[0]["reason"] == "inner"
        assert contexts(first)[0]["user"] is None
        assert contexts(second)[0] == {"user": by.pk, "staff_no": by.staff_no, "reason": "outer"}

    def test_nothing_outside(self) -> None:
        """Not even later in the same transaction, where the settings would still hold."""
        with services.acting(by=None, reason="over"):
            units.branch()
        assert contexts(units.branch()) == [None]

    def test_a_job_carries_who_asked(self) -> None:
        def run(work: Work) -> None:
            units.branch(code="MADE")

        by = people.person()
        registry.runner("test.audit")(run)
        try:
            job = jobs.request("test.audit", "k", by=by)
            jobs.run(job.pk)
        finally:
            registry.forget("test.audit")
        context = contexts(Unit.objects.get(code="MADE"))[0]
        assert (context["staff_no"], context["job"], context["reason"]) == (by.staff_no, job.pk, "test.audit k")


class TestSetBased:
    """The context must reach SQL that never passes through the ORM."""

    def test_insert_select_and_with(self) -> None:
        units.branch(code="A", parent=None)
        with services.acting(by=None, reason="copied"), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO crm_unit (kind, code, name, province, city, phone, email, is_active)"
                " SELECT kind, code || '2', name, '', '', '', '', true FROM crm_unit WHERE code = 'A'"
            )
            cursor.execute(
                "WITH a AS (SELECT * FROM crm_unit WHERE code = 'A')"
                " UPDATE crm_unit SET name = 'new' FROM a WHERE crm_unit.id = a.id"
            )
        assert contexts(Unit.objects.get(code="A2"))[0]["reason"] == "copied"
        assert contexts(Unit.objects.get(code="A"))[1]["reason"] == "copied"

    def copy_in(self, code: str) -> None:
        line = f"branch\t{code}\tcopied\t\t\t\t\tt\n"
        with connection.cursor() as cursor:
            raw: Any = cursor.cursor
            raw.copy_expert(
                "COPY crm_unit (kind, code, name, province, city, phone, email, is_active) FROM STDIN",
                io.StringIO(line),
            )

    def test_copy(self) -> None:
        with services.acting(by=None, reason="by copy"):
            carry_context()
            self.copy_in("C1")
        assert contexts(Unit.objects.get(code="C1"))[0]["reason"] == "by copy"

    def test_copy_without_a_context_is_nobodys(self) -> None:
        with services.acting(by=people.person(), reason="before"):
            units.branch()
        self.copy_in("C2")
        assert contexts(Unit.objects.get(code="C2")) == [None]


class TestHistoryOf:
    def test_field_by_field_newest_first(self) -> None:
        by = people.person(name="王敏")
        region = units.RegionFactory(name="华东分公司")
        unit = units.branch(name="旧名", parent=None, city="")
        with services.acting(by=by, reason="renamed"):
            Unit.objects.filter(pk=unit.pk).update(name="新名", parent=region, is_active=False)
        with translation.override("en"):
            newest, oldest = history_of(unit)
        assert (newest.by, newest.reason) == (f"王敏 ({by.staff_no})", "renamed")
        assert [(change.before, change.after) for change in newest.fields] == [
            ("旧名", "新名"),
            ("", "华东分公司"),
            ("yes", "no"),
        ]
        assert (newest.kind, oldest.kind) == ("Changed", "Created")
        assert "旧名" in [change.after for change in oldest.fields]
        assert oldest.fields[0].before == ""

    def test_personal_data_show_masked_only(self) -> None:
        client = clients.client(phone="13812341234")
        shown = [change for entry in history_of(client) for change in entry.fields]
        assert any(change.after == "138****1234" for change in shown)
        assert not any("13812341234" in change.after for change in shown)

    def test_choices_by_their_label(self) -> None:
        client = clients.client(status="suspended")
        labels = [change.after for change in history_of(client)[0].fields]
        assert "suspended" not in labels

    def test_json_as_it_is(self) -> None:
        version = ScriptVersionFactory(content={"questions": []})
        assert '{"questions": []}' in [change.after for change in history_of(version)[0].fields]

    def test_changes_of_columns_without_history_are_not_shown(self) -> None:
        user = people.person()
        user.set_password("another-good-one")
        user.save()
        assert [change.fields != () for change in history_of(user)] == [True]

    def test_query_budget(self, django_assert_max_num_queries: Any) -> None:
        held = people.AppointmentFactory()
        for number in range(20):
            by = people.person()
            with services.acting(by=by), transaction.atomic():
                Appointment.objects.filter(pk=held.pk).update(unit=units.branch(code=f"Q{number}"))
        with django_assert_max_num_queries(4):
            assert len(history_of(held)) == 21

    def test_at_most(self) -> None:
        unit = units.branch()
        for name in "ABC":
            Unit.objects.filter(pk=unit.pk).update(name=name)
        found = history_of(unit, most=2)
        assert [change.fields[0].after for change in found] == ["C", "B"]
        assert [change.fields[0].before for change in found] == ["B", "A"]
