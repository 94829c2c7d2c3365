"""What the call screen writes while somebody talks: answers, note, finding. JSON in, JSON out.

The page keeps what it could not send and sends it again; a version that somebody else wrote meanwhile comes back with
409, so that neither is lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callbacks.calls.answers import AnsweredMeanwhile, save_answer
from callbacks.calls.freezing import script_of
from callbacks.calls.holding import NotHeld
from callbacks.calls.models import Answer, Call
from callbacks.calls.notes import NotedMeanwhile, save_finding, save_note
from callbacks.scripts.content import in_words
from crm.access.guards import requires, user_of
from crm.organisation.models import User

SEE = "callbacks.view_calls"
MOST_BYTES = 20_000
Body = dict[str, Any]


@require_POST
@requires(SEE)
def answer(request: HttpRequest, pk: int) -> JsonResponse:
    """{question, value, note, revision} → {value, revision, critical}."""
    return _written(request, pk, _answer)


@require_POST
@requires(SEE)
def note(request: HttpRequest, pk: int) -> JsonResponse:
    """{note, revision} → {note, revision}."""
    return _written(request, pk, _note)


@require_POST
@requires(SEE)
def finding(request: HttpRequest, pk: int) -> JsonResponse:
    """{finding, note, revision} → {finding, note, revision}."""
    return _written(request, pk, _finding)


def _written(request: HttpRequest, pk: int, write: Callable[[Call, Body, User], Body]) -> JsonResponse:
    body = _read(request)
    if body is None:
        return JsonResponse({"error": _("This could not be read.")}, status=400)
    user = user_of(request)
    if not Call.objects.visible_to(user).filter(pk=pk).exists():
        return JsonResponse({"error": _("There is no such call.")}, status=404)
    try:
        return JsonResponse(write(Call(pk=pk), body, user))
    except NotHeld as refusal:
        return JsonResponse({"error": str(refusal), "lost": True}, status=403)
    except PermissionDenied as refusal:
        return JsonResponse({"error": str(refusal)}, status=403)
    except ValidationError as wrong:
        return JsonResponse({"error": " ".join(wrong.messages)}, status=422)
    except AnsweredMeanwhile as conflict:
        return JsonResponse({"stored": _answer_data(conflict.stored)}, status=409)
    except NotedMeanwhile as conflict:
        return JsonResponse({"stored": _note_data(conflict.stored)}, status=409)


def _answer(call: Call, body: Body, by: User) -> Body:
    kept = save_answer(
        call=call,
        question=str(body.get("question", "")),
        value=body.get("value"),
        note=str(body.get("note", "")),
        revision=_revision(body),
        by=by,
    )
    return {"value": kept.value, "note": kept.note, "revision": kept.revision, "critical": kept.critical}


def _note(call: Call, body: Body, by: User) -> Body:
    return _note_data(save_note(call=call, note=str(body.get("note", "")), revision=_revision(body), by=by))


def _finding(call: Call, body: Body, by: User) -> Body:
    kept = save_finding(
        call=call, finding=str(body.get("finding", "")), note=str(body.get("note", "")), revision=_revision(body), by=by
    )
    return _note_data(kept)


def _answer_data(stored: Answer) -> Body:
    question = script_of(stored.call).by_code[stored.question]
    words = in_words(question, stored.value) if stored.pk else ""
    return {"value": stored.value, "note": stored.note, "revision": stored.revision, "words": words}


def _note_data(stored: Call) -> Body:
    return {
        "note": stored.note,
        "finding": stored.finding,
        "finding_note": stored.finding_note,
        "revision": stored.revision,
    }


def _revision(body: Body) -> int:
    given = body.get("revision", 0)
    return given if isinstance(given, int) and not isinstance(given, bool) else -1


def _read(request: HttpRequest) -> Body | None:
    """The object that was sent; None where it is none."""
    if len(request.body) > MOST_BYTES:
        return None
    try:
        data = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) and "\\u0000" not in request.body.decode(errors="replace") else None
