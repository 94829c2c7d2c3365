"""Groups, tiers and styles of the demo firm, found by the real segmentation, are filled as in a believable firm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from clients.demo.services import bring_up
from clients.segmentation.choices import Group, PolicyState, Style, Tier
from clients.segmentation.models import Policy, Run, SegmentChange
from tests.clients.demo.ledger import rows, silent

UNTIL = dt.date(2026, 11, 12)
CLIENTS = 2_000

# Per cent of the clients of a run, from and to.
GROUPS = {
    Group.DORMANT: (3.5, 8),
    Group.MOVEMENT: (0.7, 3),
    Group.NEW: (0.8, 2.8),
    Group.CORE: (8, 15),
    Group.AT_RISK: (1.2, 4.5),
    Group.NO_TRADE: (3, 9),
    Group.GENERAL: (60, 80),
}
TIERS = {
    Tier.NONE: (0, 0),
    Tier.SILVER: (74, 86),
    Tier.GOLD: (10, 18),
    Tier.PLATINUM: (2.5, 7),
    Tier.DIAMOND: (0.6, 3),
}
STYLES = {Style.INVESTOR: (80, 93), Style.TRADER: (7, 20)}


@pytest.fixture(scope="module")
def last_run(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Run]:
    """The second run of a firm of 2,000 clients with six months of history."""
    with django_db_blocker.unblock(), transaction.atomic():
        bring_up(until=UNTIL, clients=CLIENTS, months=6, say=silent)
        yield Run.objects.get(as_of=UNTIL)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("kind", "shares"), [("group", GROUPS), ("tier", TIERS), ("style", STYLES)], ids=["groups", "tiers", "styles"]
)
def test_shares(last_run: Run, kind: str, shares: dict[str, tuple[float, float]]) -> None:
    counts = last_run.summary[kind]
    found = {code: 100 * counts.get(code, 0) / last_run.clients for code in shares}
    outside = {code: round(found[code], 2) for code, (low, high) in shares.items() if not low <= found[code] <= high}
    assert outside == {}


def test_movement_of_all_four_kinds(last_run: Run) -> None:
    kinds = {
        row[0] for row in rows("SELECT DISTINCT jsonb_path_query(reasons, '$.**.kind') #>> '{}' FROM clients_standing")
    }
    assert {"alert", "outflow", "trading", "inflow"} <= kinds


def test_something_changed_overnight(last_run: Run) -> None:
    assert 0 < last_run.changed < 0.03 * last_run.clients
    moved = SegmentChange.objects.filter(run=last_run)
    assert moved.filter(group=Group.MOVEMENT).exists()
    assert moved.filter(old_group="").exists()  # somebody opened an account


def test_a_change_of_the_policy_waits_for_a_second_person(last_run: Run) -> None:
    waiting = Policy.objects.get(state=PolicyState.PROPOSED)
    assert waiting.effective_on > last_run.as_of
    assert waiting.proposed_by is not None
    assert waiting.decided_by is None
