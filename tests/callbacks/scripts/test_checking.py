"""What keeps a script from being published, in words and at the right question."""

from __future__ import annotations

from typing import Any

import pytest

from callbacks.scripts.content import ContentError, Fault, checked, faults_of
from tests.callbacks.scripts.writing import TOPICS, choice, content, question, regulated, script

pytestmark = pytest.mark.usefixtures("in_english")


def faults(*questions: Any, regulated: bool = False) -> list[tuple[str, str]]:
    """(question, words) of everything that is wrong."""
    return [(fault.question, fault.words) for fault in faults_of(content(*questions), regulated=regulated)]


def only(*questions: Any, regulated: bool = False) -> Fault:
    (fault,) = faults_of(content(*questions), regulated=regulated)
    return fault


def test_a_script_that_is_well() -> None:
    assert faults(question("a"), choice("b", "one", "two", leads={"two": "end"}), question("c", "date")) == []
    assert checked(regulated(), regulated=True).topics == TOPICS


@pytest.mark.parametrize(
    ("broken", "field", "words"),
    [
        (question("a", text=" "), "text", "missing"),
        (question("a", text="Hello {nam}, {agent}"), "text", r"Nothing fills \{nam\}"),
        (question("a", text="Hello ｛name｝"), "text", "Nothing fills"),
        (question("a", text="Hello {name"), "text", "Nothing fills"),
        (choice("a", "one"), "options", "at least two"),
        (
            question("a", "single", options=[{"code": "x", "label": ""}, {"code": "y", "label": "Y"}]),
            "options",
            "words",
        ),
        (
            question("a", "single", options=[{"code": "x", "label": "Y"}, {"code": "y", "label": "Y"}]),
            "options",
            "same",
        ),
        (question("a", next="b"), "next", "“b”, which does not exist"),
        (choice("a", "x", "y", leads={"x": "b"}), "next", "“b”, which does not exist"),
        (question("a", goto=[{"question": "z", "is": "yes", "next": "end"}]), "goto", "“z”, which does not exist"),
        (question("a", goto=[{"is": "maybe", "next": "end"}]), "goto", "an answer that “a” does not have"),
        (question("a", goto=[{"is": "yes", "next": ""}]), "goto", "does not say where"),
        (question("a", "text", goto=[{"is": "yes", "next": "end"}]), "goto", "may be anything"),
        (question("a", optional=True, goto=[{"is": "yes", "next": "end"}]), "optional", "decides what follows"),
        (question("a", optional=True, topic="identity"), "optional", "regulation"),
        (question("a", optional=True, required_by_regulation=True), "optional", "regulation"),
        (question("a", "date", weight=1), "weight", "cannot be scored"),
        (choice("a", "x", "y", weight=1), "options", "how many points"),
        (question("a", "scale", critical={"answers": ["yes"]}), "critical", "only a question of that kind"),
        (question("a", critical={"at_most": 2}), "critical", "belong to a scale or a number"),
    ],
)
def test_one_question(broken: Any, field: str, words: str) -> None:
    found = faults_of(content(broken), regulated=False)
    assert [(fault.question, fault.field) for fault in found][:1] == [("a", field)]
    with pytest.raises(ContentError, match=words):
        checked(script(broken), regulated=False)


def test_an_empty_script() -> None:
    assert only().words == "The script has no question yet."


def test_a_circle_is_named() -> None:
    fault = only(
        question("a"), choice("b", "x", "y", leads={"x": "c", "y": "end"}), question("c"), question("d", next="b")
    )
    assert fault == Fault("d", "next", "The script runs in a circle: b → c → d → b.")


def test_a_question_that_nothing_leads_to() -> None:
    assert faults(question("a", next="c"), question("b"), question("c")) == [
        ("b", "No way through the script leads to this question.")
    ]


def test_a_branch_that_no_way_takes_leads_nowhere() -> None:
    """Nobody who said yes ever comes to c, so what only c's branch leads to is not reached."""
    found = faults(
        question("a", goto=[{"is": "yes", "next": "end"}]),
        question("c", goto=[{"question": "a", "is": "yes", "next": "d"}], next="end"),
        question("d"),
    )
    assert found == [("d", "No way through the script leads to this question.")]


def test_some_way_must_lead_to_the_end() -> None:
    assert only(question("a", next="stop")).words == "No way leads to the end of the script."


def test_a_regulated_script_asks_five_topics() -> None:
    assert only(*regulated()["questions"][1:], regulated=True).words == (
        "No question is about “Identity”, which a regulated script must ask."
    )


def test_another_script_asks_nothing_about_conduct() -> None:
    """It may be asked by the client's own manager, who cannot ask about himself."""
    assert faults(question("identity", topic="identity"), question("a")) == []
    fault = only(question("a"), question("b", topic="staff_operated"))
    assert (fault.question, fault.field, "regulated script" in fault.words) == ("b", "topic", True)


def test_no_way_to_the_end_leaves_a_topic_out() -> None:
    short = choice("hurry", "calm", "hurried", leads={"hurried": "risks_disclosed"})
    found = faults(short, *regulated()["questions"], regulated=True)
    way = "hurry (HURRIED) → … → discretionary_mandate"
    assert found == [
        ("", f"“{topic}” is left out on the way {way}.")
        for topic in ("Identity", "Account changes", "Operation by branch or staff")
    ]


def test_a_way_that_no_answers_make_may_lack_a_topic() -> None:
    """Only who is not hurried comes to the branch that would skip: nobody skips."""
    questions = regulated(question("last", goto=[{"question": "hurry", "is": "hurried", "next": "end"}], next="end"))[
        "questions"
    ]
    hurry = choice("hurry", "calm", "hurried", leads={"hurried": "sorry"})
    sorry = question("sorry", "statement", next="stop")
    skip = question("skip", goto=[{"question": "hurry", "is": "hurried", "next": "end"}])
    assert faults(hurry, skip, *questions, sorry, regulated=True) == []


def test_a_broken_off_talk_may_lack_topics() -> None:
    who = choice("who", "self", "other", leads={"other": "sorry", "self": "identity"})
    sorry = question("sorry", "statement", next="stop")
    assert faults(who, sorry, *regulated()["questions"], regulated=True) == []


def test_branches_beyond_counting_are_refused_at_the_question() -> None:
    many = [f"o{number}" for number in range(12)]
    fault = only(choice("a", *many, kind="multiple", leads=dict.fromkeys(many, "b")), question("b"))
    assert (fault.question, "branch less" in fault.words) == ("a", True)
    thirty = [question(f"q{number}") for number in range(30)]
    rules = [{"question": f"q{number}", "is": "yes", "next": "end"} for number in range(20)]
    more = [question(f"q{number}") for number in range(30, 40)]
    crowded = [*thirty, question("x", goto=rules), *more]
    assert "branch less" in faults(*crowded)[-1][1]
