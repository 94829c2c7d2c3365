"""Something done to many clients: the question with the exact number, the doing, the result, the way back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.desk import bulk_page
from clients.desk.bulk_forms import EXPORT, FORMS, AddForm, ConfirmForm, ExportForm
from clients.desk.bulk_page import Asked
from clients.desk.choosing import rule_from
from clients.desk.listing import NAME
from clients.lists import bulk
from clients.lists.choices import ListKind
from clients.lists.keeping import make_list
from clients.lists.models import BulkAction
from clients.lists.policies import SEE
from clients.profile.models import Client
from crm.access.guards import check, requires, user_of, visible_or_404
from crm.web.lists import list_page, render_list


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE)
def ask(request: HttpRequest) -> HttpResponse:
    """GET: how many clients, and what exactly. POST: do it."""
    user, today = user_of(request), timezone.localdate()
    asked = bulk_page.read_asked(request.POST if request.method == "POST" else request.GET)
    if asked is None:
        messages.info(request, _("Tick the clients first."))
        return redirect("clients:list")
    check(user, bulk_page.needed_for(asked.verb))
    try:
        clients = bulk_page.chosen(user, asked, today)
        arguments = bulk_page.form_arguments(user, asked, clients, today)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("clients:list")
    number = clients.count()
    if request.method == "POST" and asked.verb != EXPORT:
        form = FORMS[asked.verb](request.POST, **arguments)
        done = _do(request, form, asked, clients) if form.is_valid() else None
        return done or _question(request, asked, number, form)
    if asked.verb == EXPORT:
        return _question(request, asked, number, ExportForm())
    initial = arguments.pop("initial", {}) | {"expected": number}
    return _question(request, asked, number, FORMS[asked.verb](initial=initial, **arguments))


@require_safe
@requires(SEE)
def actions(request: HttpRequest) -> HttpResponse:
    """What one did to many clients, the newest first."""
    rows = BulkAction.objects.visible_to(user_of(request)).select_related("tag", "client_list").defer("changed")
    page = list_page(bulk_page.ACTIONS, rows, request.GET, request.path)
    lines = [(one, bulk_page.title_of(one)) for one in page.rows]
    return render_list(request, "clients/desk/bulk/list.html", {"page": page, "lines": lines})


@require_safe
@requires(SEE)
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of an action; its progress while it runs."""
    found = bulk_page.result_of(_visible(request, pk), user_of(request), at=timezone.now())
    context = {"result": found, "crumbs": [(_("Bulk actions"), reverse("clients:bulk-actions"))]}
    if found.may_undo:
        context["undo_words"] = bulk_page.undo_button(found)
    return render(request, "clients/desk/bulk/result.html", context)


@require_POST
@requires(SEE)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back exactly what the action changed."""
    action = _visible(request, pk)
    try:
        undoing = bulk.undo_action(action=action, by=user_of(request))
    except ValidationError as refusal:
        messages.info(request, " ".join(refusal.messages))
        return redirect("clients:bulk", action.pk)
    return redirect("clients:bulk", undoing.pk)


def _do(request: HttpRequest, form: ConfirmForm, asked: Asked, clients: QuerySet[Client]) -> HttpResponse | None:
    """Where to go once it is done, or asked for; None when it was refused, which the form then says."""
    user, wanted = user_of(request), form.wanted()
    try:
        if isinstance(form, AddForm) and form.is_rule:
            rule = rule_from(user, asked.query, timezone.localdate())
            kept = make_list(name=wanted.new_list, kind=ListKind.RULE, query=rule, unit=wanted.unit, by=user)
            messages.success(request, _("The list “%(name)s” is kept.") % {"name": kept.name})
            return redirect("clients:client-list", kept.pk)
        action = bulk.request_action(
            wanted=wanted,
            clients=clients,
            query=asked.query,
            picked=asked.picked,
            expected=form.cleaned_data["expected"],
            by=user,
            key=str(form.cleaned_data["key"]),
        )
    except ValidationError as refusal:
        form.add_error(None, " ".join(refusal.messages))
        return None
    return redirect("clients:bulk", action.pk)


def _question(request: HttpRequest, asked: Asked, number: int, form: ConfirmForm | ExportForm) -> HttpResponse:
    context: dict[str, Any] = {
        "asked": asked,
        "form": form,
        "number": number,
        "title": bulk_page.question(asked, number),
        "many": number > bulk.MANY,
        "list_name": NAME,
        "is_export": asked.verb == EXPORT,
        "crumbs": [(_("Clients"), asked.back_url)],
    }
    if asked.verb == EXPORT:
        context["key"] = bulk_page.new_key()
    response = render(request, "clients/desk/bulk/ask.html", context, status=422 if form.is_bound else 200)
    add_never_cache_headers(response)
    return response


def _visible(request: HttpRequest, pk: int) -> BulkAction:
    related = BulkAction.objects.select_related("tag", "client_list", "by", "job", "job__requested_by", "undoes")
    return visible_or_404(related.defer("changed"), user_of(request), pk=pk)
