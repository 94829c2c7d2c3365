"""The editor of a draft: one question at a time, saved as it is typed, with how it is said beside it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from callbacks.scripts import editing, editor, pages, typed
from callbacks.scripts.choices import VersionState
from callbacks.scripts.document import Content, ContentError, Fault
from callbacks.scripts.models import ScriptVersion
from callbacks.scripts.policies import EDIT, SEE
from callbacks.scripts.services import DraftConflict, content_of, save_draft
from callbacks.scripts.views.reading import crumbs, find_version
from crm.access.guards import is_htmx, requires, user_of

MORE = {"option": editor.More(options=1), "branch": editor.More(rules=1)}


@require_safe
@requires(SEE, EDIT)
def edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The editor; `at` names the question, `more` asks for another empty line."""
    found = find_version(code, number)
    if found.state != VersionState.DRAFT:
        messages.info(request, _("A published version does not change; make a new draft from it."))
        return redirect("callbacks:script-version", code, number)
    more = MORE.get(request.GET.get("more", ""), editor.More())
    return _page(request, found, request.GET.get("at", ""), more)


@require_POST
@requires(SEE, EDIT)
def save(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Keep the question as it was typed, then do what was asked for: open another, add, remove, move.

    What cannot be kept is said at the form, which stays as it was typed; so it does when somebody else saved meanwhile.
    """
    found = find_version(code, number)
    verb, _colon, about = request.POST.get("do", "").partition(":")
    try:
        content, chosen = _changed(request, content_of(found), verb, about)
        revision = about if verb == "mine" else request.POST.get("revision", "")
        number_read = int(revision) if revision.isdecimal() and len(revision) < 9 else -1
        kept = save_draft(
            version=found, content=content, revision=number_read, by=user_of(request), note=request.POST.get("note")
        )
    except DraftConflict as conflict:
        return _refused(request, found, [], conflict.stored)
    except ContentError as refusal:
        return _refused(request, found, refusal.faults)
    except ValidationError as refusal:
        return _refused(request, found, [Fault("", "", " ".join(refusal.messages))])
    return _kept(request, kept, chosen, verb)


def _changed(request: HttpRequest, content: Content, verb: str, about: str) -> tuple[Content, str]:
    """The script with what was typed and asked for, and the code of the question to show. Raises ContentError."""
    was = request.POST.get("was", "")
    if was:
        question = typed.read(request.POST)
        if question.code != was and question.code in content.by_code:
            words = _("Two questions have the code %(code)s.") % {"code": question.code}
            raise ContentError(Fault(was, "code", words))
        content, was = editing.put(content, was, question), question.code
    if verb == "add":
        return editing.added(content, was)
    if verb == "remove" and was:
        return editing.removed(content, was), ""
    if verb in ("up", "down"):
        return editing.moved(content, was, -1 if verb == "up" else 1), was
    return content, about if verb == "open" else was


def _kept(request: HttpRequest, version: ScriptVersion, chosen: str, verb: str) -> HttpResponse:
    """After a save: the page anew, the editor alone, or, while somebody types, only what stands around the form."""
    more = {"more": verb} if verb in MORE else {}
    here = reverse("callbacks:script-edit", args=[version.script.code, version.number])
    url = f"{here}?{urlencode({'at': chosen} | more)}"
    if not is_htmx(request):
        return redirect(url)
    context = editor.context_of(version, chosen, MORE.get(verb, editor.More()))
    if verb == "":
        return render(request, "callbacks/scripts/edit_saved.html", context)
    response = render(request, "callbacks/scripts/edit_body.html", context)
    response["HX-Push-Url"] = url
    return response


def _refused(
    request: HttpRequest, version: ScriptVersion, faults: Any, stored: ScriptVersion | None = None
) -> HttpResponse:
    """What could not be kept, and why: beside the form, which keeps what was typed."""
    was = request.POST.get("was", "")
    context: dict[str, Any] = {"refused": faults, "version": version, "script": version.script}
    if stored is not None:
        context |= {"stored": stored, "theirs": pages.line_of(content_of(stored), was), "sent": _sent(request)}
    if is_htmx(request):
        response = render(request, "callbacks/scripts/edit_refused.html", context)
        response["HX-Retarget"], response["HX-Reswap"] = "#refused", "outerHTML"
        return response
    return _page(request, version, was, editor.More(), context, status=409 if stored else 422)


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """Every field as it was sent, to be sent again: nothing typed is lost, whatever page follows."""
    unsent = ("csrfmiddlewaretoken", "revision", "do")
    return [(name, value) for name in request.POST if name not in unsent for value in request.POST.getlist(name)]


def _page(
    request: HttpRequest,
    version: ScriptVersion,
    chosen: str,
    more: editor.More,
    refused: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = editor.context_of(version, chosen, more) | (refused or {}) | {"crumbs": crumbs(version.script)}
    return render(request, "callbacks/scripts/edit.html", context, status=status)
