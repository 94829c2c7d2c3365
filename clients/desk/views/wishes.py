"""What a client told us about himself: shown, and kept with the version that was opened."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients.desk.conflict import Conflict, conflict_of
from clients.desk.drafts import WISHES
from clients.desk.views.client import file_or_404, frame, show
from clients.profile.additions import add_phone, remove_phone
from clients.profile.forms import PhoneForm, WishesForm
from clients.profile.models import Client, ClientWishes, ExtraPhone
from clients.profile.policies import EDIT
from clients.profile.selectors import ClientFile, extra_phones
from clients.profile.wishes import ChangedMeanwhile, update_wishes
from crm.access.guards import check, requires, user_of, visible_or_404
from crm.drafts.page import draft_of
from crm.drafts.services import discard_draft

SEE = "clients.view_client"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE)
def wishes(request: HttpRequest, client_no: str) -> HttpResponse:
    """The tab of preferences and needs. POST keeps them; where somebody else was faster, both versions are shown."""
    file, user = file_or_404(request, client_no), user_of(request)
    form = WishesForm(request.POST or None, stored=stored_wishes(file.client))
    conflict: Conflict | None = None
    if request.method == "POST":
        check(user, EDIT)
        if form.is_valid():
            try:
                update_wishes(client=file.client, wishes=form.wishes, version=form.cleaned_data["version"], by=user)
            except ChangedMeanwhile as changed:
                conflict = conflict_of(form, changed.stored)
                form = WishesForm(initial=conflict.merged, stored=changed.stored)
            else:
                discard_draft(by=user, kind=WISHES, key=file.client.client_no)
                messages.success(request, _("The wishes are kept."))
                return redirect("clients:wishes", client_no)
    return _page(request, file, form, PhoneForm(), conflict)


@require_POST
@requires(SEE, EDIT)
def add(request: HttpRequest, client_no: str) -> HttpResponse:
    """Keep a further phone of the client."""
    file, form = file_or_404(request, client_no), PhoneForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            add_phone(client=file.client, phone=typed["phone"], remark=typed["remark"], by=user_of(request))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The number is kept."))
            return redirect("clients:wishes", client_no)
    return _page(request, file, WishesForm(stored=stored_wishes(file.client)), form, None)


@require_POST
@requires(SEE, EDIT)
def remove(request: HttpRequest, client_no: str, pk: int) -> HttpResponse:
    """A further phone is not the client's any more. Removed meanwhile, it is gone all the same."""
    known = visible_or_404(Client.objects.all(), user_of(request), client_no=client_no.replace("\0", ""))
    phone = ExtraPhone.objects.filter(client=known, pk=pk).first()
    if phone is not None:
        remove_phone(phone=phone, by=user_of(request))
    messages.success(request, _("The number is removed."))
    return redirect("clients:wishes", client_no)


def stored_wishes(client: Client) -> ClientWishes:
    """The client's wishes; empty ones where he has told us nothing."""
    return getattr(client, "wishes", None) or ClientWishes(client=client)


def _page(
    request: HttpRequest, file: ClientFile, form: WishesForm, phone_form: PhoneForm, conflict: Conflict | None
) -> HttpResponse:
    """A conflict's form holds both versions already; any other takes what was typed and not saved."""
    may_edit = user_of(request).has_perm(EDIT)
    draft = draft_of(request, WISHES, file.client.client_no, form, restore=conflict is None) if may_edit else None
    context: dict[str, Any] = frame(request, file, "wishes") | {
        "draft": draft,
        "form": form,
        "phone_form": phone_form,
        "phones": extra_phones(file),
        "may_edit": may_edit,
        "conflict": conflict,
    }
    response = show(request, "wishes_page.html", context)
    response.status_code = 409 if conflict else 422 if form.is_bound or phone_form.is_bound else 200
    return response
