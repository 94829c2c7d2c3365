"""The files for the core system: what would go with the next ones, what went, each to be downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clients.corrections.models import CorrectionFile
from clients.corrections.outbox import path_of
from clients.corrections.policies import SEND
from clients.feeds import outgoing as sending
from crm.access.guards import requires, user_of
from crm.audit.models import ReadKind
from crm.audit.services import record_read
from crm.web.lists import Column, ListSpec, Sort, list_page, render_list

CHUNK = 1 << 16
FILES = ListSpec(
    name="outgoing",
    columns=(
        Column("made", pgettext_lazy("file", "Made"), sort="made"),
        Column("file", gettext_lazy("File")),
        Column("rows", gettext_lazy("Clients"), number=True),
        Column("by", gettext_lazy("Who")),
        Column("sha256", gettext_lazy("SHA-256")),
    ),
    sorts=(Sort("made", pgettext_lazy("file", "Made"), "made_at", descending=True),),
)


@require_safe
@requires(SEND)
def outgoing(request: HttpRequest) -> HttpResponse:
    """The files, newest first, and what waits for the next ones."""
    page = list_page(FILES, CorrectionFile.objects.select_related("made_by"), request.GET, request.path)
    context = {
        "page": page,
        "waits": sending.to_send(),
        "hour": f"{settings.OUTGOING_HOUR:02}:00",
        "crumbs": [(_("Corrections"), reverse("clients:corrections"))],
    }
    return render_list(request, "clients/feeds/outgoing.html", context)


@require_POST
@requires(SEND)
def send(request: HttpRequest) -> HttpResponse:
    """Write the files. Pressed twice, the second time finds nothing new."""
    files = sending.send(by=user_of(request))
    if files:
        words = ngettext(
            "%(n)s file is ready for the core system.", "%(n)s files are ready for the core system.", len(files)
        )
        messages.success(request, words % {"n": len(files)})
    else:
        messages.info(request, _("There is nothing new to send."))
    return redirect("clients:outgoing")


@require_safe
@requires(SEND)
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One file as it was made. It holds personal data in clear, so the download is logged."""
    file = get_object_or_404(CorrectionFile, pk=pk)
    path = path_of(file)
    if not path.is_file():
        raise Http404(_("The file is gone: the core system has fetched it."))
    record_read(
        by=user_of(request),
        kind=ReadKind.DOWNLOAD,
        subject="outgoing_file",
        subject_no=file.file_name,
        rows=file.rows,
        request=request,
    )
    response = StreamingHttpResponse(_bytes_of(path), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file.file_name}"'
    response["Cache-Control"] = "no-store"
    return response


def _bytes_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk
