"""What people type: numbers as they write them, crossed thresholds, groups twice, JSON, days that are not over."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import translation

from clients.segmentation import rules
from clients.segmentation.forms import (
    DecisionForm,
    NumberField,
    PolicyForm,
    PolicyJsonForm,
    RunForm,
    TrialForm,
    initial_numbers,
)

DEFAULTS = rules.complete(rules.Rules())
TODAY = dt.datetime(2025, 11, 20, 10, tzinfo=dt.UTC)
HEAD = {"name": "Autumn", "effective_on": "2025-11-21", "note": "Because"}


@pytest.fixture(autouse=True)
def one_day() -> Any:
    with time_machine.travel(TODAY, tick=False), translation.override("en"):
        yield


def typed(**changes: str) -> dict[str, str]:
    return HEAD | initial_numbers(DEFAULTS) | changes


def policy_form(**changes: str) -> PolicyForm:
    return PolicyForm(typed(**changes), start=DEFAULTS, in_force=DEFAULTS)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,000,000", 1000000),
        ("１００万", 1000000),
        ("1.5亿", 150000000),
        ("30%", 30),
        (" 12 ", 12),
        ("0.25", Decimal("0.25")),
        ("-5 000", -5000),
    ],
)
def test_numbers_as_people_write_them(text: str, value: Decimal) -> None:
    assert NumberField(max_digits=18).clean(text) == value


@pytest.mark.parametrize("text", ["abc", "1.2.3", "NaN", "Infinity", "万", "--3", "1e400", ""])
def test_what_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        NumberField(max_digits=18).clean(text)


def test_an_untouched_form_gives_back_the_rules_it_started_with() -> None:
    form = policy_form()
    assert form.is_valid(), form.errors
    assert form.cleaned_data["rules"] == DEFAULTS


def test_shares_are_typed_in_percent_and_kept_as_fractions() -> None:
    form = policy_form(movement__share="35", core__commission_top="2.5")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["rules"]["movement"]["share"] == 0.35
    assert form.cleaned_data["rules"]["core"]["commission_top"] == 0.025


def test_crossed_thresholds_are_said_at_both_fields_in_words() -> None:
    form = policy_form(tiers__gold="5,000,000")
    assert not form.is_valid()
    assert set(form.errors) == {"tiers__gold", "tiers__platinum"}
    assert "tiers.gold" not in str(form.errors)
    assert "Gold card from" in str(form.errors)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("window_months", "0"),
        ("window_months", "2.5"),
        ("movement__flow", "0"),
        ("core__commission_top", "101"),
        ("at_risk__days", ""),
        ("dormant__cash_below", "1e30"),
        ("core__min_tier", "copper"),
    ],
)
def test_a_bad_number_is_said_at_its_field(field: str, value: str) -> None:
    form = policy_form(**{field: value})
    assert not form.is_valid()
    assert list(form.errors) == [field]


def test_a_group_twice_is_said_at_its_second_place() -> None:
    form = policy_form(order_3="dormant")
    assert not form.is_valid()
    assert list(form.errors) == ["order_3"]


def test_a_group_may_be_left_out() -> None:
    form = policy_form(order_1="")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["rules"]["order"] == DEFAULTS["order"][1:]


def test_a_policy_never_reaches_back() -> None:
    form = policy_form(effective_on="2025-11-19")
    assert list(form.errors) == ["effective_on"]


def test_the_lines_show_default_and_what_is_in_force() -> None:
    now = rules.complete(rules.parse({"tiers": {"gold": 800000}}))
    form = PolicyForm(start=DEFAULTS, in_force=now)
    lines = {line.number.key: line for _section, lines in form.sections() for line in lines}
    assert (lines["tiers.gold"].default, lines["tiers.gold"].in_force) == ("1,000,000 yuan", "800,000 yuan")
    assert lines["tiers.gold"].differs
    assert not lines["tiers.silver"].differs


def json_form(text: str) -> PolicyJsonForm:
    return PolicyJsonForm(HEAD | {"rules_json": text})


def test_json_takes_defaults_for_what_it_leaves_out() -> None:
    form = json_form(json.dumps({"tiers": {"gold": 900000}}))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["rules"]["tiers"]["gold"] == 900000
    assert form.cleaned_data["rules"]["movement"] == DEFAULTS["movement"]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"tires": {}}',
        '{"tiers": {"gold": 1, "gold": 2}}',
        '{"tiers": {"gold": NaN}}',
        '{"order": ["core", "core"]}',
        '{"order": ["nobody"]}',
        '{"tiers": {"silver": 5, "gold": 4}}',
        '"' + "[" * 5000,
    ],
)
def test_bad_json_is_said_at_its_field(text: str) -> None:
    form = json_form(text)
    assert not form.is_valid()
    assert list(form.errors) == ["rules_json"]


@pytest.mark.parametrize(("form", "latest"), [(RunForm, "2025-11-19"), (TrialForm, "2025-11-20")])
def test_a_day_that_is_not_over_is_refused_with_the_latest_possible(form: Any, latest: str) -> None:
    assert form({"as_of": latest}).is_valid()
    late = form({"as_of": str(dt.date.fromisoformat(latest) + dt.timedelta(days=1))})
    assert latest in str(late.errors["as_of"])


def test_a_refusal_says_why() -> None:
    assert not DecisionForm({"verb": "refuse", "reason": "  "}).is_valid()
    assert DecisionForm({"verb": "refuse", "reason": "too loud"}).is_valid()
    assert DecisionForm({"verb": "approve"}).is_valid()
    assert not DecisionForm({"verb": "burn"}).is_valid()
