"""The way through a script: by its answers, by branches, through several scripts."""

from __future__ import annotations

from typing import Any

from callbacks.scripts.content import (
    END,
    STOP,
    Content,
    joined,
    missing,
    next_question,
    outlook,
    path,
    unasked_topics,
    walk,
)
from tests.callbacks.scripts.writing import choice, content, question, regulated


def codes(content: Content, answers: dict[str, Any], way: Any = path) -> list[str]:
    return [one.code for one in way(content, answers)]


BRANCHING = content(
    choice("who", "self", "other", leads={"other": "wrong_person"}),
    question("satisfied"),
    question("why", "text", goto=[{"question": "who", "is": "self", "next": "closing"}]),
    question("wrong_person", "statement", next="stop"),
    question("closing", "statement", next="end"),
)


def test_what_is_certain_ends_where_an_answer_decides() -> None:
    assert codes(BRANCHING, {}) == ["who"]
    assert codes(BRANCHING, {}, outlook) == ["who", "satisfied", "why", "wrong_person"]
    assert codes(BRANCHING, {"who": "self"}) == ["who", "satisfied", "why", "closing"]
    assert codes(BRANCHING, {"who": "other"}) == ["who", "wrong_person"]


def test_an_earlier_answer_decides_too() -> None:
    far = content(
        question("trades"),
        question("pause", "text"),
        question("often", "number", goto=[{"question": "trades", "in": ["no"], "next": "end"}]),
        question("which", "text"),
    )
    assert codes(far, {"trades": "yes"}) == ["trades", "pause", "often", "which"]
    assert codes(far, {"trades": "no"}) == ["trades", "pause", "often"]
    assert codes(far, {"pause": "x"}) == ["trades", "pause", "often"]


def test_endings() -> None:
    assert walk(BRANCHING, {}).ending == ""
    assert walk(BRANCHING, {"who": "other"}).ending == STOP
    assert walk(BRANCHING, {"who": "self"}).ending == END


def test_an_answer_off_the_way_decides_nothing() -> None:
    """The client first said it was somebody else; what was answered then stands, but the way is another by now."""
    aside = content(
        choice("who", "self", "other", leads={"other": "later"}),
        question("unhappy", goto=[{"is": "yes", "next": "later"}]),
        question("later", goto=[{"question": "unhappy", "is": "yes", "next": "end"}]),
        question("last", "text"),
    )
    answers = {"who": "other", "unhappy": "yes"}
    assert codes(aside, answers) == ["who", "later", "last"]


def test_next_and_missing() -> None:
    script = content(question("a"), question("b", "text", optional=True), question("c", "date"))
    following = next_question(script, {"a": "yes"})
    assert following is not None
    assert following.code == "b"
    assert codes(script, {"a": "yes"}, missing) == ["c"]
    passed = {"a": "yes", "b": None, "c": "2026-11-25"}
    assert next_question(script, passed) is None
    assert missing(script, passed) == ()


def test_several_chosen_take_the_first_branch_that_fits() -> None:
    script = content(
        choice("which", "fund", "share", "bond", kind="multiple", leads={"share": "risk"}),
        question("plain", "statement", next="end"),
        question("risk", "statement"),
    )
    assert codes(script, {"which": ["fund", "share"]}) == ["which", "risk"]
    assert codes(script, {"which": ["fund", "bond"]}) == ["which", "plain"]


def test_a_scale_branches_by_its_figures() -> None:
    script = content(
        question("content", "scale", goto=[{"in": [1, 2], "next": "why"}], next="closing"),
        question("why", "text"),
        question("closing", "statement"),
    )
    assert codes(script, {"content": 2}) == ["content", "why", "closing"]
    assert codes(script, {"content": 3}) == ["content", "closing"]


def test_topics_that_were_not_asked() -> None:
    from_json = content(*regulated()["questions"])
    assert unasked_topics(from_json, {"identity": "yes", "risks_disclosed": "no"}) == (
        "account_changes",
        "staff_operated",
        "discretionary_mandate",
    )
    assert unasked_topics(content(question("a")), {}) == ()


def test_joined_scripts_ask_once_and_close_once() -> None:
    first = content(
        question("opening", "statement"),
        choice("identity", "self", "other", leads={"other": "wrong_person"}),
        question("moved"),
        question("anything_else", "text", optional=True),
        question("closing", "statement", next="end"),
    )
    # A break-off among what closes would be lost with it: it stands before.
    second = content(
        question("opening", "statement"),
        choice("identity", "self", "other", leads={"other": "wrong_person"}, next="expires"),
        question("wrong_person", "statement", next="stop"),
        question("expires"),
        question("anything_else", "text", optional=True),
        question("closing", "statement", next="end"),
    )
    both = joined([first, second])
    assert codes(both, {"identity": "self"}) == [
        "opening",
        "identity",
        "moved",
        "expires",
        "anything_else",
        "closing",
    ]
    assert [step.part for step in walk(both, {"identity": "self"}).steps] == [0, 0, 0, 1, 1, 1]
    assert codes(both, {"identity": "other"}) == ["opening", "identity", "wrong_person"]
    assert walk(both, {"identity": "other"}).ending == STOP


def test_what_only_one_closes_with_stays() -> None:
    both = joined([content(question("a"), question("bye", "statement")), content(question("b"))])
    assert codes(both, {}) == ["a", "bye", "b"]
    assert joined([]).questions == ()
    assert codes(joined([BRANCHING]), {"who": "other"}) == ["who", "wrong_person"]


def test_a_question_that_one_way_left_out_is_asked_by_the_next_script() -> None:
    first = content(question("short", goto=[{"is": "yes", "next": "end"}]), question("hours", "text"), question("x"))
    second = content(question("hours", "text"), question("y"))
    assert codes(joined([first, second]), {"short": "yes"}) == ["short", "hours", "y"]
    assert codes(joined([first, second]), {"short": "no"}) == ["short", "hours", "x", "y"]


def test_a_draft_that_runs_in_a_circle_is_walked_once() -> None:
    circle = content(question("a", next="b"), question("b", next="a"))
    assert codes(circle, {"a": "yes", "b": "no"}) == ["a", "b"]
    lost = content(question("a", next="nowhere"), question("b"))
    assert codes(lost, {"a": "yes"}) == ["a"]
