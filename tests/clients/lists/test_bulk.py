"""Many clients at once: the exact number, what changed meanwhile, once however often it is asked, and back again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from clients.care.models import ManagerAssignment
from clients.desk.bulk_page import number_words, result_of
from clients.lists import bulk, services
from clients.lists.bulk import Wanted, undo_action
from clients.lists.choices import BulkVerb
from clients.lists.models import BulkAction, ClientList, ClientTag, Tag
from clients.profile.models import Client
from crm.jobs import services as jobs
from crm.jobs.models import Job
from crm.messaging.models import Notice
from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import stand
from tests.clients.lists.helpers import do, tagged
from tests.factories.clients import client
from tests.factories.lists import ClientListFactory, ClientTagFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def few(here: Unit) -> list[Client]:
    return [stand(client(branch=here, client_no=f"A{n}"), tier="gold") for n in range(4)]


@pytest.fixture
def by_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two clients are many."""
    monkeypatch.setattr(bulk, "MANY", 1)


class TestWhom:
    def test_all_that_match_and_nobody_else(self, director: User, few: list[Client], here: Unit, tag: Tag) -> None:
        stand(few[3], tier="silver")
        stand(client(), tier="gold")  # of another branch

        action = do(director, Wanted(BulkVerb.TAG, tag=tag), "tier=gold")

        assert (action.expected, action.matched, action.done) == (3, 3, 3)
        assert tagged(tag) == ["A0", "A1", "A2"]

    def test_ticked_rows_that_the_filter_hides_meanwhile_are_not_touched(
        self, director: User, few: list[Client], tag: Tag
    ) -> None:
        picked = (few[0].pk, few[1].pk)
        stand(few[1], tier="silver")

        action = do(director, Wanted(BulkVerb.TAG, tag=tag), "tier=gold", picked, expected=2)

        assert tagged(tag) == ["A0"]
        assert number_words(action) == "2 asked, 1 matched when it was done."

    def test_numbers_of_strangers_reach_nobody(self, director: User, tag: Tag) -> None:
        stranger = client()
        action = do(director, Wanted(BulkVerb.TAG, tag=tag), "", (stranger.pk,), expected=1)
        assert (action.matched, action.done) == (0, 0)
        assert not ClientTag.objects.exists()

    def test_a_filter_that_does_not_fit_chooses_nobody(self, director: User, few: list[Client], tag: Tag) -> None:
        with pytest.raises(ValidationError, match="has no value"):
            do(director, Wanted(BulkVerb.TAG, tag=tag), "tier=tin")

    @pytest.mark.parametrize("verb", [BulkVerb.TAG, BulkVerb.UNTAG, BulkVerb.ASSIGN])
    def test_needs_the_permission_of_the_verb(self, verb: BulkVerb, tag: Tag) -> None:
        client()
        with pytest.raises(PermissionDenied):
            do(person("auditor"), Wanted(verb, tag=tag))
        assert not BulkAction.objects.exists()


class TestOnce:
    def test_the_same_form_does_it_once(self, director: User, few: list[Client], tag: Tag) -> None:
        first = do(director, Wanted(BulkVerb.TAG, tag=tag), key="form")
        second = do(director, Wanted(BulkVerb.TAG, tag=tag), key="form")
        assert first.pk == second.pk
        assert BulkAction.objects.count() == 1

    def test_a_new_list_is_made_once(self, director: User, few: list[Client]) -> None:
        for _time in range(2):
            do(director, Wanted(BulkVerb.ADD, new_list="回访"), key="form")
        assert ClientList.objects.get().members.count() == 4

    def test_another_s_key_is_another_form(self, director: User, here: Unit, few: list[Client], tag: Tag) -> None:
        do(director, Wanted(BulkVerb.TAG, tag=tag), key="form")
        do(person("general_manager", here), Wanted(BulkVerb.TAG, tag=tag), key="form")
        assert BulkAction.objects.count() == 2

    def test_carried_out_again_it_stays_as_it_is(self, director: User, few: list[Client], tag: Tag) -> None:
        action = do(director, Wanted(BulkVerb.TAG, tag=tag))
        services.take_tag(tag=tag, clients=Client.objects.all(), by=director)
        bulk.carry_out(action=action, clients=Client.objects.all())
        assert tagged(tag) == []


