"""Whatever the script: walking ends, no question is asked twice, circles are refused, what is checked holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from callbacks.scripts.content import (
    END,
    STOP,
    Content,
    faults_of,
    joined,
    missing,
    next_question,
    outlook,
    parse,
    path,
    to_json,
    unasked_topics,
    walk,
)
from tests.callbacks.scripts.writing import TOPICS, choice, question, script

Draw = Callable[..., Any]
KINDS = ("yes_no", "single", "multiple", "scale", "text", "statement", "number", "date")
VALUES = {
    "yes_no": ["yes", "no"],
    "scale": ["1", "2", "3", "4", "5"],
    "single": ["a", "b", "c"],
    "multiple": ["a", "b"],
}


@st.composite
def scripts(draw: st.DrawFn, *, forward: bool = True, prefix: str = "q") -> dict[str, Any]:
    """A script of up to nine questions; `forward`: whatever branches leads further down, so there is no circle."""
    length = draw(st.integers(1, 9))
    codes = [f"{prefix}{place}" for place in range(length)]
    questions: list[dict[str, Any]] = []
    for place, code in enumerate(codes):
        leads = st.sampled_from([*(codes[place + 1 :] if forward else codes), END, STOP])
        maybe = st.one_of(st.just(""), leads)
        kind = draw(st.sampled_from(KINDS))
        topic = draw(st.sampled_from(["", "", *TOPICS]))
        if kind in ("single", "multiple"):
            options = VALUES[kind]
            made = choice(code, *options, kind=kind, leads={one: draw(maybe) for one in options}, topic=topic)
        else:
            made = question(code, kind, topic=topic)
        earlier = [one for one in questions if one["kind"] in VALUES]
        rules = []
        for asked in draw(st.lists(st.sampled_from(earlier), max_size=2)) if earlier else []:
            among = draw(st.lists(st.sampled_from(VALUES[asked["kind"]]), min_size=1, max_size=2, unique=True))
            rules.append({"question": asked["code"], "in": among, "next": draw(leads)})
        questions.append(made | {"goto": rules, "next": draw(maybe)})
    return script(*questions)


def answer_to(draw: Draw, kind: str) -> Any:
    if kind == "multiple":
        return draw(st.lists(st.sampled_from(VALUES[kind]), min_size=1, unique=True))
    return (
        int(draw(st.sampled_from(VALUES[kind]))) if kind == "scale" else draw(st.sampled_from(VALUES.get(kind, ["x"])))
    )


def answered_to_the_end(draw: Draw, content: Content) -> tuple[dict[str, Any], list[str]]:
    """Answer what is asked next until nothing is; the answers, and the questions in the order they were asked."""
    answers: dict[str, Any] = {}
    asked: list[str] = []
    while (following := next_question(content, answers)) is not None:
        assert len(asked) < 100, "the walk does not end"
        asked.append(following.code)
        answers[following.code] = answer_to(draw, following.kind)
    return answers, asked


@settings(max_examples=300, deadline=None)
@given(data=st.data(), written=scripts())
def test_a_walk_ends_and_asks_each_question_at_most_once(data: st.DataObject, written: dict[str, Any]) -> None:
    content = parse(written)
    answers, asked = answered_to_the_end(data.draw, content)
    assert len(asked) == len(set(asked))
    assert asked == [one.code for one in path(content, answers)]
    assert missing(content, answers) == ()
    assert walk(content, answers).ending in (END, STOP)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), written=scripts())
def test_what_is_certain_stays_so(data: st.DataObject, written: dict[str, Any]) -> None:
    """The way so far is the beginning of the way after one more answer, and never longer than the likely one."""
    content = parse(written)
    answers: dict[str, Any] = {}
    while (following := next_question(content, answers)) is not None:
        before = path(content, answers)
        assert outlook(content, answers)[: len(before)] == before
        answers[following.code] = answer_to(data.draw, following.kind)
        assert path(content, answers)[: len(before)] == before


@settings(max_examples=200, deadline=None)
@given(data=st.data(), written=scripts())
def test_a_script_without_fault_asks_every_topic_on_every_way(data: st.DataObject, written: dict[str, Any]) -> None:
    content = parse(written)
    answers, _asked = answered_to_the_end(data.draw, content)
    reached_end = walk(content, answers).ending == END
    unasked = [topic for topic in TOPICS if topic not in {one.topic for one in path(content, answers)}]
    if reached_end and unasked:
        assert faults_of(content, regulated=True) != ()
    if not faults_of(content, regulated=True) and reached_end:
        assert unasked_topics(content, answers) == ()


@settings(max_examples=300, deadline=None)
@given(data=st.data(), written=scripts(forward=False))
def test_circles_are_refused_and_still_walked_to_an_end(data: st.DataObject, written: dict[str, Any]) -> None:
    content = parse(written)
    _answers, asked = answered_to_the_end(data.draw, content)
    assert len(asked) == len(set(asked))
    said = any("→" in fault.words and fault.field == "next" for fault in faults_of(content, regulated=False))
    assert said == has_circle(written)


def has_circle(written: dict[str, Any]) -> bool:
    """By another way than the product's: take away, again and again, what leads to nothing that is left."""
    questions = written["questions"]
    left = {one["code"]: led_to(one, questions) for one in questions}
    while True:
        over = [code for code, leads in left.items() if not leads & set(left)]
        if not over:
            return bool(left)
        for code in over:
            del left[code]


def led_to(one: dict[str, Any], questions: list[dict[str, Any]]) -> set[str]:
    codes = [other["code"] for other in questions]
    following = [*codes, END][codes.index(one["code"]) + 1]
    named = {option["next"] for option in one.get("options", [])} | {rule["next"] for rule in one["goto"]}
    own = {value for rule in one["goto"] if rule["question"] == one["code"] for value in rule["in"]}
    own |= {option["code"] for option in one.get("options", []) if option["next"]}
    decided = one["kind"] in VALUES and set(VALUES[one["kind"]]) <= own
    return (named | (set() if decided else {one["next"] or following})) - {""}


@settings(max_examples=150, deadline=None)
@given(data=st.data(), first=scripts(), second=scripts(), third=scripts(prefix="r"))
def test_joined_scripts_ask_each_question_once(data: st.DataObject, first: Any, second: Any, third: Any) -> None:
    """`first` and `second` share their codes, whatever these mean in each."""
    kinds = {one["code"]: one["kind"] for one in first["questions"]}
    for one in second["questions"]:
        if kinds.get(one["code"], one["kind"]) != one["kind"]:
            one["code"] = f"s_{one['code']}"
    content = joined([parse(first), parse(third), parse(second)])
    answers, asked = answered_to_the_end(data.draw, content)
    assert len(asked) == len(set(asked))
    assert walk(content, answers).ending in (END, STOP)


@settings(max_examples=200, deadline=None)
@given(written=scripts(forward=False))
def test_nothing_is_lost_in_json(written: dict[str, Any]) -> None:
    content = parse(written)
    assert parse(to_json(content)) == content
