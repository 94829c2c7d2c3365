"""Where the telephone system tells and delivers. Programs come here: signatures instead of sessions, JSON answers."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from callbacks.recordings.telephony import fetching, signing
from callbacks.recordings.telephony.events import Contradicts, Taken, take_in
from callbacks.recordings.telephony.parsing import NAME, BadEvent, read_event
from crm.files.errors import FileRefused

LONGEST_EVENT = 64 * 1024
PIECE = 64 * 1024
DIGEST, FILE_NAME = "X-Telephony-Content-SHA256", "X-Telephony-File-Name"
SHA256_LENGTH = 64


@csrf_exempt
@login_not_required
@require_POST
def events(request: HttpRequest) -> JsonResponse:
    """One event. 200 taken or known already, 202 of a call that we do not know (kept all the same), 400 for what makes
    no sense, 401 for a wrong or old signature, 409 for a number that said something else before."""
    if _length(request) > LONGEST_EVENT:
        return _no(400, _("An event has at most %(most)s bytes.") % {"most": LONGEST_EVENT})
    body = request.body
    try:
        signing.check(body, request.headers, at=timezone.now())
        taken = take_in(read_event(body))
    except signing.NotSigned:
        return _not_signed()
    except BadEvent as bad:
        return _no(400, str(bad))
    except Contradicts:
        return _no(409, _("An event of this number came before and said something else."))
    return JsonResponse({"status": taken.value}, status=202 if taken is Taken.UNMATCHED else 200)


@csrf_exempt
@login_not_required
@require_POST
def recording(request: HttpRequest, ref: str) -> JsonResponse:
    """The recording of one call as the body, read as it comes. The signature is over its call and its SHA-256, which is
    compared at the end. 201 kept, 202 of a call that we do not know, 400 for what is no recording, 401, 413."""
    digest = request.headers.get(DIGEST, "").lower()
    try:
        signing.check(f"{ref}.{digest}".encode(), request.headers, at=timezone.now())
    except signing.NotSigned:
        return _not_signed()
    if len(digest) != SHA256_LENGTH or not NAME.fullmatch(ref):
        return _no(400, _("The call or the SHA-256 of the content is not named as it must be."))
    if _length(request) > settings.RECORDING_MAX_BYTES:
        return _no(413, _("The recording is too large."))
    try:
        kept = fetching.receive(
            ref, fetching.checked(_pieces(request), digest), name=request.headers.get(FILE_NAME, "")
        )
    except FileRefused as refused:
        return _no(400, str(refused))
    return JsonResponse({"recording": kept.pk}, status=201 if kept.is_matched else 202)


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    while piece := request.read(PIECE):
        yield piece


def _length(request: HttpRequest) -> int:
    text = request.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdecimal() else 0


def _not_signed() -> JsonResponse:
    return _no(401, _("The signature is missing, wrong or too old."))


def _no(status: int, words: str) -> JsonResponse:
    return JsonResponse({"error": words}, status=status)
