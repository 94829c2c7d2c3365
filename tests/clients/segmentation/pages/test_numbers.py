"""Every key of a policy has words, and two versions differ in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from clients.segmentation import rules
from clients.segmentation.numbers import NUMBERS, Kind, Number, differences, in_words, plain

DEFAULTS = rules.complete(rules.Rules())


def leaves(value: dict[str, Any], path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for key, inner in value.items():
        found |= leaves(inner, (*path, key)) if isinstance(inner, dict) else {(*path, key)}
    return found


def number(key: str) -> Number:
    return next(one for one in NUMBERS if one.key == key)


def changed(**given: Any) -> dict[str, Any]:
    return rules.complete(rules.parse(given))


def test_every_key_of_a_policy_has_its_words_and_no_other() -> None:
    assert {one.path for one in NUMBERS} | {("order",)} == leaves(DEFAULTS)


def test_every_default_has_a_source() -> None:
    assert all(str(one.source) for one in NUMBERS)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1000000, "1,000,000"), (0.25, "0.25"), (1.0, "1"), (0, "0"), (-5000, "-5,000"), (1e-7, "0.0000001")],
)
def test_a_number_is_written_short_and_exact(value: float, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize(
    ("key", "value", "english", "chinese"),
    [
        ("window_months", 1, "1 month", "1 个月"),
        ("window_months", 3, "3 months", "3 个月"),
        ("tiers.gold", 1000000, "1,000,000 yuan", "1,000,000 元"),
        ("movement.share", 0.3, "30%", "30%"),
        ("core.commission_top", 0.125, "12.5%", "12.5%"),
        ("movement.trades_multiple", 5, "5 times", "5 倍"),
        ("trader.turnover_ratio", 1.0, "1", "1"),
        ("core.min_tier", "platinum", "Platinum card", "白金卡"),
    ],
)
def test_a_value_has_its_unit_in_both_languages(key: str, value: Any, english: str, chinese: str) -> None:
    with translation.override("en"):
        assert in_words(number(key), value) == english
    with translation.override("zh-hans"):
        assert in_words(number(key), value) == chinese


def test_versions_are_compared_key_by_key_in_the_order_of_the_form() -> None:
    new = changed(movement={"share": 0.4}, tiers={"gold": 800000})
    with translation.override("en"):
        found = [(one.key, one.old, one.new) for one in differences(DEFAULTS, new)]
    assert found == [("tiers.gold", "1,000,000 yuan", "800,000 yuan"), ("movement.share", "30%", "40%")]


def test_another_order_is_a_difference_in_words() -> None:
    new = changed(order=["core", "new"])
    with translation.override("en"):
        (only,) = differences(DEFAULTS, new)
    assert only.new == "Core → Newly opened"


def test_equal_rules_have_no_difference() -> None:
    assert list(differences(DEFAULTS, changed(window_months=3))) == []


def test_kinds_fit_the_limits() -> None:
    """What counts in whole months and days is typed so."""
    whole = {one.key for one in NUMBERS if one.kind in (Kind.MONTHS, Kind.DAYS)}
    for one in NUMBERS:
        if one.key in whole:
            assert isinstance(one.of(DEFAULTS), int)
