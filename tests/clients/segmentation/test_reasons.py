"""Why a client is where he is, and why not elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils import translation

from clients.profile.models import Client
from clients.segmentation.models import Policy, Run, SegmentChange, Standing
from clients.segmentation.reasons import explain, explain_change
from tests.clients.segmentation.conftest import DAY
from tests.factories.ledger import AlertFactory, AssetSnapshotFactory, CashFlowFactory, TradeFactory

pytestmark = pytest.mark.django_db

Holder = Callable[..., Client]
RunOf = Callable[..., Run]


def standing_of(one: Client) -> Standing:
    return Standing.objects.get(client=one)


def policy() -> Policy:
    return Policy.objects.get(version=1)


@pytest.mark.usefixtures("in_english")
def test_an_outflow_is_told_with_its_rule(holder: Holder, run: RunOf) -> None:
    one = holder(800_000)
    CashFlowFactory(client=one, day=DAY, direction="out", amount=Decimal(400_000))
    run()
    found = explain(standing_of(one), policy())
    assert (
        "20 Nov: net outflow 400.0K, 50% of the assets of the day before, 800.0K (version 1: ≥ 30% and ≥ 50.0K)"
        in found.sentences
    )
    movement = next(rule for rule in found.groups if rule.code == "movement")
    assert movement.met
    assert movement.holds


@pytest.mark.usefixtures("in_english")
def test_every_box_has_its_calculation_and_agrees_with_the_run(holder: Holder, run: RunOf) -> None:
    people = [holder(5_000_000), holder(60_000), holder(0), holder(10, opened_on=DAY), holder(10)]
    AlertFactory(client=people[4], raised_on=DAY)
    AssetSnapshotFactory(client=people[1], day=dt.date(2026, 10, 20), securities=Decimal(1_000))
    TradeFactory(client=people[1], day=DAY, amount=Decimal(50_000), commission=Decimal(5))
    run()
    for one in people:
        standing = standing_of(one)
        found = explain(standing, policy())
        assert [rule.code for rule in found.groups if rule.met] == standing.matches
        assert [rule.code for rule in found.groups if rule.holds] == [standing.group]
        assert next((rule.code for rule in found.tiers if rule.met), "none") == standing.tier
        assert found.styles[0].met == (standing.style == "trader")
        assert len(found.groups) == 6
        assert all(way.lines for rule in found.groups for way in rule.ways)


@pytest.mark.usefixtures("in_english")
def test_what_stayed_below_is_shown(holder: Holder, run: RunOf) -> None:
    one = holder(800_000)
    CashFlowFactory(client=one, day=DAY, direction="out", amount=Decimal(10_000))
    CashFlowFactory(client=one, day=DAY, direction="in", amount=Decimal(900_000), kind="dividend")
    for _ in range(3):
        TradeFactory(client=one, day=DAY, order_no="A")
    TradeFactory(client=one, day=DAY - dt.timedelta(days=20))
    run()
    movement = next(rule for rule in explain(standing_of(one), policy()).groups if rule.code == "movement")
    assert not movement.met
    lines = [(line.figure, line.asked, line.met) for way in movement.ways for line in way.lines]
    assert ("10.0K", "≥ 500.0K", False) in lines
    assert ("1", "≥ 20", False) in lines  # three fills of one order
    assert ("0", "≥ 1", False) in lines  # alerts


@pytest.mark.usefixtures("in_english")
def test_a_row_of_history_is_explained_from_what_it_kept(holder: Holder, run: RunOf) -> None:
    one = holder(5_000_000)
    made = run()
    AssetSnapshotFactory(client=one, day=DAY, securities=Decimal(1))  # known only later
    found = explain_change(SegmentChange.objects.select_related("run__policy", "client").get(run=made))
    assert "Platinum card: average assets 5.0M (version 1: from 3.0M)" in found.sentences


def test_sentences_are_chinese_for_chinese_readers(holder: Holder, run: RunOf) -> None:
    one = holder(8_584_000)
    CashFlowFactory(client=one, day=DAY, direction="out", amount=Decimal(5_500_000))
    run()
    with translation.override("zh-hans"):
        found = explain(standing_of(one), policy()).sentences
    assert any("11月20日" in sentence and "550.0万" in sentence and "64%" in sentence for sentence in found)