@pytest.mark.usefixtures("by_job")
class TestByJob:
    def test_the_job_reads_the_list_anew_and_says_what_changed(
        self, director: User, few: list[Client], tag: Tag
    ) -> None:
        action = do(director, Wanted(BulkVerb.TAG, tag=tag), "tier=gold")
        assert (action.ended_at, tagged(tag)) == (None, [])
        stand(few[0], tier="silver")

        assert action.job is not None
        assert jobs.run(action.job.pk)

        action.refresh_from_db()
        assert (action.matched, action.done) == (3, 3)
        assert number_words(action) == "4 asked, 3 matched when it was done."
        notice = Notice.objects.get(user=director)
        assert (notice.text, notice.url) == ("Put a tag on: 重点关注: 3 done, 0 refused.", f"/bulk/{action.pk}/")
        assert tagged(tag) == ["A1", "A2", "A3"]

    def test_words_looked_for_are_sealed_and_found_again(self, director: User, few: list[Client], tag: Tag) -> None:
        client(branch=few[0].branch, client_no="A9", name="欧阳若兰")
        action = do(director, Wanted(BulkVerb.TAG, tag=tag), "q=欧阳若兰", expected=2)
        assert "q=" not in action.query.replace("sealed%3Aq=", "")
        assert action.job is not None
        jobs.run(action.job.pk)
        assert tagged(tag) == ["A9"]

    def test_who_lost_the_permission_meanwhile_is_refused(self, director: User, few: list[Client], tag: Tag) -> None:
        action = do(director, Wanted(BulkVerb.TAG, tag=tag))
        director.appointments.update(role="auditor")
        assert action.job is not None
        jobs.run(action.job.pk)
        job = Job.objects.get()
        assert job.state == "failed"
        assert "needs the permission" in job.error
        assert tagged(tag) == []


