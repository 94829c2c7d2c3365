from __future__ import annotations

import pytest

from crm.personal import normal


@pytest.mark.parametrize(
    "written",
    [
        "13812341234",
        "138 1234 1234",
        "138-1234-1234",
        "+8613812341234",
        "0086 13812341234",
        "１３８１２３４１２３４",
        "8613812341234",
    ],
)
def test_one_mobile_written_in_many_ways(written: str) -> None:
    assert normal.normal_phone(written) == "+8613812341234"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("021-62345678", "+862162345678"),
        ("(021)62345678", "+862162345678"),
        ("+852 9123 4567", "+85291234567"),
        ("021-62345678 ext. 12", "+862162345678x12"),
        ("15412341234", "+8615412341234"),
        ("95553", "95553"),
        ("12-34", "1234"),
        ("call me", ""),
        ("", ""),
    ],
)
def test_other_numbers(written: str, expected: str) -> None:
    assert normal.normal_phone(written) == expected


def test_id_number() -> None:
    assert normal.normal_id_number(" 110101 19900101 123x ") == "11010119900101123X"
    assert normal.normal_id_number("Ｅ-1234") == "E1234"


def test_email() -> None:
    assert normal.normal_email(" Zhang.Wei@Example.COM ") == "zhang.wei@example.com"


def test_address() -> None:
    assert normal.normal_address(" 上海市 　浦东新区１００号 ") == "上海市 浦东新区100号"
