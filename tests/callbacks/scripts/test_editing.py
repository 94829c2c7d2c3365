"""Changes of a draft, and one question as the form sends it."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from callbacks.scripts import editing, typed
from callbacks.scripts.content import Content, ContentError, faults_of
from callbacks.scripts.differing import differences
from callbacks.scripts.document import Rule
from tests.callbacks.scripts.writing import choice, content, question

pytestmark = pytest.mark.usefixtures("in_english")

THREE = content(
    question("a", next="c"),
    question("b"),
    choice("c", "x", "y", leads={"x": "b"}, goto=[{"question": "a", "is": "yes", "next": "a"}]),
)


def codes(content: Content) -> list[str]:
    return [one.code for one in content.questions]


def sent(**fields: Any) -> QueryDict:
    """A form as the browser sends it; `option` and `rule` name the lines in their order."""
    query = QueryDict(mutable=True)
    for name, value in ({"was": "a", "code": "a", "kind": "yes_no"} | fields).items():
        query.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    return query


class TestChanges:
    def test_a_question_is_put_in_its_place(self) -> None:
        changed = editing.put(THREE, "b", content(question("b", text="neu?")).questions[0])
        assert codes(changed) == ["a", "b", "c"]
        assert changed.by_code["b"].text == "neu?"

    def test_branches_follow_a_new_code(self) -> None:
        renamed = editing.put(THREE, "a", content(question("first", next="c")).questions[0])
        assert renamed.by_code["c"].goto == (Rule("first", ("yes",), "first"),)
        other = editing.put(THREE, "b", content(question("second")).questions[0])
        assert other.by_code["c"].options[0].next == "second"
        third = editing.put(THREE, "c", content(choice("third", "x", "y")).questions[0])
        assert third.by_code["a"].next == "third"

    def test_one_that_is_gone_meanwhile_is_put_at_the_end(self) -> None:
        assert codes(editing.put(THREE, "d", content(question("d")).questions[0])) == ["a", "b", "c", "d"]

    def test_added_behind_another(self) -> None:
        changed, code = editing.added(THREE, "a")
        assert codes(changed) == ["a", "question_1", "b", "c"]
        again, other = editing.added(changed, "nowhere")
        assert (code, other, codes(again)[-1]) == ("question_1", "question_2", "question_2")

    def test_removed_shows_what_led_there(self) -> None:
        changed = editing.removed(THREE, "c")
        assert codes(changed) == ["a", "b"]
        assert any("“c”, which does not exist" in one.words for one in faults_of(changed, regulated=False))

    def test_moved_within_the_list(self) -> None:
        assert codes(editing.moved(THREE, "b", -1)) == ["b", "a", "c"]
        assert codes(editing.moved(THREE, "b", 1)) == ["a", "c", "b"]
        for code, step in (("a", -1), ("c", 1), ("nowhere", 1)):
            assert editing.moved(THREE, code, step) == THREE


class TestTyped:
    def test_yes_and_no_may_lead_elsewhere_and_be_critical(self) -> None:
        asked = typed.read(sent(text="?", **{"option-no-critical": "on", "option-yes-next": "end"}))
        assert asked.critical.answers == ("no",)
        assert asked.goto == (Rule("a", ("yes",), "end"),)
        yes, no = typed.option_lines(asked)
        assert (yes.next, yes.critical, no.next, no.critical) == ("end", False, "", True)

    def test_options_in_their_order_new_ones_get_codes(self) -> None:
        fields = {
            "option": ["1", "0", "2", "3"],
            "option-0-code": "own",
            "option-0-label": "本人",
            "option-1-code": "answer_1",
            "option-1-label": "他人",
            "option-1-critical": "on",
            "option-1-next": "stop",
            "option-2-label": "不清楚",
            "option-3-label": " ",
        }
        asked = typed.read(sent(kind="single", **fields))
        assert [(one.code, one.label) for one in asked.options] == [
            ("answer_1", "他人"),
            ("own", "本人"),
            ("answer_2", "不清楚"),
        ]
        assert (asked.options[0].critical, asked.options[0].next) == (True, "stop")
        assert len(typed.option_lines(asked, blank=1)) == 4
        dropped = typed.read(sent(kind="single", do="drop:0", **fields))
        assert [one.code for one in dropped.options] == ["answer_1", "answer_2"]

    def test_branches_to_the_same_place_are_one(self) -> None:
        fields = {
            "rule": ["0", "1", "2", "3"],
            "rule-0-when": "q=x",
            "rule-0-next": "end",
            "rule-1-when": "q=y",
            "rule-1-next": "end",
            "rule-2-when": "",
            "rule-3-when": "a=x",
            "rule-3-next": "b",
        }
        asked = typed.read(sent(kind="multiple", code="renamed", **fields))
        assert asked.goto == (Rule("renamed", ("x",), "b"), Rule("q", ("x", "y"), "end"))
        assert [(line.when, line.next) for line in typed.rule_lines(asked, blank=1)] == [
            ("renamed=x", "b"),
            ("q=x", "end"),
            ("q=y", "end"),
            ("", ""),
        ]

    def test_bounds_weight_and_marks(self) -> None:
        asked = typed.read(sent(kind="scale", at_most="2", at_least="", weight="3", topic="identity"))
        assert typed.bounds(asked) == {"at_most": "2", "at_least": ""}
        assert (asked.weight, asked.topic, asked.required_by_regulation) == (3, "identity", True)

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"code": "Nicht gut"}, "small letters"),
            ({"kind": "essay"}, "no kind"),
            ({"weight": "many"}, "whole number"),
            ({"kind": "scale", "at_most": "viel"}, "a bound is a number"),
            ({"text": "x" * 2001}, "at most 2000"),
        ],
    )
    def test_what_cannot_be_kept(self, fields: dict[str, str], words: str) -> None:
        with pytest.raises(ContentError, match=words):
            typed.read(sent(**fields))

    def test_the_form_sends_back_what_it_shows(self) -> None:
        """A question that is opened and saved without a change stays as it is."""
        for asked in (*THREE.questions, content(question("n", "number", critical={"at_least": "0.5"})).questions[0]):
            fields: dict[str, Any] = {"was": asked.code, "code": asked.code, "kind": asked.kind, "text": asked.text}
            fields |= {"next": asked.next, **typed.bounds(asked)}
            lines = typed.option_lines(asked)
            fields["option"] = [line.key for line in lines if not line.fixed]
            for line in lines:
                fields |= {
                    f"option-{line.key}-code": line.code,
                    f"option-{line.key}-label": line.label,
                    f"option-{line.key}-next": line.next,
                }
            rules = typed.rule_lines(asked)
            fields["rule"] = [line.key for line in rules]
            for rule in rules:
                fields |= {f"rule-{rule.key}-when": rule.when, f"rule-{rule.key}-next": rule.next}
            assert typed.read(sent(**fields)) == asked


def test_what_differs_between_versions() -> None:
    after = content(
        question("new", "statement"),
        question("c", "single", text="c?", options=[{"code": "x", "label": "X"}, {"code": "z", "label": "Z"}]),
        question("a", next="c", text="anders?"),
    )
    found = {change.code: change for change in differences(THREE, after)}
    assert {code: change.what for code, change in found.items()} == {
        "new": "added",
        "c": "changed",
        "a": "changed",
        "b": "removed",
    }
    assert [(one.label, one.before, one.after) for one in found["a"].aspects] == [
        ("What is said or asked", "a?", "anders?")
    ]
    answers = next(one for one in found["c"].aspects if one.label == "Answers")
    assert (answers.before, answers.after) == ("X → b\nY", "X\nZ")
    assert differences(after, after) == []


def test_a_question_that_only_moved() -> None:
    before = content(question("a"), question("b"), question("c"))
    after = content(question("b"), question("a"), question("c"))
    assert {change.what for change in differences(before, after)} == {"moved"}
