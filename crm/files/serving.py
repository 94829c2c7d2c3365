"""Sending a stored file, whole or in part, so that a player can seek in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from crm.files import folder
from crm.files.models import StoredFile
from crm.files.ranges import NotSatisfiable, Span, span_of

CHUNK = 64 * 1024


def serve(request: HttpRequest, stored: StoredFile, *, name: str, as_attachment: bool = False) -> HttpResponseBase:
    """The answer to GET or HEAD: 200 with the file, 206 with the part asked for, 416 where there is no such part.

    `name` is what the file is called when it is saved. Who may have it, and the log of reads, are the caller's. Nothing
    is kept by browsers or proxies. Raises Http404, in words, when the file is missing on the disk or has another size.
    """
    path = _path(stored)
    headers = _headers(stored, name, as_attachment)
    try:
        span = _span(request, stored)
    except NotSatisfiable:
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{stored.size}"})
    whole = headers | {"Content-Length": str(stored.size)}
    if request.method == "HEAD":
        return HttpResponse(headers=whole)
    if span is None:
        return StreamingHttpResponse(pieces(path, Span(0, stored.size - 1)), headers=whole)
    part = {"Content-Length": str(span.length), "Content-Range": f"bytes {span.first}-{span.last}/{stored.size}"}
    return StreamingHttpResponse(pieces(path, span), status=206, headers=headers | part)


def _path(stored: StoredFile) -> Path:
    path = folder.path_of(stored.sha256)
    try:
        size = path.stat().st_size
    except OSError as error:
        raise Http404(_("The file is missing in the store.")) from error
    if size != stored.size:
        raise Http404(_("The content is no longer what was stored."))
    return path


def pieces(path: Path, span: Span) -> Iterator[bytes]:
    """The bytes of `span` of a file, piece by piece."""
    with path.open("rb") as file:
        file.seek(span.first)
        left = span.length
        while left and (piece := file.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece


def _span(request: HttpRequest, stored: StoredFile) -> Span | None:
    """The part asked for. A range is for GET alone, and only while `If-Range` names the content that is here."""
    if_range = request.headers.get("If-Range")
    if request.method != "GET" or (if_range is not None and if_range != _tag(stored)):
        return None
    return span_of(request.headers.get("Range", ""), stored.size)


def _tag(stored: StoredFile) -> str:
    return f'"{stored.sha256}"'


def _headers(stored: StoredFile, name: str, as_attachment: bool) -> dict[str, str]:
    return {
        "Content-Type": stored.mime,
        "Accept-Ranges": "bytes",
        "ETag": _tag(stored),
        "Cache-Control": "private, no-store",
        "Content-Disposition": content_disposition_header(as_attachment, name) or "inline",
    }
