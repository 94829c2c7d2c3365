"""Why somebody is called, in a sentence."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from callbacks.calls.choices import ReasonKind
from callbacks.desk.sentences import sentence, sentence_of

CASES: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "movement",
        {"kind": "outflow", "day": "2026-11-19", "size": "1250000.00", "before": "1953125.00"},
        "11-19 net outflow 1.3M, 64% of the 2.0M of the day before",
        "125.0万",
    ),
    ("complaint_answered", {"complaint_no": "T1", "answered_on": "2026-11-20"}, "complaint T1 answered on 11-20", "T1"),
    ("permission", {"permission": "chinext", "requested_on": "2026-11-20"}, "asked on 11-20 for ChiNext", "11-20"),
    ("permission", {"permission": "hk_connect", "opened_on": "2026-11-20"}, "opened on 11-20", "11-20"),
    ("new_client", {"opened_on": "2026-11-02"}, "opened the account on 2026-11-02", "2026-11-02"),
    ("at_risk", {"recent_mean": "400000", "earlier_mean": "1000000"}, "40% of the 1.0M before", "40%"),
    ("core", {"average_assets": "3500000", "commission_12m": "12000"}, "average assets 3.5M", "350.0万"),
    (
        "manager_changed",
        {"old_manager": "王伟", "new_manager": "李娜", "changed_on": "2026-11-18"},
        "changed on 11-18 from 王伟 to 李娜",
        "李娜",
    ),
    ("manager_changed", {"old_manager": "王伟", "changed_on": "2026-11-18"}, "王伟 left on 11-18", "王伟"),
    ("risk_expiry", {"level": "C3", "valid_until": "2026-12-05"}, "C3 valid until 2026-12-05", "2026-12-05"),
    ("dormant", {"last_trade_on": "2022-01-04"}, "last trade on 2022-01-04", "2022-01-04"),
    ("dormant", {}, "dormant, never traded", "交易"),
    ("conduct_sample", {"manager": "王伟", "month": "2026-11"}, "sample of 王伟's clients, 2026-11", "王伟"),
    ("coverage", {"year": 2026}, "coverage of 2026", "2026"),
    ("assigned", {"what": "新三板客户回访"}, "新三板客户回访", "新三板客户回访"),
]


def reason(kind: str, facts: dict[str, Any]) -> Any:
    return SimpleNamespace(kind=kind, facts=facts)


@pytest.mark.parametrize(("kind", "facts", "english", "in_chinese"), CASES)
def test_every_kind_in_both_languages(kind: str, facts: dict[str, Any], english: str, in_chinese: str) -> None:
    with translation.override("en"):
        assert english in sentence(reason(kind, facts))
    with translation.override("zh-hans"):
        assert in_chinese in sentence(reason(kind, facts))


@pytest.mark.parametrize("kind", [kind for kind in ReasonKind.values if kind != "dormant"])
def test_without_facts_it_is_the_name_of_the_kind(kind: str) -> None:
    with translation.override("en"):
        assert sentence(reason(kind, {})) == str(ReasonKind(kind).label)


def test_a_kind_that_is_gone_shows_its_code() -> None:
    assert sentence(reason("moonlight", {"x": 1})) == "moonlight"


def test_more_reasons_than_one() -> None:
    first = reason("coverage", {"year": 2026})
    with translation.override("en"):
        assert sentence_of([]) == ""
        assert sentence_of([first]) == "coverage of 2026"
        assert sentence_of([first, first]) == "coverage of 2026; and 1 more reason"
