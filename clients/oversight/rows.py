"""The lines of the log of reads, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy

from clients.contacts import filters as promises
from clients.corrections import filters as corrections
from clients.desk import changes
from clients.desk.listing import column_words
from clients.oversight.filters import subject_words
from clients.profile.choices import EXTRA_PHONE, PersonalField, RevealReason
from clients.segmentation.filters import CHANGE_COLUMNS
from crm.audit.models import ReadKind, ReadLog
from crm.exports.choices import ExportReason
from crm.web.figures import is_chinese

CLIENT = "client"
# The tabs of the client's page, and what else of it the log names.
PARTS = {
    "overview": gettext_lazy("Overview"),
    "timeline": gettext_lazy("Timeline"),
    "ledger": gettext_lazy("Assets and trading"),
    "why": gettext_lazy("Segments"),
    "history": gettext_lazy("History"),
    "profile": gettext_lazy("Profile"),
    "wishes": gettext_lazy("Preferences and needs"),
    "message": gettext_lazy("Send a message"),
    EXTRA_PHONE: gettext_lazy("further phone"),
}
# What a search may look into beside the personal fields.
SEARCHED = {
    "client_no": gettext_lazy("Client number"),
    "initials": gettext_lazy("pinyin initials"),
    "phone_tail": gettext_lazy("last four digits of the phone"),
}
TAKEN_OUT = (ReadKind.EXPORT, ReadKind.DOWNLOAD)
# The columns of the other lists that are taken out, by what the log calls their rows.
COLUMNS = {
    "promise": promises.COLUMNS,
    "correction": corrections.COLUMNS,
    "change": (*CHANGE_COLUMNS, changes.MANAGER),
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
    words = {str(code): str(word) for code, word in (*PARTS.items(), *SEARCHED.items(), *PersonalField.choices)}
    columns = {name: {one.name: str(one.label) for one in its} for name, its in COLUMNS.items()}
    columns[CLIENT] = column_words()
    reasons = {str(code): str(word) for code, word in (*RevealReason.choices, *ExportReason.choices)}
    return [
        Line(
            read,
            str(kinds.get(read.kind, read.kind)),
            subject_words(read.subject_no),
            reverse("clients:detail", args=[read.subject_no]) if read.subject == CLIENT and read.subject_no else "",
            comma.join(_named(read, columns, words)),
            reasons.get(read.reason, read.reason),
        )
        for read in reads
    ]


def _named(read: ReadLog, columns: Mapping[str, Mapping[str, str]], words: Mapping[str, str]) -> list[str]:
    """What was seen, in words: of a file its columns, else fields and parts of the client's page."""
    known = columns.get(read.subject, words) if read.kind in TAKEN_OUT else words
    return [known.get(part, part) for part in read.fields.split(",") if part]
