"""Every sentence of segments.md, "A run"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from unittest import mock

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from clients.ledger.models import Alert, AssetSnapshot
from clients.profile.models import Client
from clients.segmentation import running, services
from clients.segmentation.choices import ChangeKind, PolicyState, RunKind
from clients.segmentation.models import BranchCut, Composition, Policy, Run, RunResult, SegmentChange, Standing
from clients.segmentation.rules import Rules, complete, parse
from crm.events.models import Event
from tests.clients.segmentation.conftest import DAY
from tests.factories.clients import client
from tests.factories.ledger import AlertFactory, AssetSnapshotFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

Holder = Callable[..., Client]
RunOf = Callable[..., Run]
NEXT = DAY + dt.timedelta(days=1)


def events() -> list[dict[str, object]]:
    return list(Event.objects.filter(name="segments.changed").order_by("pk").values_list("payload", flat=True))


def history(of: Client) -> list[tuple[str, str, str, bool]]:
    rows = SegmentChange.objects.filter(client=of).order_by("pk")
    return list(rows.values_list("kind", "old_group", "group", "announced"))


def approved(**changes: object) -> Policy:
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return Policy.objects.create(
        version=2,
        name="two",
        rules=complete(parse(changes)),
        state=PolicyState.APPROVED,
        proposed_at=moment,
        decided_at=moment,
        effective_on=dt.date(2026, 1, 1),
    )


def test_a_run_writes_standings_history_composition_and_an_event(holder: Holder, run: RunOf) -> None:
    rich = holder(5_000_000)
    made = run()
    standing = Standing.objects.get(client=rich)
    assert (standing.tier, standing.style, standing.group, standing.matches) == (
        "platinum", "investor", "core", ["core", "no_trade"],
    )  # fmt: skip
    assert (standing.average_assets, standing.total_assets) == (Decimal("5000000.00"), Decimal("5000000.00"))
    assert (standing.group_since, standing.run) == (DAY, made)
    assert (made.clients, made.changed, made.is_baseline, made.summary["tier"]["platinum"]) == (1, 1, True, 1)
    assert list(Composition.objects.filter(run=made).values_list("branch", "tier", "clients")) == [
        (rich.branch_id, "platinum", 1)
    ]
    assert events() == [{"run": made.pk, "as_of": "2026-11-20", "baseline": True}]


def test_a_baseline_announces_only_who_is_new(holder: Holder, run: RunOf) -> None:
    rich, fresh = holder(5_000_000), client(opened_on=DAY)
    run()
    assert history(rich) == [(ChangeKind.BASELINE, "", "core", False)]
    assert history(fresh) == [(ChangeKind.BASELINE, "", "new", True)]


def test_an_empty_firm_has_no_baseline_yet(holder: Holder, run: RunOf) -> None:
    """The first night of a firm without clients must not use the baseline up."""
    assert run().clients == 0
    rich = holder(5_000_000)
    assert run(NEXT).is_baseline
    assert history(rich) == [(ChangeKind.BASELINE, "", "core", False)]


def test_again_with_the_same_policy_and_data_nothing_changes(holder: Holder, run: RunOf) -> None:
    holder(5_000_000)
    first = run()
    again = run()
    assert again == first
    assert (Run.objects.count(), SegmentChange.objects.count(), len(events())) == (1, 1, 1)


def test_the_next_night_writes_only_what_differs(holder: Holder, run: RunOf) -> None:
    rich, other = holder(5_000_000), holder(10_000)
    run()
    AlertFactory(client=other, raised_on=NEXT)
    second = run(NEXT)
    assert (second.changed, second.is_baseline) == (1, False)
    assert len(history(rich)) == 1
    assert history(other)[-1] == (ChangeKind.CHANGE, "no_trade", "movement", True)
    change = SegmentChange.objects.get(client=other, run=second)
    assert (change.movement_urgency, change.old_matches, change.matches) == (4, ["no_trade"], ["movement", "no_trade"])
    assert change.reasons is not None
    assert change.reasons["movements"][0]["kind"] == "alert"


def test_figures_that_differ_without_a_move_leave_no_history(holder: Holder, run: RunOf) -> None:
    rich = holder(5_000_000)
    run()
    AssetSnapshotFactory(client=rich, day=NEXT, securities=Decimal(5_100_000))
    second = run(NEXT)
    standing = Standing.objects.get(client=rich)
    assert (second.changed, standing.total_assets) == (0, Decimal(5_100_000))
    assert (standing.run, standing.group_since) == (second, DAY)
    assert standing.average_assets > 5_000_000
    assert len(history(rich)) == 1


def test_late_data_replace_the_days_result_and_history_shows_both(holder: Holder, run: RunOf) -> None:
    other = holder(10_000)
    run()
    early = run(NEXT)
    AlertFactory(client=other, raised_on=NEXT)
    late = run(NEXT)
    early.refresh_from_db()
    assert (early.replaced_by, late.replaced_by, late.is_baseline) == (late, None, False)
    assert history(other)[-1] == (ChangeKind.CORRECTION, "no_trade", "movement", True)
    assert [event["run"] for event in events()][-1] == late.pk


def test_a_day_has_one_current_result(holder: Holder, run: RunOf) -> None:
    holder(10_000)
    made = run()
    with pytest.raises(IntegrityError, match="one_current_a_day"), transaction.atomic():
        Run.objects.create(
            as_of=DAY,
            policy=made.policy,
            kind=RunKind.MANUAL,
            clients=0,
            changed=0,
            summary={},
            started_at=made.started_at,
            ended_at=made.ended_at,
        )


def test_a_correction_that_brings_a_group_back_restores_since_when(holder: Holder, run: RunOf) -> None:
    other = holder(10_000)
    run()
    alert = AlertFactory(client=other, raised_on=NEXT)
    run(NEXT)
    assert Standing.objects.get(client=other).group_since == NEXT
    Alert.objects.filter(pk=alert.pk).update(closed_on=NEXT)
    run(NEXT)
    standing = Standing.objects.get(client=other)
    assert (standing.group, standing.group_since) == ("no_trade", DAY)
    assert [row[1:3] for row in history(other)] == [
        ("", "no_trade"), ("no_trade", "movement"), ("movement", "no_trade"),
    ]  # fmt: skip


def test_the_baseline_made_again_still_announces_only_who_is_new(holder: Holder, run: RunOf) -> None:
    other = holder(10_000)
    run()
    AlertFactory(client=other, raised_on=DAY)
    again = run()
    assert again.is_baseline
    assert history(other)[-1] == (ChangeKind.CORRECTION, "no_trade", "movement", False)


def test_another_policy_on_the_same_day_is_another_result(holder: Holder, run: RunOf) -> None:
    rich = holder(5_000_000)
    run()
    run(NEXT)
    policy = approved(tiers={"diamond": 5_000_000})
    second = run(NEXT)
    assert (second.policy, second.changed) == (policy, 1)
    assert Standing.objects.get(client=rich).tier == "diamond"
    assert history(rich)[-1] == (ChangeKind.CHANGE, "core", "core", True)


def test_under_another_policy_every_standing_names_its_run(holder: Holder, run: RunOf) -> None:
    rich = holder(5_000_000)
    run()
    approved(new={"days": 31})
    second = run(NEXT)
    assert second.changed == 0
    assert Standing.objects.get(client=rich).run == second


def test_who_closes_gets_a_closing_row(holder: Holder, run: RunOf) -> None:
    rich = holder(5_000_000)
    run()
    Client.objects.filter(pk=rich.pk).update(status="closed", closed_on=NEXT)
    second = run(NEXT)
    standing = Standing.objects.get(client=rich)
    assert (second.clients, second.changed) == (0, 1)
    assert history(rich)[-1] == (ChangeKind.CLOSING, "core", "general", True)
    assert (standing.tier, standing.group, standing.matches, standing.group_since) == ("none", "general", [], None)
    assert run(NEXT + dt.timedelta(days=1)).changed == 0


def test_who_comes_back_begins_anew(holder: Holder, run: RunOf) -> None:
    rich = holder(5_000_000)
    run()
    Client.objects.filter(pk=rich.pk).update(status="closed", closed_on=NEXT)
    run(NEXT)
    Client.objects.filter(pk=rich.pk).update(status="active", closed_on=None)
    run(NEXT + dt.timedelta(days=1))
    assert history(rich)[-1] == (ChangeKind.CHANGE, "", "core", True)


def test_suspended_clients_are_in(holder: Holder, run: RunOf) -> None:
    holder(10, status="suspended")
    assert run().clients == 1


def test_a_backfill_changes_neither_standing_nor_history_nor_events(holder: Holder, run: RunOf) -> None:
    rich = holder(5_000_000)
    run(NEXT)
    before = (Standing.objects.values().get(client=rich), SegmentChange.objects.count(), len(events()))
    earlier = run()
    assert (earlier.kind, earlier.is_baseline, earlier.changed) == (RunKind.BACKFILL, False, 0)
    assert RunResult.objects.get(run=earlier).tier == "platinum"
    assert (Standing.objects.values().get(client=rich), SegmentChange.objects.count(), len(events())) == before
    assert run() == earlier  # and again: nothing


def test_an_earlier_night_again_with_unchanged_data_is_left_alone(holder: Holder, run: RunOf) -> None:
    holder(5_000_000)
    first = run()
    run(NEXT)
    assert run() == first
    assert not RunResult.objects.exists()


def test_a_backfill_replaces_the_result_of_its_day(holder: Holder, run: RunOf) -> None:
    rich = holder(5_000_000)
    first = run()
    run(NEXT)
    AssetSnapshot.objects.filter(client=rich).update(securities=Decimal(20_000_000))
    again = run()
    first.refresh_from_db()
    assert (first.replaced_by, again.kind) == (again, RunKind.BACKFILL)


def test_a_backfill_of_a_run_before_the_baseline_does_not_use_it_up(holder: Holder, run: RunOf) -> None:
    holder(5_000_000)
    run(NEXT)
    run()
    client(opened_on=dt.date(2020, 1, 1))
    assert run(NEXT).is_baseline


def test_cuts_are_kept_with_the_run(holder: Holder, run: RunOf) -> None:
    holder(5_000_000)
    assert not BranchCut.objects.filter(run=run()).exists()  # nobody paid any commission


def test_a_day_to_come_is_refused(run: RunOf) -> None:
    with pytest.raises(services.RunRefused, match="has not come yet"):
        run(dt.date(2099, 1, 1))


def test_a_policy_that_is_not_approved_is_refused(run: RunOf) -> None:
    waiting = Policy.objects.create(
        version=2,
        name="two",
        rules=complete(Rules()),
        proposed_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        effective_on=DAY,
    )
    with pytest.raises(services.RunRefused, match="not approved"):
        run(policy=waiting)


def test_large_firms_are_written_without_the_indexes_and_have_them_back(holder: Holder, run: RunOf) -> None:
    """The function that takes the indexes away makes the very same ones again."""
    holder(5_000_000)
    before = index_definitions()
    with mock.patch.object(running, "MANY", 1):
        run()
    assert index_definitions() == before
    assert "clients_standing_band" in dict(before)


def index_definitions() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'clients_standing' ORDER BY 1")
        return [(name, definition) for name, definition in cursor.fetchall()]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE clients_segmentchange SET tier = 'gold'",
        "DELETE FROM clients_segmentchange",
        "TRUNCATE clients_segmentchange",
    ],
)
def test_the_runtime_role_runs_and_cannot_change_history(holder: Holder, run: RunOf, statement: str) -> None:
    holder(5_000_000)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE crm_app")
        assert run().changed == 1
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute(statement)
        cursor.execute("RESET ROLE")
