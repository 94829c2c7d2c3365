from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.feeds import batch_page, services
from clients.feeds.board import feed_board
from clients.feeds.choices import BatchState
from clients.feeds.filters import feed_labels, import_list
from clients.feeds.forms import UploadForm
from clients.feeds.models import FeedBatch
from clients.feeds.selectors import NEEDED_FOR_A_DAY
from clients.feeds.spec import all_feeds
from crm.access.guards import background, is_htmx, refusal, requires, user_of, visible_or_404
from crm.access.scope import scope_of
from crm.audit.models import ReadKind
from crm.audit.services import record_read
from crm.jobs.selectors import Shown, shown
from crm.organisation.models import User
from crm.web.lists import list_page, render_list

CHUNK = 64 * 1024
BOM = b"\xef\xbb\xbf"  # so that Excel reads the errors file as UTF-8


@dataclass(frozen=True)
class Row:
    """A file in the list."""

    batch: FeedBatch
    feed: str
    url: str
    source: str
    who: str


@require_safe
@requires("clients.view_feedbatch")
def imports(request: HttpRequest) -> HttpResponse:
    """The files that came, and for those who see every branch the board of what is in for which day."""
    user, today = user_of(request), timezone.localdate()
    labels = feed_labels()
    visible = FeedBatch.objects.visible_to(user)
    page = list_page(import_list(request.GET, today), visible.select_related("by"), request.GET, request.path)
    loads = services.feeds_of(user)
    context: dict[str, Any] = {
        "page": page,
        "batches": [_row(batch, labels) for batch in page.rows],
        "may_upload": bool(loads),
    }
    if scope_of(user).everything and not is_htmx(request):
        context["board"] = feed_board(visible, labels=labels, needed=NEEDED_FOR_A_DAY, loads=loads, today=today)
    return render_list(request, "clients/feeds/imports.html", context)


