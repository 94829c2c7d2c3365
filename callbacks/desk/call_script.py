"""The script of a call as its screen shows it: texts filled in, what was answered, and the same as data for scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from callbacks.calls.answers import answers_of
from callbacks.calls.freezing import script_of
from callbacks.calls.models import Answer, Call, CallReason
from callbacks.desk.sentences import sentence_of
from callbacks.scripts.content import Content, Question, QuestionKind, Topic, filled
from callbacks.scripts.models import ScriptVersion
from callbacks.scripts.saying import AnswerLine, answer_lines, bounds_in_words
from clients.contacts.messages import form_of_address
from clients.profile.policies import shown_name
from crm.organisation.models import User
from crm.web.context import firm_name
from crm.web.written import written

SCALE = ("1", "2", "3", "4", "5")
TEMPLATE = "callbacks/desk/call/question.html"
TEXT, HELP = "%%text%%", "%%help%%"  # where the texts are put in
MARKS = re.compile(f"{TEXT}|{HELP}")


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
    """One question on the screen. `answered` tells an answer that is empty (passed over) from none."""

    question: Question
    number: int
    text: str
    help: str
    choices: tuple[Choice, ...]
    answered: bool
    value: Any
    note: str
    critical: bool

    @property
    def is_single(self) -> bool:
        return self.question.kind in (QuestionKind.YES_NO, QuestionKind.SINGLE, QuestionKind.SCALE)

    @property
    def bounds(self) -> str:
        """Which figures are critical."""
        return bounds_in_words(self.question.critical)

    @property
    def written(self) -> SafeString:
        """The question as the page has it. A script has thirty, mostly the same for every call: what nobody typed and
        names nobody is kept in memory, and the texts are put in afterwards."""
        shape = replace(self, text=TEXT, help=HELP if self.help else "")
        is_free = bool(self.note) or self.question.kind in (QuestionKind.TEXT, QuestionKind.NUMBER, QuestionKind.DATE)
        drawn = render_to_string(TEMPLATE, {"one": shape}) if is_free else written(TEMPLATE, one=shape)
        said = {TEXT: linebreaksbr(self.text), HELP: linebreaksbr(self.help)}
        return SafeString(MARKS.sub(lambda found: said[found[0]], drawn))


@dataclass(frozen=True)
class Script:
    """Everything that is asked in a call. `title` names its scripts and their versions."""

    title: str
    content: Content
    asked: tuple[Asked, ...]
    answers: Mapping[str, Answer]

    @property
    def data(self) -> dict[str, Any]:
        """What the page's script needs to go through it (static/src/js/call/walk.js)."""
        return {
            "parts": [[_as_data(one) for one in part] for part in self.content.parts],
            "topics": {topic.value: str(topic.label) for topic in Topic if topic.value in self.content.topics},
            "answers": {
                code: {"value": one.value, "note": one.note, "revision": one.revision}
                for code, one in self.answers.items()
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
    asked = tuple(
        _asked(question, number, content, answers.get(question.code), values)
        for number, question in enumerate(content.questions, 1)
    )
    version = _("%(script)s, version %(number)s")
    title = " · ".join(version % {"script": one.name, "number": one.number} for one in frozen)
    return Script(title, content, asked, answers)


def frozen_of(call: Call) -> list[Frozen]:
    """The versions that a call keeps, in the order in which they are asked: one query."""
    versions = ScriptVersion.objects.filter(pk__in=call.script_versions)
    rows = versions.values_list("pk", "script", "script__name", "number")
    found = {pk: Frozen(script, name, number) for pk, script, name, number in rows}
    return [found[pk] for pk in call.script_versions if pk in found]


def values_for(call: Call, reasons: Sequence[CallReason], by: User, *, clear: bool) -> dict[str, str]:
    """What fills the placeholders of a script; a client's name is masked for whoever must not see it."""
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
    if client is not None:
        values["name"] = form_of_address(client) if clear else shown_name(client.name, client.kind, clear=False)
    else:
        values["name"] = shown_name(call.contact_name, "", clear=clear)
    return {name: value for name, value in values.items() if value}


def _asked(question: Question, number: int, content: Content, answer: Answer | None, values: dict[str, str]) -> Asked:
    given = answer.value if answer else None
    return Asked(
        question=question,
        number=number,
        text=filled(question.text, values),
        help=filled(question.help, values),
        choices=tuple(_choices(question, content, answer)),
        answered=answer is not None,
        value=tuple(given) if isinstance(given, list) else given,
        note=answer.note if answer else "",
        critical=answer is not None and answer.critical,
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
