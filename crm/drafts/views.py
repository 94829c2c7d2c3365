"""Drafts as pages keep and discard them. What is about something out of one's scope is not found."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access.guards import page_of, user_of
from crm.drafts import services
from crm.drafts.registry import OutOfReach, check_reach

MOST_FIELDS = 200


@require_POST
def keep(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Keep what stands in a form: JSON `{"window": …, "seen": …, "fields": [[name, value], …]}`.

    Answers in words what came of it: kept, 409 where another page holds the draft, 413 where it is too long.
    JSON and not a form: a form sent while the page is locked is put aside and offered again, which no draft needs.
    """
    user = user_of(request)
    _reach(request, kind, key)
    sent = _read(request)
    if sent is None:
        return JsonResponse({"said": _("This draft cannot be read.")}, status=400)
    window, seen, fields = sent
    try:
        kept = services.keep_draft(by=user, kind=kind, key=key, fields=fields, window=window, seen=seen)
    except services.DraftElsewhere as other:
        return JsonResponse({"said": str(other)}, status=409)
    except ValidationError as refusal:
        return JsonResponse({"said": " ".join(refusal.messages)}, status=413)
    at = timezone.localtime(kept.kept_at)
    return JsonResponse({"said": _("Draft kept at %(time)s") % {"time": f"{at:%H:%M}"}})


@require_POST
def discard(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The draft is not wanted; the form is shown anew, without it."""
    _reach(request, kind, key)
    services.discard_draft(by=user_of(request), kind=kind, key=key)
    return redirect(page_of(request))


def _reach(request: HttpRequest, kind: str, key: str) -> None:
    try:
        check_reach(user_of(request), kind, key)
    except OutOfReach as error:
        raise Http404 from error


def _read(request: HttpRequest) -> tuple[uuid.UUID, uuid.UUID | None, services.Fields] | None:
    """What was sent; None where it is no draft."""
    try:
        sent: Any = json.loads(request.body)
        window = uuid.UUID(sent["window"])
        seen = uuid.UUID(sent["seen"]) if sent.get("seen") else None
        fields = [(name, value) for name, value in sent["fields"]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if len(fields) > MOST_FIELDS or not all(_is_text(part) for field in fields for part in field):
        return None
    return window, seen, fields


def _is_text(part: Any) -> bool:
    """Whether it can stand on a page: JSON may escape halves of characters, which no page can hold."""
    return isinstance(part, str) and not any("\ud800" <= letter <= "\udfff" for letter in part)
