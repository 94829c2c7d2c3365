"""Values of parameters: what is typed, kept, read and said; what is none is refused in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from crm.parameters.kinds import Kind, Money, Share, Switch, Whole, Windows
from crm.parameters.registry import all_definitions, parameter

NUMBER, SPANS = Whole(1, 10, "tries"), [["09:00", "12:00"], ["13:30", "20:00"]]


@pytest.mark.parametrize(
    ("kind", "typed", "stored", "read", "words"),
    [
        (NUMBER, " 3 ", 3, 3, "3 tries"),
        (Share(), "5", "5", Decimal("0.05"), "5 %"),
        (Share(), "2.50 %", "2.5", Decimal("0.025"), "2.5 %"),
        (Share(), "100", "100", Decimal(1), "100 %"),
        (Money(), "10,000,000", "10000000.00", Decimal(10_000_000), "10,000,000.00 yuan"),
        (Switch(), "on", True, True, "yes"),
        (Switch(), False, False, False, "no"),
        (Windows(), "09:00-12:00，13：30～20:00", SPANS, (("09:00", "12:00"), ("13:30", "20:00")), None),
        (Windows(), SPANS, SPANS, (("09:00", "12:00"), ("13:30", "20:00")), "09:00–12:00, 13:30–20:00"),
    ],
)
def test_there_and_back(kind: Kind, typed: Any, stored: Any, read: Any, words: str | None) -> None:
    assert kind.clean(typed) == stored
    assert kind.read(stored) == read
    assert kind.clean(kind.typed(stored)) == stored
    assert words in (None, kind.in_words(stored))


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (NUMBER, "0"),
        (NUMBER, "11"),
        (NUMBER, "3.5"),
        (NUMBER, ""),
        (NUMBER, "9" * 19),
        (Share(), "101"),
        (Share(), "-1"),
        (Share(), "0.001"),
        (Share(), "five"),
        (Share(), "NaN"),
        (Money(), "0"),
        (Money(), "1e30"),
        (Money(), "1.005"),
        (Switch(), "maybe"),
        (Windows(), "12:00-09:00"),
        (Windows(), "09:00-12:00, 11:00-13:00"),
        (Windows(), "09:00"),
        (Windows(), "always"),
        (Windows(), 3),
        (Windows(), []),
    ],
)
def test_refused_in_words(kind: Kind, typed: Any) -> None:
    with pytest.raises(ValidationError):
        kind.clean(typed)


def test_every_default_is_a_value_of_its_kind() -> None:
    for known in all_definitions():
        assert known.kind.clean(known.default) == known.default
        assert known.kind.clean(known.kind.typed(known.default)) == known.default
        assert str(known.label)
        assert str(known.source)


def test_declared_once() -> None:
    known = all_definitions()[0]
    with pytest.raises(ValueError, match="twice"):
        parameter(known.key, group="", kind=known.kind, default=known.default, label="", help="", source="", sure=True)
