"""What is done from a client's page: a contact written down, something promised, a note."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.contacts import services
from clients.contacts.choices import OUTCOMES, TOPICS
from clients.contacts.forms import ContactForm, PromiseForm
from clients.contacts.policies import ENTER, keepers
from clients.desk.drafts import CONTACT, NOTE, PROMISE
from clients.desk.views.client import file_or_404, frame, show
from clients.profile.additions import add_note
from clients.profile.forms import NoteForm
from clients.profile.policies import EDIT
from clients.profile.selectors import ClientFile
from crm.access.guards import requires, user_of
from crm.drafts.page import draft_of
from crm.drafts.services import discard_draft

SEE = "clients.view_client"
SUGGESTED = {"topics": TOPICS, "outcomes": OUTCOMES}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE, ENTER)
def contact(request: HttpRequest, client_no: str) -> HttpResponse:
    """Write down a contact, with what was promised in it. What was typed stays when something is wrong."""
    file, user = file_or_404(request, client_no), user_of(request)
    able = keepers(file.client, user, timezone.localdate())
    form = ContactForm(request.POST or None, keepers=able, by=user)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_contact(
                client=file.client,
                contact=form.contact,
                key=str(form.cleaned_data["key"]),
                by=user,
                promised=form.promised_here,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
            form.renew_key()
        else:
            discard_draft(by=user, kind=CONTACT, key=file.client.client_no)
            messages.success(request, _("The contact is written down."))
            return redirect("clients:detail", client_no)
    return _page(request, file, CONTACT, form, **SUGGESTED)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE, ENTER)
def promise(request: HttpRequest, client_no: str) -> HttpResponse:
    """Promise something to the client."""
    file, user = file_or_404(request, client_no), user_of(request)
    able = keepers(file.client, user, timezone.localdate())
    form = PromiseForm(request.POST or None, keepers=able, by=user)
    if request.method == "POST" and form.is_valid():
        made = form.promised
        try:
            services.promise(client=file.client, what=made.what, due_at=made.due_at, owner=made.owner, by=user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            discard_draft(by=user, kind=PROMISE, key=file.client.client_no)
            messages.success(request, _("The promise is noted; its owner is reminded on the day."))
            return redirect("clients:detail", client_no)
    return _page(request, file, PROMISE, form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE, EDIT)
def note(request: HttpRequest, client_no: str) -> HttpResponse:
    """Write a note about the client."""
    file, form = file_or_404(request, client_no), NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add_note(client=file.client, text=form.cleaned_data["text"], by=user_of(request))
        discard_draft(by=user_of(request), kind=NOTE, key=file.client.client_no)
        messages.success(request, _("The note is kept."))
        return redirect("clients:detail", client_no)
    return _page(request, file, NOTE, form)


def _page(request: HttpRequest, file: ClientFile, part: str, form: forms.Form, **more: Any) -> HttpResponse:
    """The form under the client's head, with what was typed and not saved; 422 where it was refused."""
    draft = draft_of(request, part, file.client.client_no, form)
    context = frame(request, file, part) | {"form": form, "draft": draft} | more
    response = show(request, f"forms/{part}.html", context)
    response.status_code = 422 if form.is_bound else 200
    return response
