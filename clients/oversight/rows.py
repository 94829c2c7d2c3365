"""The lines of the log of reads, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy

from clients.oversight.filters import subject_words
from clients.profile.choices import PersonalField, RevealReason
from crm.audit.models import ReadKind, ReadLog
from crm.exports.choices import ExportReason
from crm.web.figures import is_chinese

CLIENT = "client"
# The tabs of the client's page, as the log names them.
PARTS = {
    "overview": gettext_lazy("Overview"),
    "timeline": gettext_lazy("Timeline"),
    "ledger": gettext_lazy("Assets and trading"),
    "why": gettext_lazy("Segments"),
    "history": gettext_lazy("History"),
    "profile": gettext_lazy("Profile"),
    "wishes": gettext_lazy("Preferences and needs"),
    "message": gettext_lazy("Send a message"),
}


class Line(NamedTuple):
    """One read: who saw what of whom, and why."""

    read: ReadLog
    kind: str
    subject: str
    url: str  # of the client's page, for reads of one client
    seen: str
    reason: str


def lines_of(reads: Sequence[ReadLog]) -> list[Line]:
    """Codes as words: fields, reasons, parts of the client's page. No query."""
    kinds, comma = dict(ReadKind.choices), "、" if is_chinese() else ", "
    words = {str(code): str(word) for code, word in (*PARTS.items(), *PersonalField.choices)}
    reasons = {str(code): str(word) for code, word in (*RevealReason.choices, *ExportReason.choices)}
    return [
        Line(
            read,
            str(kinds.get(read.kind, read.kind)),
            subject_words(read.subject_no),
            reverse("clients:detail", args=[read.subject_no]) if read.subject == CLIENT and read.subject_no else "",
            comma.join(words.get(part, part) for part in read.fields.split(",") if part),
            reasons.get(read.reason, read.reason),
        )
        for read in reads
    ]
