"""A script as a file: JSON that can be taken in again, and a table for reading."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from callbacks.scripts.document import Content, ContentError, Fault, QuestionKind, Topic
from callbacks.scripts.models import Script, ScriptVersion
from callbacks.scripts.reading import load, parse, to_json
from callbacks.scripts.saying import answer_lines, leads_to
from callbacks.scripts.services import content_of
from crm.cells import as_text

HEADINGS = (
    _("No."),
    _("Code of the question"),
    pgettext_lazy("question", "Kind"),
    _("What is said or asked"),
    _("Answers"),
    _("What follows"),
    _("Topic required by regulation"),
    _("Help for the agent"),
)
HEAD = ("code", "name", "kinds", "regulated")


@dataclass(frozen=True)
class Paper:
    """A whole script as a file has it."""

    code: str
    name: str
    kinds: tuple[str, ...]
    regulated: bool
    content: Content


def read_paper(text: str) -> Paper:
    """A script out of a file: `{"code", "name", "kinds", "regulated", "questions"}`. Raises ContentError."""
    return paper_of(load(text))


def paper_of(data: Any) -> Paper:
    """As `read_paper`, of JSON that is read already."""
    if not isinstance(data, dict) or set(data) != {*HEAD, "questions"}:
        keys = ", ".join((*HEAD, "questions"))
        raise ContentError(
            Fault("", "", _("A file of a script has these keys and no others: %(keys)s.") % {"keys": keys})
        )
    kinds = data["kinds"]
    fits = isinstance(data["code"], str) and isinstance(data["name"], str) and isinstance(data["regulated"], bool)
    if not fits or not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        raise ContentError(
            Fault("", "", str(_("Code and name are texts, kinds a list of codes, regulated true or false.")))
        )
    content = parse({"questions": data["questions"]})
    return Paper(data["code"], data["name"], tuple(kinds), data["regulated"], content)


def as_json(version: ScriptVersion) -> str:
    """The script as `read_paper` takes it in again."""
    script: Script = version.script
    head = {name: getattr(script, name) for name in HEAD}
    return json.dumps(head | to_json(content_of(version)), ensure_ascii=False, indent=2) + "\n"


def as_csv(version: ScriptVersion) -> str:
    """A line for each question, for people: with a byte order mark, so that a spreadsheet knows the characters."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([str(word) for word in HEADINGS])
    content = content_of(version)
    for place, question in enumerate(content.questions, 1):
        answers = "\n".join(line.words for line in answer_lines(question, content))
        topic = str(Topic(question.topic).label) if question.topic else ""
        kind = str(QuestionKind(question.kind).label)
        row = [question.code, kind, question.text, answers, leads_to(question, content), topic, question.help]
        writer.writerow([place, *map(as_text, row)])
    return "\ufeff" + out.getvalue()
