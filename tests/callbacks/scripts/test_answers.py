"""Answers: which can be given, how they are kept, which are critical, what they score."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from callbacks.scripts.answers import wrong_placeholders
from callbacks.scripts.content import Question, check_answer, filled, in_words, is_critical, score
from tests.callbacks.scripts.writing import choice, content, question

pytestmark = pytest.mark.usefixtures("in_english")


def one(given: Any) -> Question:
    return content(given).questions[0]


FUNDS = one(choice("a", "fund", "share", "bond", kind="multiple"))


@pytest.mark.parametrize(
    ("asked", "given", "kept"),
    [
        (one(question("a")), "yes", "yes"),
        (one(choice("a", "x", "y")), "y", "y"),
        (FUNDS, ["bond", "fund", "bond"], ["fund", "bond"]),
        (FUNDS, "share", ["share"]),
        (one(question("a", "scale")), "5", 5),
        (one(question("a", "scale")), "３", 3),
        (one(question("a", "number")), "1,250,000.50", "1250000.5"),
        (one(question("a", "number")), "-0", "0"),
        (one(question("a", "number")), "１００", "100"),
        (one(question("a", "date")), "2026-11-25", "2026-11-25"),
        (one(question("a", "text")), " 想了解 ETF \n", "想了解 ETF"),
        (one(question("a", "statement")), "read", "read"),
        (one(question("a", "text", optional=True)), "  ", None),
        (one(question("a", "date", optional=True)), None, None),
    ],
)
def test_answers_as_they_are_kept(asked: Question, given: Any, kept: Any) -> None:
    assert check_answer(asked, given) == kept
    assert check_answer(asked, kept) == kept


@pytest.mark.parametrize(
    ("asked", "given", "words"),
    [
        (one(question("a")), "maybe", "“maybe” is no answer"),
        (one(question("a")), "", "needs an answer"),
        (one(question("a")), True, "no answer to choose"),
        (one(choice("a", "x", "y")), ["x"], "no answer to choose"),
        (FUNDS, [], "needs an answer"),
        (FUNDS, ["fund", "gold"], "“gold” is no answer"),
        (FUNDS, [["fund"]], "is no answer"),
        (one(question("a", "scale")), 0, "from 1 to 5"),
        (one(question("a", "scale")), 2.5, "from 1 to 5"),
        (one(question("a", "number")), "many", "is no number"),
        (one(question("a", "number")), "NaN", "is no number"),
        (one(question("a", "number")), "1e20", "too large"),
        (one(question("a", "date")), "2026-02-30", "no day of the calendar"),
        (one(question("a", "text")), "   ", "needs an answer"),
        (one(question("a", "text")), "x" * 2001, "at most 2000"),
        (one(question("a", "text")), "a\0b", "cannot be kept"),
        (one(question("a", "statement")), "yes", "read out"),
    ],
)
def test_what_is_no_answer(asked: Question, given: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        check_answer(asked, given)


def test_critical_answers() -> None:
    options = [{"code": "self", "label": "S"}, {"code": "staff", "label": "T", "critical": True}]
    who, several = one(question("a", "single", options=options)), one(question("a", "multiple", options=options))
    assert (is_critical(who, "staff"), is_critical(who, "self")) == (True, False)
    assert (is_critical(several, ["self", "staff"]), is_critical(several, ["self"])) == (True, False)
    promised = one(question("a", critical={"answers": ["yes"]}))
    assert (is_critical(promised, "yes"), is_critical(promised, "no"), is_critical(promised, None)) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("bounds", "critical"),
    [
        ({"at_most": 2}, [1, 2]),
        ({"at_least": 4}, [4, 5]),
        ({"at_least": 2, "at_most": 3}, [2, 3]),
        ({"at_least": 5, "at_most": 1}, [1, 5]),
        ({}, []),
    ],
)
def test_critical_bounds(bounds: dict[str, int], critical: list[int]) -> None:
    """Crossed bounds mean the outside: too little or too much."""
    asked = one(question("a", "scale", critical=bounds))
    assert [figure for figure in range(1, 6) if is_critical(asked, figure)] == critical


def test_a_critical_number_is_exact() -> None:
    asked = one(question("a", "number", critical={"at_least": "0.3"}))
    assert is_critical(asked, "0.3")
    assert not is_critical(asked, "0.29999")


def test_the_score_is_a_weighted_mean_of_what_was_asked() -> None:
    asked = content(
        question("content", "scale", weight=3),
        question("solved", weight=1),
        question("single", "single", weight=1, options=[{"code": "a", "label": "A", "points": 40}]),
        question("plain"),
    )
    assert score(asked, {"content": 4, "solved": "yes", "single": "a", "plain": "no"}) == Decimal("73.0")
    assert score(asked, {"content": 1}) == Decimal("0.0")
    assert score(asked, {"plain": "yes"}) is None


def test_answers_in_words() -> None:
    assert in_words(FUNDS, ["fund", "bond"]) == "FUND, BOND"
    assert in_words(one(question("a")), "no") == "No"
    assert in_words(one(question("a", "scale")), 4) == "4"
    assert in_words(one(question("a", "statement")), "read") == "read out"
    assert in_words(one(question("a", "text")), None) == "passed over"


def test_placeholders() -> None:
    assert filled("{name}，我是{agent}，{what}", {"name": "李先生", "agent": "{name}"}) == "李先生，我是{name}，{what}"
    assert wrong_placeholders("{firm}{branch} {x} {} }") == ["{x}", "{}", "}"]
    assert wrong_placeholders("{name}{firm}{branch}{phone}{agent}{agent_no}{manager}{reason}") == []
