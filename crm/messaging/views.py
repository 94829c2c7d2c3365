"""One's notices; the outbox and the templates for who keeps them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.access.guards import requires, user_of, visible_or_404
from crm.messaging import selectors, services
from crm.messaging.choices import MessageState
from crm.messaging.forms import TemplateForm
from crm.messaging.models import Message, MessageTemplate, Notice
from crm.messaging.templates import PLACEHOLDERS

KEEP = "crm.manage_templates"


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What one was told, newest first."""
    user = user_of(request)
    context = {"notices": selectors.newest_notices(user), "unread": selectors.unread_count(user)}
    return render(request, "crm/messaging/notices.html", context)


@require_POST
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a notice and go where it leads."""
    notice = visible_or_404(Notice.objects.all(), user_of(request), pk=pk)
    services.mark_read(notice, by=user_of(request))
    return redirect(notice.url or "messaging:notices")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    services.mark_all_read(by=user_of(request))
    return redirect("messaging:notices")


@require_GET
@requires(KEEP)
def outbox(request: HttpRequest) -> HttpResponse:
    """The newest messages and what became of them; recipients masked."""
    state = request.GET.get("state", "")
    state = state if state in MessageState.values else ""
    states = [("", _("All"))] + [(str(code), str(word)) for code, word in MessageState.choices]
    chips = [
        {"label": word, "url": f"{request.path}?state={code}" if code else request.path, "active": code == state}
        for code, word in states
    ]
    context = {"outbox": selectors.newest_messages(state), "chips": chips}
    return render(request, "crm/messaging/outbox.html", context)


@require_POST
@requires(KEEP)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    services.cancel(get_object_or_404(Message, pk=pk))
    return redirect("messaging:outbox")


@require_GET
@requires(KEEP)
def templates(request: HttpRequest) -> HttpResponse:
    return render(request, "crm/messaging/templates.html", {"templates": MessageTemplate.objects.all()})


@require_http_methods(["GET", "POST"])
@requires(KEEP)
def template(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new template, or one that is there."""
    known = get_object_or_404(MessageTemplate, pk=pk) if pk else MessageTemplate()
    form = TemplateForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        services.save_template(form.instance, by=user_of(request))
        return redirect("messaging:templates")
    crumbs = [(_("Message templates"), reverse("messaging:templates"))]
    context = {"form": form, "known": known.pk, "crumbs": crumbs, "placeholders": PLACEHOLDERS}
    status = 422 if form.is_bound else 200
    return render(request, "crm/messaging/template.html", context, status=status)