class TestUndo:
    def test_exactly_the_rows_that_it_changed(self, director: User, few: list[Client], tag: Tag) -> None:
        ClientTagFactory(client=few[0], tag=tag)
        action = do(director, Wanted(BulkVerb.TAG, tag=tag))

        undoing = undo_action(action=action, by=director)

        assert (undoing.verb, undoing.done, undoing.undoes_id) == ("untag", 3, action.pk)
        assert tagged(tag) == ["A0"]
        assert undo_action(action=action, by=director).pk == undoing.pk

    def test_a_tag_taken_off_comes_back(self, director: User, few: list[Client], tag: Tag) -> None:
        ClientTagFactory(client=few[1], tag=tag)
        action = do(director, Wanted(BulkVerb.UNTAG, tag=tag))
        undo_action(action=action, by=director)
        assert tagged(tag) == ["A1"]

    def test_clients_come_off_the_list_again(self, director: User, few: list[Client]) -> None:
        kept = ClientListFactory(owner=director)
        services.add_members(client_list=kept, clients=Client.objects.filter(client_no="A0"), by=director)
        undo_action(action=do(director, Wanted(BulkVerb.ADD, client_list=kept)), by=director)
        assert list(kept.members.values_list("client__client_no", flat=True)) == ["A0"]

    @pytest.mark.parametrize("verb", ["tag", "untag"])
    def test_not_once_somebody_changed_a_row(self, verb: str, director: User, few: list[Client], tag: Tag) -> None:
        one = Client.objects.filter(pk=few[0].pk)
        if verb == "untag":
            services.put_tag(tag=tag, clients=Client.objects.all(), by=director)
        action = do(director, Wanted(BulkVerb(verb), tag=tag))
        assert result_of(action, director, at=action.asked_at).may_undo
        services.take_tag(tag=tag, clients=one, by=director)
        services.put_tag(tag=tag, clients=one, by=director)

        assert not result_of(action, director, at=action.asked_at).may_undo
        with pytest.raises(ValidationError, match="changed since"):
            undo_action(action=action, by=director)

    def test_rows_changed_between_the_click_and_the_job_stay(
        self, director: User, few: list[Client], tag: Tag, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        action = do(director, Wanted(BulkVerb.TAG, tag=tag))
        monkeypatch.setattr(bulk, "MANY", 1)
        undoing = undo_action(action=action, by=director)
        one = Client.objects.filter(pk=few[0].pk)
        services.take_tag(tag=tag, clients=one, by=director)
        services.put_tag(tag=tag, clients=one, by=director)
        assert undoing.job is not None

        jobs.run(undoing.job.pk)

        assert tagged(tag) == ["A0"]

    def test_not_by_somebody_else(self, director: User, here: Unit, few: list[Client], tag: Tag) -> None:
        action = do(director, Wanted(BulkVerb.TAG, tag=tag))
        with pytest.raises(ValidationError, match="Only whoever did it"):
            undo_action(action=action, by=person("general_manager", here))

    def test_clients_that_left_the_scope_stay_tagged(self, director: User, few: list[Client], tag: Tag) -> None:
        action = do(director, Wanted(BulkVerb.TAG, tag=tag))
        Client.objects.filter(pk=few[0].pk).update(branch=client().branch_id)
        undoing = undo_action(action=action, by=director)
        assert (undoing.expected, undoing.matched, undoing.done) == (4, 3, 3)
        assert tagged(tag) == ["A0"]


class TestAssign:
    def _params(self, *people: User) -> dict[str, Any]:
        return {"successors": [one.pk for one in people], "rule": "in_turn", "reason": "load", "note": ""}

    def test_says_who_was_left_out_and_why(self, director: User, here: Unit, few: list[Client]) -> None:
        successor = person("customer_manager", here)
        Client.objects.filter(pk=few[0].pk).update(manager=successor)
        Client.objects.filter(pk=few[1].pk).update(status="closed", closed_on=dt.date(2026, 1, 5))

        action = do(
            director,
            Wanted(BulkVerb.ASSIGN, params=self._params(successor)),
            "status=active&status=suspended&status=closed",
        )

        assert (action.matched, action.done, action.unchanged, action.refused) == (4, 2, 1, {"closed": 1})
        assert ManagerAssignment.objects.count() == 2
        shown = result_of(action, director, at=action.asked_at)
        assert shown.refused == [("account closed", 1)]
        assert shown.handover is not None
        assert not shown.may_undo

    def test_a_successor_of_another_branch_gets_nobody(self, few: list[Client]) -> None:
        elsewhere = person("customer_manager")
        action = do(person("operations_centre"), Wanted(BulkVerb.ASSIGN, params=self._params(elsewhere)))
        assert (action.done, action.refused) == (0, {"successor": 4})

    def test_refused_as_a_whole_nothing_is_kept(self, director: User, few: list[Client]) -> None:
        with pytest.raises(ValidationError), transaction.atomic():
            do(director, Wanted(BulkVerb.ASSIGN, params=self._params(person("counter_clerk"))))
        assert not BulkAction.objects.exists()


def test_a_list_by_rule_is_evaluated_on_the_day(director: User, few: list[Client]) -> None:
    from_now = dt.datetime(2026, 11, 25, 4, tzinfo=dt.UTC)
    kept = ClientListFactory(owner=director, kind="rule", query="risk=expired")
    stand(few[0], risk_until=dt.date(2026, 11, 25), risk_level="C3")
    with time_machine.travel(from_now, tick=False):
        assert do(director, Wanted(BulkVerb.ADD, new_list="今天"), f"list={kept.pk}").done == 0
    with time_machine.travel(from_now + dt.timedelta(days=1), tick=False):
        assert do(director, Wanted(BulkVerb.ADD, new_list="明天"), f"list={kept.pk}").done == 1
