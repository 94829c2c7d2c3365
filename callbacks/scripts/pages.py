"""Scripts as the pages show them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from callbacks.scripts.choices import ReasonKind
from callbacks.scripts.differing import marks
from callbacks.scripts.document import PLACEHOLDERS, Content, Fault, Question, QuestionKind, Topic
from callbacks.scripts.models import Script, ScriptVersion
from callbacks.scripts.saying import AnswerLine, answer_lines, leads_to
from crm.audit.selectors import Change, FieldChange, history_of, history_of_all
from crm.organisation.models import User

MOST_CHANGES = 50
SLOT = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class TopicMark:
    """A regulated topic, and whether a script asks it."""

    label: str | Promise
    asked: bool


@dataclass(frozen=True)
class Line:
    """A question as a reader sees it, with its place."""

    number: int
    question: Question
    kind: str | Promise
    spoken: SafeString
    answers: list[AnswerLine]
    leads: str
    topic: str | Promise
    marks: str
    faults: tuple[Fault, ...] = ()


def lines_of(content: Content, faults: Sequence[Fault] = ()) -> list[Line]:
    """Every question of a script in order, each with what is wrong with it."""
    return [_line(number, question, content, faults) for number, question in enumerate(content.questions, 1)]


def line_of(content: Content, code: str, faults: Sequence[Fault] = ()) -> Line | None:
    """One of `lines_of`."""
    return next((line for line in lines_of(content, faults) if line.question.code == code), None)


def spoken(text: str) -> SafeString:
    """A text as it is said: what is put in during the call stands as its meaning, marked."""
    parts = SLOT.split(text)
    said = [_slot(part) if place % 2 else escape(part) for place, part in enumerate(parts)]
    return mark_safe("".join(said).replace("\n", "<br>"))  # noqa: S308 – every part is escaped


def topic_marks(content: Content) -> list[TopicMark]:
    """The five topics, and which of them the script asks."""
    return [TopicMark(topic.label, topic.value in content.topics) for topic in Topic]


def whole_faults(faults: Sequence[Fault]) -> list[Fault]:
    """What is wrong with the script as a whole."""
    return [fault for fault in faults if not fault.question]


def kinds_in_words(kinds: Sequence[str]) -> list[str]:
    """The reasons a script is for."""
    return [str(ReasonKind(kind).label) for kind in kinds if kind in ReasonKind.values]


def facts(version: ScriptVersion) -> list[tuple[str, Any]]:
    """Who and when, for components/pairs.html."""
    from_system = _("the system")
    published = version.published_at is not None
    return [
        (_("Author"), _name(version.made_by) or from_system),
        (_("Published by"), (_name(version.published_by) or from_system) if published else ""),
        (_("Reasons"), pgettext("between words of a list", ", ").join(kinds_in_words(version.script.kinds))),
        (_("What changed in this version"), version.note),
    ]


def history(script: Script) -> list[Change]:
    """What happened to a script and its versions, newest first; savings of one person in a row count as one."""
    hidden = {_label(name) for name in ("content", "revision", "script", "made_by", "made_at", "published_at")}
    changes = [_in_reasons(one) for one in history_of(script, most=MOST_CHANGES)]
    changes += [_without(one, hidden) for one in history_of_all(ScriptVersion, most=MOST_CHANGES, script_id=script.pk)]
    changes.sort(key=lambda change: change.at, reverse=True)
    return _folded(changes)[:MOST_CHANGES]


def _line(number: int, question: Question, content: Content, faults: Sequence[Fault]) -> Line:
    return Line(
        number=number,
        question=question,
        kind=QuestionKind(question.kind).label,
        spoken=spoken(question.text),
        answers=answer_lines(question, content),
        leads=leads_to(question, content),
        topic=Topic(question.topic).label if question.topic else "",
        marks=marks(question),
        faults=tuple(fault for fault in faults if fault.question == question.code),
    )


def _slot(name: str) -> str:
    meaning = PLACEHOLDERS.get(name)
    if meaning is None:
        return escape(f"{{{name}}}")
    return f'<mark class="slot">{escape(meaning)}</mark>'


def _name(user: User | None) -> str:
    return user.name if user else ""


def _without(change: Change, hidden: set[str]) -> Change:
    """A change in which the content, too long for a line, is said to differ."""
    kept = tuple(one for one in change.fields if one.label not in hidden)
    label = _label("content")
    if any(one.label == label for one in change.fields):
        kept = (*kept, FieldChange(label, "", _("changed")))
    return replace(change, fields=kept)


def _in_reasons(change: Change) -> Change:
    """A change of a script with the names of its reasons instead of their codes."""
    column: Any = Script._meta.get_field("kinds")
    comma = pgettext("between words of a list", ", ")

    def words(codes: str) -> str:
        return comma.join(kinds_in_words(codes.split(comma)))

    named = (
        replace(one, before=words(one.before), after=words(one.after)) if one.label == str(column.verbose_name) else one
        for one in change.fields
    )
    return replace(change, fields=tuple(named))


def _label(name: str) -> str:
    """What the history calls a column of versions."""
    column: Any = ScriptVersion._meta.get_field(name)
    return str(column.verbose_name)


def _folded(changes: Sequence[Change]) -> list[Change]:
    kept: list[Change] = []
    for change in changes:
        if not kept or not _same(kept[-1], change):
            kept.append(change)
    return kept


def _same(newer: Change, older: Change) -> bool:
    """Whether both are nothing but savings of the content by the same person."""
    said = {(one.label, one.before, one.after) for one in (*newer.fields, *older.fields)}
    return newer.by == older.by and newer.kind == older.kind and len(said) == 1 and not next(iter(said))[1]
