"""What is written down about an enquiry, and what is wrong with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from callbacks.enquiries.choices import EnquiryKind
from callbacks.enquiries.models import Enquiry

FIELDS = ("caller_name", "kind", "topic", "question", "answer", "used", "promised", "due_at")


@dataclass(frozen=True)
class Written:
    """The content of an enquiry: who called as he said, what he asked, what was answered and by what, what was
    promised and by when."""

    caller_name: str = ""
    kind: str = ""
    topic: str = ""
    question: str = ""
    answer: str = ""
    used: str = ""
    promised: str = ""
    due_at: dt.datetime | None = None

    def tidy(self) -> Written:
        """As it is kept: lines without spaces around and between."""
        one_line = {
            name: " ".join(getattr(self, name).split()) for name in ("caller_name", "topic", "used", "promised")
        }
        return Written(
            **one_line,
            kind=self.kind,
            question=self.question.strip(),
            answer=self.answer.strip(),
            due_at=self.due_at,
        )


def written_of(enquiry: Enquiry) -> Written:
    """What is stored."""
    return Written(**{name: getattr(enquiry, name) for name in FIELDS})


def check_written(written: Written, *, before: Written | None, at: dt.datetime) -> None:
    """Raises ValidationError in words. `before` is what was stored: a promise that is over may stand as it was."""
    faults = {}
    if written.kind and written.kind not in EnquiryKind.values:
        faults["kind"] = _("Say what kind of enquiry it is.")
    if written.promised and written.due_at is None:
        faults["due_at"] = _("By when is it promised?")
    if written.due_at is not None and not written.promised:
        faults["promised"] = _("What was promised by then?")
    if written.due_at is not None and written.due_at <= at and (before is None or before.due_at != written.due_at):
        faults["due_at"] = _("A promise is for a time to come.")
    if written.kind == EnquiryKind.COMPLAINT and not written.question:
        faults["question"] = _("Write down what the client complains about.")
    if faults:
        raise ValidationError(faults)


def check_complete(written: Written) -> None:
    """Whether an enquiry can be closed. Raises ValidationError in words for each thing that is missing.

    A complaint needs no answer of whoever takes the enquiry: it goes to those who handle complaints.
    """
    faults = {}
    if not written.kind:
        faults["kind"] = _("Say what kind of enquiry it is.")
    if not written.question:
        faults["question"] = _("Write down what was asked.")
    if not written.answer and written.kind != EnquiryKind.COMPLAINT:
        faults["answer"] = _("Write down what was answered.")
    if faults:
        raise ValidationError(faults)
