"""One question as the editor's form has it: read from what was sent, and laid out for its fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import QueryDict

from callbacks.scripts.document import BOUNDED, CHOICES, NO, YES, Content, Question, QuestionKind
from callbacks.scripts.editing import free_code
from callbacks.scripts.reading import parse
from callbacks.scripts.saying import plain

BLANK_OPTIONS = 2  # a new question of choices begins with so many lines


@dataclass(frozen=True)
class OptionLine:
    """A line of answers in the form; `fixed`: yes and no, whose words are given."""

    key: str
    code: str = ""
    label: str = ""
    critical: bool = False
    points: str = ""
    next: str = ""
    fixed: bool = False


@dataclass(frozen=True)
class RuleLine:
    """A line of branches: `when` is `question=answer`."""

    key: str
    when: str = ""
    next: str = ""


def read(sent: QueryDict) -> Question:
    """The question that was typed, without the answer that is to be dropped.

    Raises ContentError for what cannot be kept: its code, what is too long.
    """
    kind = sent.get("kind", "")
    rules = [*_own_rules(sent, kind), *_rules(sent, kind)]
    given: dict[str, Any] = {
        "code": sent.get("code", "").strip(),
        "kind": kind,
        "text": _plain_lines(sent.get("text", "")),
        "help": _plain_lines(sent.get("help", "")),
        "options": list(_options(sent)) if kind in CHOICES else [],
        "topic": sent.get("topic", ""),
        "required_by_regulation": "required_by_regulation" in sent or bool(sent.get("topic")),
        "optional": "optional" in sent,
        "critical": _critical(sent, kind),
        "weight": _figure(sent.get("weight", "")),
        "goto": [{"question": question, "in": among, "next": target} for question, among, target in rules],
        "next": sent.get("next", ""),
    }
    return parse({"questions": [given]}).questions[0]


def option_lines(question: Question, *, blank: int = 0) -> list[OptionLine]:
    """The lines of answers, with `blank` empty ones behind."""
    if question.kind == QuestionKind.YES_NO:
        return [_fixed_line(question, value) for value in (YES, NO)]
    if question.kind not in CHOICES:
        return []
    lines = [
        OptionLine(str(place), one.code, one.label, one.critical, str(one.points or ""), one.next)
        for place, one in enumerate(question.options)
    ]
    more = max(blank, BLANK_OPTIONS - len(lines))
    return lines + [OptionLine(str(place)) for place in range(len(lines), len(lines) + more)]


def rule_lines(question: Question, *, blank: int = 0) -> list[RuleLine]:
    """The lines of branches, one for each answer, with `blank` empty ones behind."""
    shown = [
        (f"{rule.question}={value}", rule.next)
        for rule in question.goto
        for value in rule.among
        if not (rule.question == question.code and question.kind == QuestionKind.YES_NO)
    ]
    lines = [RuleLine(str(place), when, target) for place, (when, target) in enumerate(shown)]
    return lines + [RuleLine(str(place)) for place in range(len(lines), len(lines) + blank)]


def bounds(question: Question) -> dict[str, str]:
    """What stands in the fields of critical figures."""
    critical = question.critical
    return {
        "at_least": "" if critical.at_least is None else plain(critical.at_least),
        "at_most": "" if critical.at_most is None else plain(critical.at_most),
    }


def deciding(content: Content, kinds: Sequence[str]) -> list[Question]:
    """The questions that a branch may ask for."""
    return [one for one in content.questions if one.kind in kinds and not one.optional and one.values]


def _options(sent: QueryDict) -> Iterator[dict[str, Any]]:
    keys = [key for key in sent.getlist("option") if sent.get("do") != f"drop:{key}"]
    taken = [sent.get(f"option-{key}-code", "") for key in keys]
    for key in keys:
        label, code = sent.get(f"option-{key}-label", "").strip(), sent.get(f"option-{key}-code", "")
        if not label and not code:
            continue
        if not code:
            code = free_code("answer", taken)
            taken.append(code)
        yield {
            "code": code,
            "label": label,
            "critical": f"option-{key}-critical" in sent,
            "points": _figure(sent.get(f"option-{key}-points", "")),
            "next": sent.get(f"option-{key}-next", ""),
        }


def _own_rules(sent: QueryDict, kind: str) -> Iterator[tuple[str, list[str], str]]:
    """Where yes and no lead."""
    if kind == QuestionKind.YES_NO:
        for value in (YES, NO):
            target = sent.get(f"option-{value}-next", "")
            if target:
                yield sent.get("code", "").strip(), [value], target


def _rules(sent: QueryDict, kind: str) -> Iterator[tuple[str, list[str], str]]:
    """Lines of one question that lead to the same place are one branch."""
    was, code = sent.get("was", ""), sent.get("code", "").strip()
    lines = []
    for key in sent.getlist("rule"):
        asked, _equals, value = sent.get(f"rule-{key}-when", "").partition("=")
        target = sent.get(f"rule-{key}-next", "")
        if asked and not (kind == QuestionKind.YES_NO and asked == was):
            lines.append((code if asked == was else asked, target, value))
    for (asked, target), group in groupby(lines, key=lambda line: line[:2]):
        yield asked, list(dict.fromkeys(value for _asked, _target, value in group)), target


def _critical(sent: QueryDict, kind: str) -> dict[str, Any]:
    if kind == QuestionKind.YES_NO:
        return {"answers": [value for value in (YES, NO) if f"option-{value}-critical" in sent]}
    if kind in BOUNDED:
        return {name: sent.get(name, "").strip() or None for name in ("at_least", "at_most")}
    return {}


def _fixed_line(question: Question, value: str) -> OptionLine:
    own = (rule.next for rule in question.goto if rule.question == question.code and value in rule.among)
    critical = value in question.critical.answers
    return OptionLine(value, value, "", critical, "", next(own, ""), fixed=True)


def _figure(text: str) -> int | str:
    """A whole number; what is none is handed on, and refused in words."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text or 0


def _plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n")
