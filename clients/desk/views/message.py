"""A message to a client, from a template: choose, read what would go out, send."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.contacts.messages import SEND, MessageRefused, send_to_client, why_not, words_for
from clients.desk.views.client import file_or_404, frame
from crm.access.guards import requires, user_of
from crm.messaging.models import MessageTemplate


@require_http_methods(["GET", "POST"])
@requires("clients.view_client", SEND)
def message(request: HttpRequest, client_no: str) -> HttpResponse:
    """GET: the templates with their words for this client. POST `template` and `key`: send it, once."""
    file, user = file_or_404(request, client_no), user_of(request)
    refusal = ""
    if request.method == "POST":
        chosen = request.POST.get("template", "")
        template = get_object_or_404(MessageTemplate, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0)
        try:
            sent = send_to_client(
                client=file.client, template=template, by=user, key=request.POST.get("key", "")[:64] or uuid.uuid4().hex
            )
        except MessageRefused as error:
            refusal = str(error)
        else:
            messages.success(request, _("“%(name)s” goes to %(to)s.") % {"name": template.name, "to": sent.to_masked})
            return redirect("clients:detail", client_no)
    offers = []
    for one in MessageTemplate.objects.filter(is_active=True):
        subject, body, _values = words_for(one, file.client, user)
        offers.append({"template": one, "subject": subject, "body": body, "why_not": why_not(one, file.client)})
    context = frame(request, file, "message") | {"offers": offers, "refusal": refusal, "key": uuid.uuid4().hex}
    response = render(request, "clients/desk/client/message.html", context, status=422 if refusal else 200)
    add_never_cache_headers(response)
    return response