def _row(batch: FeedBatch, labels: dict[str, str]) -> Row:
    return Row(
        batch=batch,
        feed=labels.get(batch.feed, batch.feed),
        url=reverse("clients:import", args=[batch.pk]),
        source=batch.get_source_display(),
        who=batch.by.name if batch.by else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires("clients.view_feedbatch")
def upload(request: HttpRequest) -> HttpResponse:
    """The upload form. A file that cannot be kept is refused at its field; what was typed stays."""
    user = user_of(request)
    labels = feed_labels()
    loads = services.feeds_of(user)
    if not loads:
        raise PermissionDenied(refusal("clients.feed_everything"))
    start = {"feed": request.GET.get("feed", ""), "business_date": parse_day(request.GET.get("day", ""))}
    choices = [(code, labels[code]) for code in loads]
    form = UploadForm(request.POST or None, request.FILES or None, feeds=choices, initial=start)
    if request.method == "POST" and form.is_valid() and (batch := _store(form, user)):
        return redirect("clients:import", batch.pk)
    context = {
        "form": form,
        "feeds": [feed for feed in all_feeds() if feed.name in loads],
        "limit": filesizeformat(settings.FEED_UPLOAD_MAX_BYTES),
        "crumbs": [(_("Imports"), reverse("clients:imports"))],
    }
    return render(request, "clients/feeds/upload.html", context)


def parse_day(text: str) -> Any:
    """The day in an address, or None when it is none."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def _store(form: UploadForm, user: User) -> FeedBatch | None:
    """Keep the file; None when it was refused, which the form then says."""
    given = form.cleaned_data
    try:
        return services.store_upload(
            feed=given["feed"],
            upload=given["file"],
            by=user,
            business_date=given["business_date"],
            rows_stated=given["rows_stated"],
        )
    except services.FeedRefused as reason:
        form.add_error("file", str(reason))
        return None


@require_safe
@requires("clients.view_feedbatch")
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: what became of it, or what would."""
    found = _visible(request, pk)
    return render(request, "clients/feeds/batch.html", _context(request, found))


@require_safe
@requires("clients.view_feedbatch")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What taking a waiting upload would come to: the part of its page that takes a while, or the whole page."""
    found = _visible(request, pk)
    if found.state != BatchState.UPLOADED:
        return _refresh(request, found)
    seen = batch_page.preview_of(found, again="again" in request.GET)
    context = _context(request, found) | {"preview": seen}
    if seen.outcome:
        errors = seen.outcome.errors
        context |= {
            "stats": batch_page.stats(seen.outcome),
            "errors": errors,
            "errors_note": batch_page.errors_note(seen.outcome.rejected, len(errors)),
            "unknown_columns": seen.outcome.unknown_columns,
        }
    part = "clients/feeds/batch.html#preview" if is_htmx(request) else "clients/feeds/batch.html"
    return render(request, part, context)


@background
@require_safe
@requires("clients.view_feedbatch")
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the import is; when it has ended the page is loaded again."""
    found = _visible(request, pk)
    if found.state != BatchState.RUNNING:
        return _refresh(request, found)
    return render(request, "clients/feeds/progress.html", {"batch": found, "job": _job(request, found)})


@require_POST
@requires("clients.view_feedbatch")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a waiting upload. Pressed twice, it is taken once."""
    found = _visible(request, pk)
    try:
        services.confirm_upload(batch=found, by=user_of(request))
    except services.FeedRefused as reason:
        messages.info(request, str(reason))
    return redirect("clients:import", found.pk)


@require_POST
@requires("clients.view_feedbatch")
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    try:
        services.discard_upload(batch=found, by=user_of(request))
    except services.FeedRefused as reason:
        messages.info(request, str(reason))
        return redirect("clients:import", found.pk)
    messages.success(request, _("“%(name)s” was discarded. Nothing of it was taken.") % {"name": found.file_name})
    return redirect("clients:imports")


@require_safe
@requires("clients.view_feedbatch")
def errors(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rejected rows with their reasons as a CSV file. They quote cells of the file, so the download is logged."""
    found = _visible(request, pk)
    path = Path(settings.MEDIA_ROOT) / found.errors_file
    if not found.errors_file or not path.is_file():
        raise Http404
    user = user_of(request)
    record_read(
        by=user,
        kind=ReadKind.DOWNLOAD,
        subject="feed_errors",
        subject_no=str(found.pk),
        rows=found.rejected,
        request=request,
    )
    response = StreamingHttpResponse(_bytes_of(path), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.feed}-{found.pk}-rejected.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _bytes_of(path: Path) -> Iterator[bytes]:
    yield BOM
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _visible(request: HttpRequest, pk: int) -> FeedBatch:
    return visible_or_404(FeedBatch.objects.select_related("by"), user_of(request), pk=pk)


def _refresh(request: HttpRequest, found: FeedBatch) -> HttpResponse:
    """Send the reader to the file's page: by header for a part of a page, else by redirect."""
    if is_htmx(request):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("clients:import", found.pk)


def _job(request: HttpRequest, found: FeedBatch) -> Shown | None:
    job = batch_page.job_of(found)
    return shown(job, user_of(request), at=timezone.now()) if job else None


def _context(request: HttpRequest, found: FeedBatch) -> dict[str, Any]:
    user = user_of(request)
    ended = found.state in (BatchState.DONE, BatchState.PARTLY)
    first = batch_page.first_errors(found)
    context = {
        "batch": found,
        "title": feed_labels().get(found.feed, found.feed),
        "crumbs": [(_("Imports"), reverse("clients:imports"))],
        "waits": found.state == BatchState.UPLOADED,
        "runs": found.state == BatchState.RUNNING,
        "counted": ended,
        "may_decide": found.feed in services.feeds_of(user),
        "message_tone": "loud" if found.state == BatchState.FAILED else "",
        "facts": batch_page.facts(found),
        "history": batch_page.history(found),
    }
    if ended:
        context |= {
            "stats": batch_page.stats(found),
            "errors": first,
            "errors_note": batch_page.errors_note(found.rejected, len(first)),
            "unknown_columns": found.unknown_columns,
        }
    if found.state == BatchState.RUNNING:
        context["job"] = _job(request, found)
    return context
