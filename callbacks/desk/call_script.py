"""The script of a call as its screen shows it: texts filled in, what was answered, and the same as data for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from callbacks.calls.answers import answers_of
from callbacks.calls.freezing import script_of
from callbacks.calls.models import Answer, Call, CallReason
from callbacks.desk.sentences import sentence_of
from callbacks.scripts.content import Content, Question, QuestionKind, Topic, filled, in_words, outlook
from callbacks.scripts.models import ScriptVersion
from callbacks.scripts.saying import AnswerLine, answer_lines, bounds_in_words
from clients.contacts.messages import form_of_address
from crm.organisation.models import User
from crm.web.context import firm_name

SCALE = ("1", "2", "3", "4", "5")


@dataclass(frozen=True)
class Choice:
    """One answer to choose: its value, its words, the digit that chooses it, and whether it is critical."""

    value: str
    label: str
    digit: int
    critical: bool
    chosen: bool


@dataclass(frozen=True)
class Asked:
    """One question on the screen."""

    question: Question
    number: int
    text: str
    help: str
    choices: tuple[Choice, ...]
    answer: Answer | None
    likely: bool  # on the way as it looks now

    @property
    def is_single(self) -> bool:
        return self.question.kind in (QuestionKind.YES_NO, QuestionKind.SINGLE, QuestionKind.SCALE)

    @property
    def value(self) -> Any:
        return self.answer.value if self.answer else None

    @property
    def words(self) -> str:
        """What was answered, as people read it."""
        return in_words(self.question, self.answer.value) if self.answer else ""

    @property
    def bounds(self) -> str:
        """Which figures are critical."""
        return bounds_in_words(self.question.critical)


@dataclass(frozen=True)
class Script:
    """Everything that is asked in a call. `title` names its scripts and their versions."""

    title: str
    content: Content
    asked: tuple[Asked, ...]

    @property
    def data(self) -> dict[str, Any]:
        """What the page's script needs to go through it (static/src/js/call/walk.js)."""
        return {
            "parts": [[_as_data(one) for one in part] for part in self.content.parts],
            "topics": {topic.value: str(topic.label) for topic in Topic if topic.value in self.content.topics},
            "answers": {
                one.question.code: {"value": one.answer.value, "note": one.answer.note, "revision": one.answer.revision}
                for one in self.asked
                if one.answer
            },
        }


@dataclass(frozen=True)
class Frozen:
    """One version that a call keeps."""

    script: int
    name: str
    number: int


def script_for(call: Call, frozen: Sequence[Frozen], values: dict[str, str]) -> Script | None:
    """The script of a call whose versions are `frozen`; None where it has none. `values` fill the placeholders. One
    query."""
    if not call.script_versions:
        return None
    content, answers = script_of(call), answers_of(call)
    given = {code: one.value for code, one in answers.items()}
    likely = {question.code for question in outlook(content, given)}
    asked = tuple(
        _asked(question, number, content, answers.get(question.code), values, likely)
        for number, question in enumerate(content.questions, 1)
    )
    version = _("%(script)s, version %(number)s")
    title = " · ".join(version % {"script": one.name, "number": one.number} for one in frozen)
    return Script(title, content, asked)


def frozen_of(call: Call) -> list[Frozen]:
    """The versions that a call keeps, in the order in which they are asked: one query."""
    versions = ScriptVersion.objects.filter(pk__in=call.script_versions)
    rows = versions.values_list("pk", "script", "script__name", "number")
    found = {pk: Frozen(script, name, number) for pk, script, name, number in rows}
    return [found[pk] for pk in call.script_versions if pk in found]


def values_for(call: Call, reasons: Sequence[CallReason], by: User, *, clear: bool) -> dict[str, str]:
    """What fills the placeholders of a script; a client's name only for whoever sees it in clear."""
    client, branch = call.client, call.branch
    manager = client.manager if client else None
    values = {
        "firm": firm_name(),
        "branch": branch.name if branch else "",
        "phone": branch.phone if branch else "",
        "agent": by.name,
        "agent_no": by.staff_no,
        "manager": manager.name if manager else "",
        "reason": sentence_of(reasons),
    }
    if clear:
        values["name"] = form_of_address(client) if client else call.contact_name
    return {name: value for name, value in values.items() if value}


def _asked(
    question: Question, number: int, content: Content, answer: Answer | None, values: dict[str, str], likely: set[str]
) -> Asked:
    return Asked(
        question=question,
        number=number,
        text=filled(question.text, values),
        help=filled(question.help, values),
        choices=tuple(_choices(question, content, answer)),
        answer=answer,
        likely=question.code in likely,
    )


def _choices(question: Question, content: Content, answer: Answer | None) -> list[Choice]:
    given = answer.value if answer else None
    chosen = {str(one) for one in given} if isinstance(given, list) else {str(given)}
    if question.kind == QuestionKind.SCALE:
        lines = [AnswerLine(step, False, "") for step in SCALE]
    else:
        lines = answer_lines(question, content)
    return [
        Choice(value, line.label, digit, line.critical, value in chosen and answer is not None)
        for digit, (value, line) in enumerate(zip(question.values, lines, strict=False), 1)
    ]


def _as_data(question: Question) -> dict[str, Any]:
    return {
        "code": question.code,
        "kind": question.kind,
        "optional": question.optional,
        "topic": question.topic,
        "next": question.next,
        "options": [{"code": option.code, "next": option.next} for option in question.options],
        "goto": [{"question": one.question, "among": list(one.among), "next": one.next} for one in question.goto],
    }
