"""What the editor of a draft shows: the outline, one question as a form, how it is said, and what is still wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from callbacks.scripts import pages, typed
from callbacks.scripts.answers import in_words
from callbacks.scripts.checking import faults_of
from callbacks.scripts.document import (
    BOUNDED,
    CHOICES,
    DECIDING,
    END,
    PLACEHOLDERS,
    SCORED,
    STOP,
    Content,
    Fault,
    Question,
    QuestionKind,
    Topic,
)
from callbacks.scripts.models import ScriptVersion
from callbacks.scripts.services import content_of

SHORT = 36  # characters of a question in lists


@dataclass(frozen=True)
class More:
    """How many empty lines the form offers behind those that are filled in."""

    options: int = 0
    rules: int = 0


def context_of(version: ScriptVersion, chosen: str, more: More = More()) -> dict[str, Any]:
    """Everything that the editor's templates show; `chosen` is the code of the question, the first one without it."""
    content = content_of(version)
    faults = faults_of(content, regulated=version.script.regulated)
    questions = content.questions
    question = content.by_code.get(chosen) or (questions[0] if questions else None)
    context = {
        "version": version,
        "script": version.script,
        "lines": pages.lines_of(content, faults),
        "whole_faults": pages.whole_faults(faults),
        "fault_count": len(faults),
        "topics": pages.topic_marks(content),
        "question": question,
        "placeholders": [(f"{{{name}}}", meaning) for name, meaning in PLACEHOLDERS.items()],
    }
    return context | (_form(question, content, faults, more) if question else {})


def _form(question: Question, content: Content, faults: tuple[Fault, ...], more: More) -> dict[str, Any]:
    named = typed.deciding(content, DECIDING)
    return {
        "line": pages.line_of(content, question.code, faults),
        "faults": [fault for fault in faults if fault.question == question.code],
        "kinds": QuestionKind.choices,
        "topic_choices": Topic.choices,
        "options": typed.option_lines(question, blank=more.options),
        "rules": typed.rule_lines(question, blank=max(more.rules, 1 if question.goto else 0)),
        "bounds": typed.bounds(question),
        "has_choices": question.kind in CHOICES,
        "has_bounds": question.kind in BOUNDED,
        "can_be_scored": question.kind in SCORED,
        "targets": _targets(content, question),
        "askable": [
            (_named(content, one), [(f"{one.code}={value}", in_words(one, value)) for value in one.values])
            for one in named
        ],
    }


def _targets(content: Content, question: Question) -> list[tuple[str, str]]:
    """Where an answer may lead: any other question, the end, or breaking off."""
    others = [(one.code, _named(content, one)) for one in content.questions if one.code != question.code]
    return [*others, (END, _("The end of the script")), (STOP, _("Break off: the talk ends here"))]


def _named(content: Content, question: Question) -> str:
    number = content.questions.index(question) + 1
    text = question.text if len(question.text) <= SHORT else f"{question.text[:SHORT]}…"
    return f"{number} {text or question.code}"
