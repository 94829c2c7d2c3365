"""A script begun, taken in, described; its drafts made and thrown away; published and retired."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from callbacks.scripts import services
from callbacks.scripts.document import ContentError
from callbacks.scripts.forms import ChangeForm, ImportForm, NewForm, RetireForm
from callbacks.scripts.models import Script, ScriptVersion
from callbacks.scripts.papers import Paper
from callbacks.scripts.policies import EDIT, PUBLISH, SEE
from callbacks.scripts.services import content_of
from callbacks.scripts.views.reading import crumbs, find, find_version, render_script, render_version
from crm.access.guards import requires, user_of
from crm.organisation.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE, EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """Begin a script; its first draft opens in the editor."""
    form = NewForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = services.new_script(**form.cleaned_data, by=user_of(request))
        except ValidationError as refusal:
            _say_at(form, refusal)
        else:
            return redirect("callbacks:script-edit", made.script.code, made.number)
    context = {"form": form, "crumbs": crumbs()}
    return render(request, "callbacks/scripts/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE, EDIT)
def take_in(request: HttpRequest) -> HttpResponse:
    """A script out of a file: a new one, or a draft of the one that has its code."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_bound and form.is_valid():
        try:
            made = _take_in(form.cleaned_data["paper"], user_of(request))
        except ValidationError as refusal:
            form.add_error(None, " ".join(refusal.messages))
        else:
            words = _("Version %(number)s of “%(name)s” is taken in as a draft.")
            messages.success(request, words % {"number": made.number, "name": made.script.name})
            return redirect("callbacks:script-version", made.script.code, made.number)
    context = {"form": form, "crumbs": crumbs()}
    return render(request, "callbacks/scripts/import.html", context, status=422 if form.errors else 200)


@require_POST
@requires(SEE, EDIT)
def describe(request: HttpRequest, code: str) -> HttpResponse:
    """Change name, reasons, and whether the script is regulated or in use."""
    found, form = find(code), ChangeForm(request.POST)
    if form.is_valid():
        try:
            services.describe_script(script=found, **form.cleaned_data, by=user_of(request))
        except ValidationError as refusal:
            _say_at(form, refusal)
        else:
            messages.success(request, _("The script is kept."))
            return redirect("callbacks:script", code)
    return render_script(request, found, form)


@require_POST
@requires(SEE, EDIT)
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a draft: with the version named `from`, else with the newest."""
    found, wanted = find(code), request.POST.get("from", "")
    begin = found.versions.filter(number=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 9 else None
    try:
        made = services.new_draft(script=found, content=content_of(begin) if begin else None, by=user_of(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("callbacks:script", code)
    return redirect("callbacks:script-edit", code, made.number)


@require_POST
@requires(SEE, EDIT)
def discard(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Throw a draft away, as it was read."""
    found = find_version(code, number)
    try:
        services.discard_draft(version=found, revision=_revision(request), by=user_of(request))
    except (ValidationError, services.DraftConflict) as refusal:
        messages.error(request, _words(refusal))
        return redirect("callbacks:script-version", code, number)
    messages.success(request, _("The draft is thrown away; what stood in it is in the history."))
    return redirect("callbacks:script", code)


@require_POST
@requires(SEE, PUBLISH)
def publish(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Put a draft into use, as it was read; never one's own."""
    found = find_version(code, number)
    try:
        services.publish_version(version=found, revision=_revision(request), by=user_of(request))
    except (ValidationError, ContentError, services.DraftConflict) as refusal:
        messages.error(request, _words(refusal))
    else:
        messages.success(request, _("Version %(number)s is in use from now on.") % {"number": number})
    return redirect("callbacks:script-version", code, number)


@require_POST
@requires(SEE, PUBLISH)
def retire(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take the version in use out of use."""
    found, form = find_version(code, number), RetireForm(request.POST)
    if not form.is_valid():
        return render_version(request, found, form)
    try:
        services.retire_version(version=found, reason=form.cleaned_data["reason"], by=user_of(request))
    except ValidationError as refusal:
        messages.error(request, _words(refusal))
    else:
        messages.success(request, _("Version %(number)s is out of use.") % {"number": number})
    return redirect("callbacks:script-version", code, number)


def _take_in(paper: Paper, by: User) -> ScriptVersion:
    known = Script.objects.filter(code=paper.code).first()
    if known is not None:
        return services.new_draft(script=known, content=paper.content, by=by)
    return services.new_script(
        code=paper.code,
        name=paper.name,
        kinds=paper.kinds,
        regulated=paper.regulated,
        content=paper.content,
        by=by,
    )


def _say_at(form: forms.Form, refusal: ValidationError) -> None:
    """What a service refused, at its field."""
    for name, words in refusal.message_dict.items():
        form.add_error(name if name in form.fields else None, " ".join(words))


def _revision(request: HttpRequest) -> int:
    """The revision that was read; one that no draft has where nothing was sent."""
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1


def _words(refusal: Exception) -> str:
    return " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
