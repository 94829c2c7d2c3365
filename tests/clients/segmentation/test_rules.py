"""Policies as JSON: defaults, and a sentence that names the key for everything that does not fit."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from clients.segmentation.models import Policy
from clients.segmentation.rules import MATCHABLE, PolicyError, Rules, complete, parse, parse_text


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


def test_nothing_given_is_all_defaults() -> None:
    assert parse({}) == Rules()
    assert Rules().order == MATCHABLE == ("dormant", "movement", "new", "core", "at_risk", "no_trade")
    assert complete(Rules())["core"] == {"min_tier": "platinum", "commission_top": 0.1}


def test_a_key_left_out_takes_its_default_one_level_down_too() -> None:
    rules = parse({"movement": {"days": 3}, "new": {"days": 60}})
    assert (rules.movement.days, rules.movement.flow, rules.new.days) == (3, Decimal(500000), 60)
    assert rules.tiers == Rules().tiers


def test_order_is_taken_whole() -> None:
    assert parse({"order": ["new", "core"]}).order == ("new", "core")
    assert parse({"order": []}).order == ()


def test_complete_rules_come_back_the_same() -> None:
    rules = parse_text('{"movement": {"share": 0.1234567891}, "tiers": {"silver": -0.01}, "order": ["core"]}')
    assert parse(complete(rules)) == rules
    assert parse_text(json.dumps(complete(rules))) == rules


def test_numbers_are_taken_as_they_are_written() -> None:
    assert parse_text('{"core": {"commission_top": 0.10}}').core.commission_top == Decimal("0.1")
    assert parse({"core": {"commission_top": 0.1}}).core.commission_top == Decimal("0.1")
    assert parse({"new": {"days": 30.0}}).new.days == 30


def test_equal_thresholds_are_in_order() -> None:
    assert parse({"tiers": {"gold": 3000000}}).tiers.gold == 3000000


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"speed": 1}, "Unknown key “speed”"),
        ({"movement": {"speed": 1}}, "Unknown key “movement.speed”"),
        ({"tiers": {"none": 0}}, "Unknown key “tiers.none”"),
        ({"tiers": {"gold": 3000001}}, "“tiers.gold” is above “tiers.platinum”"),
        ({"tiers": {"silver": 5, "gold": 4}}, "“tiers.silver” is above “tiers.gold”"),
        ({"order": ["core", "vip"]}, "unknown group: vip"),
        ({"order": ["core", "general"]}, "unknown group: general"),
        ({"order": ["core", ["new"]]}, "unknown group"),
        ({"order": ["core", "new", "core"]}, "twice: core"),
        ({"order": "core"}, "“order” must be a list"),
        ({"order": None}, "“order” must be a list"),
        ({"window_months": 0}, "“window_months” must not be below 1"),
        ({"window_months": -3}, "“window_months” must not be below 1"),
        ({"window_months": 3.5}, "“window_months” must be a whole number"),
        ({"window_months": "3"}, "“window_months” must be a number"),
        ({"window_months": None}, "“window_months” must be a number"),
        ({"window_months": 100000}, "“window_months” must not be above 1200"),
        ({"new": {"days": -1}}, "“new.days” must not be below 0"),
        ({"new": {"days": True}}, "“new.days” must be a number"),
        ({"new": {"days": float("nan")}}, "“new.days” must be a number"),
        ({"new": {"days": float("inf")}}, "“new.days” must be a number"),
        ({"new": []}, "“new” must be an object"),
        ({"new": 30}, "“new” must be an object"),
        ({"at_risk": {"days": 0}}, "“at_risk.days” must not be below 1"),
        ({"movement": {"flow": 0}}, "“movement.flow” must be above 0"),
        ({"movement": {"share": -0.1}}, "“movement.share” must be above 0"),
        ({"movement": {"trades_floor": 0}}, "“movement.trades_floor” must be above 0"),
        ({"core": {"commission_top": 1.01}}, "“core.commission_top” must not be above 1"),
        ({"core": {"min_tier": "none"}}, "“core.min_tier” must be one of silver, gold, platinum, diamond"),
        ({"core": {"min_tier": ["gold"]}}, "“core.min_tier” must be one of"),
        ({"dormant": {"cash_below": 1e300}}, "“dormant.cash_below” must not be above"),
        ({"trader": {"turnover_ratio": Decimal("1.00000000001")}}, "more than 15 digits or 10 decimals"),
        ([], "must be a JSON object"),
        (None, "must be a JSON object"),
    ],
)
def test_what_does_not_fit_is_named(given: object, words: str) -> None:
    with pytest.raises(PolicyError) as refused:
        parse(given)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not a JSON document"),
        (b"\xff\xfe", "not a JSON document"),
        ('{"new": {"days": NaN}}', "NaN"),
        ('{"new": {"days": -Infinity}}', "-Infinity"),
        ('{"new": {}, "new": {}}', "“new” is given twice"),
        ('{"new": {"days": 1, "days": 2}}', "“days” is given twice"),
        ('{"new": {"days": %s}}' % ("9" * 5000), "not a JSON document"),
        ("[" * 100_000, "not a JSON document"),
    ],
)
def test_text_that_is_no_policy_is_refused(text: str | bytes, words: str) -> None:
    with pytest.raises(PolicyError) as refused:
        parse_text(text)
    assert words in str(refused.value)


@pytest.mark.django_db
def test_a_new_firm_has_the_defaults_in_force() -> None:
    first = Policy.objects.get(version=1)
    assert (first.rules, first.state, first.proposed_by, first.decided_by) == (
        complete(Rules()),
        "approved",
        None,
        None,
    )
    assert f"{first.effective_on}" == "1990-01-01"
