"""Figures, days and times as people read them."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from crm.web import figures

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 16, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1234567.8"), "1,234,567.80"),
        (Decimal("0.005"), "0.01"),
        (Decimal("-0.005"), "-0.01"),
        (Decimal("-0.001"), "0.00"),
        (0.1, "0.10"),
        ("99", "99.00"),
        (None, "–"),
        ("", "–"),
    ],
)
def test_money_has_two_decimals_and_thousands_separators(value: figures.Number | None, text: str) -> None:
    assert figures.money(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("483800.0000000000"), "483,800"),
        (Decimal("0.1250"), "0.125"),
        (Decimal("100"), "100"),
        (Decimal("0E-10"), "0"),
        (None, "–"),
    ],
)
def test_quantities_have_no_trailing_zeros(value: Decimal | None, text: str) -> None:
    assert figures.quantity(value) == text


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (Decimal("8124000"), "812.4万", "8.1M"),
        (Decimal("125000000"), "1.25亿", "125.0M"),
        (Decimal("3000000000"), "30.00亿", "3.00B"),
        (Decimal("10000"), "1.0万", "10.0K"),
        (Decimal("9999.50"), "10,000", "10.0K"),
        (Decimal("820.40"), "820", "820"),
        (Decimal("-5500000"), "-550.0万", "-5.5M"),
        (Decimal("0"), "0", "0"),
        (None, "–", "–"),
    ],
)
def test_large_amounts_are_short_in_the_units_of_the_language(
    value: Decimal | None, chinese: str, english: str
) -> None:
    with translation.override("zh-hans"):
        assert figures.amount_short(value) == chinese
    with translation.override("en"):
        assert figures.amount_short(value) == english


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Decimal("0.642"), "64.2%"),
        (Decimal("0.00049"), "0.0%"),
        (1, "100.0%"),
        (Decimal("-0.125"), "-12.5%"),
        (None, "–"),
    ],
)
def test_a_share_is_a_percentage(share: figures.Number | None, text: str) -> None:
    assert figures.percent(share) == text


def test_a_share_takes_as_many_decimals_as_asked_for() -> None:
    assert figures.percent(Decimal("0.64251"), 2) == "64.25%"


@pytest.mark.parametrize(("count", "text"), [(1, "1 day"), (12, "12 days"), (1200, "1,200 days"), (None, "–")])
def test_days_are_counted_in_words(count: int | None, text: str) -> None:
    with translation.override("en"):
        assert figures.days(count) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 11, 20, 15, 30, tzinfo=SHANGHAI), "today 15:30"),
        (datetime(2026, 11, 19, 15, 12, tzinfo=SHANGHAI), "yesterday 15:12"),
        (datetime(2026, 11, 21, 9, 0, tzinfo=SHANGHAI), "tomorrow 09:00"),
        (datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI), "11-03"),
        (datetime(2025, 11, 19, 9, 0, tzinfo=SHANGHAI), "2025-11-19"),
        (datetime(2026, 11, 19, 17, 0, tzinfo=ZoneInfo("UTC")), "today 01:00"),
        (datetime(2026, 11, 20, 15, 30), "today 15:30"),
        (date(2026, 11, 20), "today"),
        (date(2026, 11, 19), "yesterday"),
        (date(2026, 11, 18), "11-18"),
        (date(2025, 12, 31), "2025-12-31"),
        (None, "–"),
    ],
)
def test_near_times_are_said_near_and_far_ones_in_full(value: date | datetime | None, text: str) -> None:
    with translation.override("en"):
        assert figures.when(value, NOW) == text


def test_just_after_midnight_in_shanghai_it_is_already_the_new_day() -> None:
    evening_in_utc = datetime(2026, 11, 19, 16, 30, tzinfo=ZoneInfo("UTC"))  # 00:30 of the 20th in Shanghai
    with translation.override("en"):
        assert figures.when(date(2026, 11, 19), evening_in_utc) == "yesterday"


def test_the_exact_time_is_in_the_zone_of_the_firm() -> None:
    assert figures.exact_time(datetime(2026, 11, 19, 17, 5, tzinfo=ZoneInfo("UTC"))) == "2026-11-20 01:05"
    assert figures.exact_time(date(2026, 11, 19)) == "2026-11-19"
