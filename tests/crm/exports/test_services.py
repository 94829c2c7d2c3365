"""Asking, releasing, making, taking: who may, what is told, and that nothing happens twice."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from crm.audit.models import ReadLog
from crm.events.models import Event
from crm.exports import files, services, sweep
from crm.exports.errors import ExportRefused
from crm.exports.models import Export
from crm.exports.queries import kept_query, opened_query
from crm.exports.workbook import MOST_ROWS
from crm.jobs.models import Job, JobState
from crm.organisation.models import Unit, User
from tests.crm.exports.lists import ask, cells, run
from tests.factories.kept import ExportFactory
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db


def events(name: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(name=name).values_list("payload", flat=True))


class TestAsking:
    def test_a_small_one_becomes_a_job_at_once(self, director: User) -> None:
        export = ask(director)

        assert (export.state, export.by, export.rows, export.title) == ("making", director, 1, "Units")
        assert Job.objects.get().params == {"export": export.pk}
        assert not events("export.waiting")

    def test_a_large_one_waits_for_a_second_person(self, director: User, small_limit: None) -> None:
        export = ask(director)

        assert export.state == "waiting"
        assert not Job.objects.exists()
        assert events("export.waiting") == [{"export": export.pk}]

    def test_the_limit_itself_needs_no_release(self, director: User, settings: Any) -> None:
        settings.EXPORT_RELEASE_ROWS = Unit.objects.branches().count()
        assert ask(director).state == "making"

    def test_the_same_form_asks_once(self, director: User, head: User) -> None:
        assert ask(director) == ask(director)
        assert Export.objects.count() == 1
        assert ask(director, key="another form") != ask(head)

    @pytest.mark.parametrize("role", ["customer_manager", "counter_clerk", "auditor", "administrator"])
    def test_without_the_permission(self, role: str) -> None:
        with pytest.raises(PermissionDenied, match="Take lists out as files"):
            ask(person(role))

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"reason": "curiosity"}, "what the file is for"),
            ({"reason": ""}, "what the file is for"),
            ({"query": "city=Atlantis"}, "nothing to take out"),
            ({"columns": ["password"]}, "no such column"),
            ({"picked": range(10_001)}, "ticked by hand"),
        ],
    )
    def test_what_cannot_be_taken_out(self, director: User, fields: dict[str, Any], words: str) -> None:
        with pytest.raises(ExportRefused, match=words):
            ask(director, **fields)
        assert not Export.objects.exists()

    def test_more_than_a_sheet_holds(self, director: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Unit.objects.all().__class__, "count", lambda _self: MOST_ROWS + 1)
        with pytest.raises(ExportRefused, match="do not fit into one sheet"):
            ask(director)

    def test_a_list_that_nobody_takes_out(self, director: User) -> None:
        with pytest.raises(ExportRefused, match="cannot be taken out"):
            services.request_export(
                by=director, list_name="x", query="", columns=[], reason="meeting", key="k", language="en"
            )

    def test_words_that_were_looked_for_are_sealed(self, director: User) -> None:
        export = ask(director, query="q=13812341234&sort=code")

        export.refresh_from_db()
        assert "13812341234" not in export.query
        assert opened_query(export.query) == "q=13812341234&sort=code"
        with connection.cursor() as cursor:
            cursor.execute("SELECT query FROM crm_exportevent")
            assert not any("13812341234" in row[0] for row in cursor.fetchall())

    def test_queries_come_back_as_they_were(self) -> None:
        for query in ("", "tier=gold&tier=silver&sort=-number", "q=%E5%BC%A0%26%3D&x="):
            assert opened_query(kept_query(query, ("q",))) == query


class TestDeciding:
    @pytest.fixture
    def waiting(self, director: User, small_limit: None) -> Export:
        return ask(director)

    def test_released_it_is_made(self, waiting: Export, head: User) -> None:
        export = run(services.release_export(by=head, export=waiting, note="for the meeting\0"))

        assert (export.state, export.decided_by, export.decision_note) == ("ready", head, "for the meeting")
        about = dict(row[:2] for row in cells(export, sheet=1))
        assert about["Released by"].startswith(f"{head.name} ({head.staff_no})")

    def test_refused_with_a_reason(self, waiting: Export, head: User) -> None:
        with pytest.raises(ExportRefused, match="say why"):
            services.refuse_export(by=head, export=waiting, note=" ")
        export = services.refuse_export(by=head, export=waiting, note="Ask for your own clients.")

        assert export.state == "refused"
        assert events("export.refused") == [{"export": export.pk}]
        assert not Job.objects.exists()

    def test_nobody_releases_his_own(self, head: User, small_limit: None) -> None:
        export = ask(head)
        with pytest.raises(PermissionDenied, match="of his own"):
            services.release_export(by=head, export=export)
        with pytest.raises(IntegrityError), transaction.atomic():
            Export.objects.filter(pk=export.pk).update(decided_by=head, decided_at=timezone.now())

    @pytest.mark.parametrize("role", ["marketing_director", "auditor", "region_head"])
    def test_not_without_the_permission(self, waiting: Export, here: Unit, role: str) -> None:
        other = person(role, here if role == "marketing_director" else None)
        with pytest.raises(PermissionDenied, match="Release large exports"):
            services.release_export(by=other, export=waiting)

    def test_not_from_another_branch(self, waiting: Export) -> None:
        stranger = person("general_manager")
        with pytest.raises(PermissionDenied, match="sees clients that you do not see"):
            services.release_export(by=stranger, export=waiting)
        assert not Export.objects.visible_to(stranger).exists()

    def test_a_branch_does_not_release_for_headquarters(self, head: User, here: Unit, small_limit: None) -> None:
        everything = ask(person("risk_control"))
        both = person("marketing_director", here)
        branch_role = person("marketing_director", branch())
        both.appointments.add(branch_role.appointments.get())
        for export in (everything, ask(both)):
            with pytest.raises(PermissionDenied):
                services.release_export(by=head, export=export)
            assert not Export.objects.visible_to(head).filter(pk=export.pk).exists()
        for role in ("operations_centre", "compliance"):
            assert Export.objects.visible_to(person(role)).count() == 2
        assert services.release_export(by=person("operations_centre"), export=everything).state == "making"

    def test_decided_once(self, waiting: Export, head: User) -> None:
        services.release_export(by=head, export=waiting)
        for attempt in (services.release_export, services.refuse_export):
            with pytest.raises(ExportRefused, match="decided already"):
                attempt(by=person("compliance"), export=waiting, note="no")
        assert Job.objects.count() == 1

    def test_taken_back_by_who_asked_alone(self, waiting: Export, head: User) -> None:
        with pytest.raises(ExportRefused):
            services.withdraw_export(by=head, export=waiting)
        export = services.withdraw_export(by=waiting.by, export=waiting)
        assert (export.state, export.decided_by) == ("refused", None)
        with pytest.raises(ExportRefused, match="decided already"):
            services.release_export(by=head, export=export)


class TestMaking:
    def test_the_file_the_log_and_the_word_that_it_is_there(self, director: User) -> None:
        branch(code="A1", name="=cmd|'/c calc'!A1")

        export = run(ask(director))

        assert cells(export) == [["code", "name"], ["A1", "=cmd|'/c calc'!A1"], ["SZ", "深圳红岭路营业部"]]
        assert (export.state, export.rows) == ("ready", 2)
        assert export.sha256 == files.digest_of(files.path_of(export))
        assert export.size == files.path_of(export).stat().st_size
        assert export.expires_on == timezone.localdate() + dt.timedelta(days=7)
        log = ReadLog.objects.get()
        assert (log.kind, log.by, log.subject, log.rows, log.fields) == ("export", director, "unit", 2, "code,name")
        assert log.reason == "meeting"  # the code: readers have it in their own language
        assert events("export.ready") == [{"export": export.pk}]
        assert export.job is not None
        assert export.job.result["url"] == f"/exports/{export.pk}/"

    def test_the_second_sheet_says_who_when_why_and_which(self, director: User) -> None:
        about = dict(row[:2] for row in cells(run(ask(director, query="city=深圳")), sheet=1))

        assert about["Taken out by"] == f"{director.name} ({director.staff_no})"
        assert (about["Reason"], about["Filter"], about["Rows"]) == ("Branch meeting", "city 深圳", "1")
        assert "Released by" not in about

    def test_in_the_language_of_who_asked(self, director: User) -> None:
        rows = cells(run(ask(director, language="zh-hans")), sheet=1)
        assert rows[0][0] == "列表"

    def test_picked_rows_alone(self, director: User, here: Unit) -> None:
        branch(code="A1")
        assert cells(run(ask(director, picked=[here.pk]))) == [["code", "name"], ["SZ", "深圳红岭路营业部"]]

    def test_who_lost_the_right_meanwhile_gets_nothing(self, director: User) -> None:
        export = ask(director)
        director.appointments.all().delete()

        run(export)

        assert export.state == "failed"
        assert export.job is not None
        assert "Take lists out as files" in export.job.error
        assert not list(files.folder().glob("*.xlsx"))

    def test_what_grew_past_the_limit_needs_a_release(self, director: User, settings: Any) -> None:
        settings.EXPORT_RELEASE_ROWS = 1
        export = ask(director)
        branch()

        run(export)

        assert export.job is not None
        assert (export.state, export.job.state) == ("failed", "failed")
        assert "has grown to 2 rows" in export.job.error

    def test_what_was_released_may_not_double(self, director: User, head: User, small_limit: None) -> None:
        export = ask(director)
        services.release_export(by=head, export=export)
        branch()
        assert run(export).state == "failed"

    def test_stopped_while_it_waits_for_a_worker(self, director: User) -> None:
        export = services.withdraw_export(by=director, export=ask(director))

        export.refresh_from_db()
        assert export.state == "failed"
        assert Job.objects.get().state == JobState.CANCELLED

    def test_done_again_after_a_failure(self, director: User, monkeypatch: pytest.MonkeyPatch) -> None:
        export = ask(director)
        with monkeypatch.context() as broken:
            broken.setattr("crm.exports.making.write_workbook", lambda *_: 1 / 0)
            run(export)
        assert export.state == "failed"
        assert run(export).state == "ready"
        assert [path.suffix for path in files.folder().iterdir()] == [".xlsx"]


class TestTaking:
    def test_counted_and_logged_each_time(self, director: User) -> None:
        export = run(ask(director))

        for _n in range(2):
            export = services.record_download(by=director, export=export)

        assert export.downloads == 2
        assert ReadLog.objects.filter(kind="download", by=director, rows=1).count() == 2

    def test_a_releaser_of_the_same_scope_may_a_colleague_not(self, director: User, head: User, here: Unit) -> None:
        export = run(ask(director))
        services.record_download(by=head, export=export)
        with pytest.raises(PermissionDenied):
            services.record_download(by=person("marketing_director", here), export=export)
        with pytest.raises(PermissionDenied):
            services.record_download(by=person("auditor"), export=export)

    def test_after_a_week_it_is_gone(self, director: User) -> None:
        export = run(ask(director))
        path = files.path_of(export)
        Export.objects.filter(pk=export.pk).update(expires_on=timezone.localdate() - dt.timedelta(days=1))

        with pytest.raises(ExportRefused, match="no longer kept"):
            services.record_download(by=director, export=export)
        assert sweep.sweep() == 1
        assert not path.exists()
        export.refresh_from_db()
        assert export.state == "expired"
        assert sweep.sweep() == 0

    def test_the_sweep_keeps_what_is_ready_and_clears_what_nobody_owns(self, director: User) -> None:
        export = run(ask(director))
        stray = files.folder() / "987654-abc.xlsx"
        stray.write_bytes(b"x")

        sweep.sweep()

        assert files.path_of(export).exists()
        assert not stray.exists()

    def test_what_nobody_released_lapses_and_what_a_killed_worker_left_is_told(self, director: User) -> None:
        late = ExportFactory(by=director, asked_at=timezone.now() - dt.timedelta(days=8))
        left = ask(director)
        Job.objects.update(state=JobState.FAILED, ended_at=timezone.now())

        sweep.sweep()

        late.refresh_from_db()
        left.refresh_from_db()
        assert (late.state, left.state) == ("expired", "failed")


@pytest.mark.django_db(transaction=True)
def test_a_double_click_at_the_same_moment_asks_once(director: User) -> None:
    both, asked = threading.Barrier(2), []

    def click() -> None:
        try:
            both.wait(10)
            asked.append(ask(User.objects.get(pk=director.pk)).pk)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _n in range(2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join(20)

    assert len(asked) == 2
    assert len(set(asked)) == 1
    assert (Export.objects.count(), Job.objects.count()) == (1, 1)
