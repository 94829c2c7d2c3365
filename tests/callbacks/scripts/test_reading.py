"""Scripts as JSON: what is taken, what is refused, and that nothing is lost on the way there and back."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from callbacks.scripts.content import ContentError, parse, parse_text, to_json
from callbacks.scripts.document import Rule
from tests.callbacks.scripts.writing import choice, question, script

pytestmark = pytest.mark.usefixtures("in_english")

FULL = script(
    {
        "code": "who",
        "kind": "single",
        "text": "您好，请问是{name}吗？",
        "help": "不透露姓名以外的信息",
        "options": [
            {"code": "self", "label": "本人", "points": 100},
            {"code": "other", "label": "非本人", "critical": True, "next": "stop"},
        ],
        "topic": "identity",
        "required_by_regulation": True,
        "weight": 2,
        "goto": [{"in": ["self"], "next": "satisfied"}],
    },
    {"code": "satisfied", "kind": "scale", "text": "满意吗？", "critical": {"at_most": 2}, "next": "end"},
    {"code": "sure", "kind": "yes_no", "text": "?", "critical": {"answers": ["no"]}},
    {"code": "amount", "kind": "number", "text": "?", "critical": {"at_least": "0.5"}, "optional": True},
)


def test_there_and_back() -> None:
    read = parse(FULL)
    assert to_json(read) == FULL
    assert parse(to_json(read)) == read
    assert read.questions[1].critical.at_most == Decimal(2)


def test_a_branch_is_about_its_own_question_unless_it_says_otherwise() -> None:
    (a,) = parse(script(question("a", goto=[{"is": "yes", "next": "end"}]))).questions
    assert a.goto == (Rule("a", ("yes",), "end"),)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "an object with a list"),
        ({"questions": {}}, "an object with a list"),
        ({"questions": [], "name": "x"}, "and nothing else"),
        (script(1), "Question 1 cannot be read: it is no object"),
        (script(question("Bad Code")), "Question 1 cannot be read: its code must be made of"),
        (script(question("end")), "neither “end” nor “stop”"),
        (script(question("a", "essay")), "Question a cannot be read: there is no kind essay"),
        (script(question("a", colour="red")), "“colour” is unknown"),
        (script(question("a", text=3)), "“text” has the wrong form"),
        (script(question("a", text="x" * 2001)), "at most 2000 characters"),
        (script(question("a", text="\0")), "“text” has the wrong form"),
        (script(question("a", help="\ud800")), "“help” has the wrong form"),
        (script(question("a", optional="yes")), "“optional” has the wrong form"),
        (script(question("a", weight=101)), "whole number from 0 to 100"),
        (script(question("a", weight=True)), "whole number from 0 to 100"),
        (script(question("a", topic="weather")), "there is no topic weather"),
        (script(choice("a", "x", "x")), "the same code"),
        (script(choice("a", "Ä")), "code of an answer"),
        (script(question("a", options=[{"code": "x", "label": "X"}])), "no answers to choose from"),
        (script(question("a", "single", options=[{"code": "x", "words": "X"}])), "“words” is unknown"),
        (script(question("a", "single", options="x")), "“options” has the wrong form"),
        (script(choice("a", *(f"o{n}" for n in range(21)))), "at most 20 lines"),
        (script(question("a", goto=[{"in": "yes", "next": "end"}])), "a list"),
        (script(question("a", goto=[{"question": "?", "in": [], "next": "end"}])), "by its code"),
        (script(question("a", goto=["b"])), "“goto” has the wrong form"),
        (script(question("a", next="the end")), "“end” or “stop”"),
        (script(question("a", "scale", critical={"at_least": "many"})), "a bound is a number"),
        (script(question("a", "scale", critical={"at_least": True})), "a bound is a number"),
        (script(question("a", "scale", critical={"at_least": "1e999999"})), "a bound is a number"),
        (script(question("a", critical={"answers": [1]})), "a list of words"),
        (script(question("a"), question("a")), "Two questions have the code a."),
        (script(*(question(f"q{n}") for n in range(61))), "at most 60 questions"),
    ],
)
def test_what_is_no_script(given: Any, words: str) -> None:
    with pytest.raises(ContentError, match=words):
        parse(given)


def test_every_question_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ContentError) as refused:
        parse(script(question("a", "essay"), question("b"), question("c", weight=-1)))
    assert [(fault.question, fault.field) for fault in refused.value.faults] == [("a", "kind"), ("c", "weight")]


def test_text_that_is_no_json() -> None:
    assert parse_text("\ufeff" + json.dumps(FULL)) == parse(FULL)
    with pytest.raises(ContentError, match="line 2"):
        parse_text('{"questions":\n oops}')
    with pytest.raises(ContentError, match="not JSON"):
        parse_text("[" * 100_000)
    with pytest.raises(ContentError, match="too large"):
        parse_text(" " * 500_001)
