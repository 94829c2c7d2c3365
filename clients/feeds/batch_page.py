"""One feed file as its page shows it: figures, facts, what became of it and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.feeds import services
from clients.feeds.batches import JOB_KIND
from clients.feeds.choices import BatchState
from clients.feeds.engine import SHOWN_ERRORS
from clients.feeds.models import FeedBatch
from clients.feeds.outcome import Outcome
from clients.feeds.uploads import path_of
from crm.audit.selectors import history_of
from crm.jobs.models import Job
from crm.web import figures
from crm.web.badges import badge_of

Words = str | Promise

KEPT_SECONDS = 15 * 60
ICONS = {
    BatchState.UPLOADED: "upload",
    BatchState.RUNNING: "player-play",
    BatchState.DONE: "check",
    BatchState.PARTLY: "alert-triangle",
    BatchState.FAILED: "circle-x",
    BatchState.DISCARDED: "trash",
}


@dataclass(frozen=True)
class Stat:
    """One figure of components/stat.html."""

    label: str
    value: str
    note: str = ""
    loud: bool = False
    url: str = ""


@dataclass(frozen=True)
class Entry:
    """One line of components/timeline.html."""

    at: dt.datetime
    icon: str
    text: str
    note: str
    url: str = ""


@dataclass(frozen=True)
class Preview:
    """What loading an upload would come to, as of `at`; or why it cannot be loaded."""

    at: dt.datetime
    outcome: Outcome | None
    refusal: str

    @property
    def confirm_word(self) -> str:
        """What the button says: how much would be written, and how much would be left out."""
        if self.outcome is None:
            return ""
        writes = self.outcome.inserted + self.outcome.updated
        if not writes:
            return _("Confirm: nothing changes")
        taken = ngettext("Take %(n)s row", "Take %(n)s rows", writes) % {"n": f"{writes:,}"}
        if not self.outcome.rejected:
            return taken
        return _("%(taken)s, leave %(left)s out") % {"taken": taken, "left": f"{self.outcome.rejected:,}"}


def preview_of(batch: FeedBatch, *, again: bool = False) -> Preview:
    """The preview of a waiting upload; reading a large file takes a while, so it is kept for a quarter of an hour.

    `again`: look anew, because other files may have come meanwhile.
    """
    key = f"feeds:preview:{batch.pk}"
    kept: Preview | None = None if again else cache.get(key)
    if kept is None:
        kept = _look(batch)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _look(batch: FeedBatch) -> Preview:
    at = timezone.now()
    if not path_of(batch).is_file():
        return Preview(at, None, _("The uploaded file is gone. Discard this entry and upload the file again."))
    try:
        return Preview(at, services.preview(batch), "")
    except services.FeedRefused as refusal:
        return Preview(at, None, str(refusal))


def stats(found: FeedBatch | Outcome) -> list[Stat]:
    """The counters, in the order in which they add up: rows = new + changed + unchanged + repeated + rejected."""
    return list(_stats(found))


def _stats(found: FeedBatch | Outcome) -> Iterator[Stat]:
    yield Stat(_("Rows"), f"{found.rows:,}", _repeats_note(found.repeats))
    yield Stat(_("New"), f"{found.inserted:,}")
    yield Stat(_("Changed"), f"{found.updated:,}")
    yield Stat(_("Unchanged"), f"{found.unchanged:,}")
    note = _("see the reasons below") if found.rejected else ""
    yield Stat(_("Rejected"), f"{found.rejected:,}", note, loud=bool(found.rejected))
    note = _("a person named in it is not known") if found.warnings else ""
    yield Stat(_("Warnings"), f"{found.warnings:,}", note)


def _repeats_note(repeats: int) -> str:
    if not repeats:
        return ""
    return ngettext("of them %(n)s repeated", "of them %(n)s repeated", repeats) % {"n": f"{repeats:,}"}


def errors_note(rejected: int, shown: int) -> str:
    """How many of the rejected rows the page shows."""
    if rejected <= shown:
        return ngettext("%(n)s row", "%(n)s rows", rejected) % {"n": f"{rejected:,}"}
    return _("the first %(shown)s of %(all)s") % {"shown": min(shown, SHOWN_ERRORS), "all": f"{rejected:,}"}


def facts(batch: FeedBatch) -> list[tuple[Words, str]]:
    """What is known about the file itself, for components/pairs.html."""
    day = f"{batch.business_date:%Y-%m-%d}" if batch.business_date else ""
    stated = "" if batch.rows_stated is None else f"{batch.rows_stated:,}"
    source = batch.get_source_display()
    return [
        (_("File"), batch.file_name),
        (_("Size"), filesizeformat(batch.size)),
        (_("SHA-256"), batch.sha256),
        (_("Business date"), day),
        (_("Control total"), stated),
        (_("Brought by"), f"{source} · {batch.by.name}" if batch.by else source),
        (_("Came in"), figures.exact_time(batch.created_at)),
        (_("Ended"), figures.exact_time(batch.ended_at) if batch.ended_at else ""),
        (_("Took"), took(batch)),
    ]


def took(batch: FeedBatch) -> str:
    """From its arrival to its end, in words; empty while it runs, and for uploads, which wait for a person."""
    if batch.ended_at is None or batch.source == "upload":
        return ""
    seconds = max(0, round((batch.ended_at - batch.created_at).total_seconds()))
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    return _("%(m)s min %(s)s s") % {"m": minutes, "s": rest}


def history(batch: FeedBatch) -> list[Entry]:
    """Every step of the file, newest first, with who took it."""
    return list(_steps(batch))


def _steps(batch: FeedBatch) -> Iterator[Entry]:
    label = str(FeedBatch._meta.get_field("state").verbose_name)
    words: dict[str, BatchState] = {str(state.label): state for state in BatchState}
    for change in history_of(batch):
        state = next((field.after for field in change.fields if field.label == label), "")
        if state in words:
            shown = badge_of("batch", words[state])
            yield Entry(change.at, ICONS[words[state]], str(shown.label), change.by)


def job_of(batch: FeedBatch) -> Job | None:
    """The job that loads a confirmed upload; files of other sources have none."""
    return Job.objects.filter(kind=JOB_KIND, key=str(batch.pk)).select_related("requested_by").first()


def first_errors(batch: FeedBatch) -> Sequence[Sequence[object]]:
    """(line, column, reason) of the first rejected rows."""
    found: list[list[object]] = batch.first_errors
    return found
