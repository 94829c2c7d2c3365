from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.personal.pinyin import MOST_ALTERNATIVES, MOST_LETTERS, grams, initials


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("张博伟", "zbw"),
        ("单雄信", "sxx"),
        ("曾国藩", "zgf"),
        ("仇英", "qy"),
        ("解缙", "xj"),
        ("区志强", "ozq"),
        ("查良镛", "zly"),
        ("朴正熙", "pzx"),
        ("尉迟恭", "ycg"),
        ("万俟咏", "mqy"),
        ("单于明", "cym"),
        ("乐毅", "yy"),
        ("翟志刚", "zzg"),
        ("TCL集团", "tcljt"),
        ("John Smith", "js"),
        ("360数科", "360sk"),
        ("李　明", "lm"),
        ("歐陽明", "oym"),
        ("李😀明", "lm"),
    ],
)
def test_the_likeliest_reading_comes_first(name: str, first: str) -> None:
    assert initials(name)[0] == first


def test_what_people_type_instead_is_found_too() -> None:
    assert initials("单雄信") == ["sxx", "dxx"]
    assert set(initials("曾乐")) == {"zl", "zy", "cl", "cy"}


@pytest.mark.parametrize("name", ["", "  ", "…", "😀"])
def test_nothing_to_read(name: str) -> None:
    assert initials(name) == []


@given(st.text(max_size=220))
def test_bounded_for_any_name(name: str) -> None:
    found = initials(name)
    assert len(found) <= MOST_ALTERNATIVES
    assert all(0 < len(one) <= MOST_LETTERS and one == one.lower() for one in found)


def test_pairs_of_characters() -> None:
    assert grams("张博伟") == ["张博", "博伟"]
    assert grams("李 明") == ["李明"]
    assert grams("李") == []
    assert grams("ＴＣＬ") == ["tc", "cl"]
    assert grams("哈哈哈") == ["哈哈"]


@given(st.text(max_size=60))
def test_pairs_fit_their_column(name: str) -> None:
    assert all(len(pair) == 2 for pair in grams(name))
