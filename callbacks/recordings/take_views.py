"""Where the recorder in the browser sends its pieces. JSON for answers; nothing here is a page."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callbacks.calls.models import Call
from callbacks.recordings import takes
from callbacks.recordings.models import Recording, Take
from crm.access.guards import requires, user_of, visible_or_404
from crm.files.errors import FileRefused

VIEW = "callbacks.view_calls"
PIECE = 64 * 1024


@require_POST
@requires(VIEW)
def begin(request: HttpRequest) -> JsonResponse:
    """Begin a take of a call or an enquiry: `call` or `enquiry` is its number, `key` what the browser calls it."""
    user, given = user_of(request), request.POST
    try:
        key = uuid.UUID(given.get("key", ""))
    except ValueError:
        return _no(_("This recording has no key."))
    enquiries: Any = Recording._meta.get_field("enquiry").related_model
    call = visible_or_404(Call.objects.all(), user, pk=_number(given.get("call"))) if "call" in given else None
    enquiry = None if call else visible_or_404(enquiries.objects.all(), user, pk=_number(given.get("enquiry")))
    try:
        take = takes.begin(by=user, key=key, call=call, enquiry=enquiry)
    except FileRefused as refused:
        return _no(str(refused))
    return JsonResponse({"received": take.received}, status=201)


@require_POST
@requires(VIEW)
def append(request: HttpRequest, key: uuid.UUID) -> JsonResponse:
    """The body is the piece that begins at `offset`. 409 with `received` where another piece is due."""
    take, offset = _own(request, key), _number(request.GET.get("offset"))
    try:
        received = takes.append(by=user_of(request), take=take, offset=offset, chunks=_pieces(request))
    except takes.WrongPlace as wrong:
        return JsonResponse({"received": wrong.received}, status=409)
    except FileRefused as refused:
        return _no(str(refused))
    return JsonResponse({"received": received})


@require_POST
@requires(VIEW)
def close(request: HttpRequest, key: uuid.UUID) -> JsonResponse:
    """All `size` bytes are sent; `ended` is 0 where the recorder was interrupted. 409 while bytes are missing."""
    take, given = _own(request, key), request.POST
    try:
        recording = takes.close(
            by=user_of(request), take=take, size=_number(given.get("size")), ended=given.get("ended") == "1"
        )
    except takes.WrongPlace as wrong:
        return JsonResponse({"received": wrong.received}, status=409)
    except FileRefused as refused:
        return _no(str(refused))
    return JsonResponse({"recording": recording.pk, "url": reverse("callbacks:recording", args=[recording.pk])})


def _own(request: HttpRequest, key: uuid.UUID) -> Take:
    return visible_or_404(Take.objects.all(), user_of(request), pk=key)


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    while piece := request.read(PIECE):
        yield piece


def _number(text: str | None) -> int:
    """A number as it was sent; 0, which nothing has, for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 18 else 0


def _no(words: str) -> JsonResponse:
    return JsonResponse({"error": words}, status=400)
