"""My promises, and one of them: kept, no longer needed, handed on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.contacts import services
from clients.contacts.filters import NAME, promise_list
from clients.contacts.forms import EndForm, HandForm
from clients.contacts.models import FollowUp
from clients.contacts.policies import ENTER
from clients.desk.promises import RELATED, drawn, lines_of, others_who_may
from clients.desk.reads import log_shown_in_clear
from crm.access.guards import requires, user_of
from crm.web.lists import open_list, render_list

SEE = "clients.view_client"


@require_safe
@requires(SEE)
def promises(request: HttpRequest) -> HttpResponse:
    """Open promises, the most urgent first: one's own, or all to the clients one sees."""
    user, now = user_of(request), timezone.localtime()
    rows = FollowUp.objects.concerning(user).open().select_related(*RELATED)
    page = open_list(request, NAME, lambda params: promise_list(user, now), rows)
    lines = drawn(page.rows, user, now, page.state.columns)
    log_shown_in_clear(request, sum(line.is_own for line in lines))
    return render_list(request, "clients/desk/promises/list.html", {"page": page, "lines": lines})


@require_safe
@requires(SEE)
def promise(request: HttpRequest, pk: int) -> HttpResponse:
    """One promise, and how it may end."""
    return _show(request, _found(request, pk), EndForm(), None)


@require_POST
@requires(SEE, ENTER)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Kept, or no longer needed (with the reason)."""
    found, form, user = _found(request, pk), EndForm(request.POST), user_of(request)
    if form.is_valid():
        result = form.cleaned_data["result"]
        try:
            if form.is_kept:
                services.keep_promise(promise=found, result=result, by=user)
            else:
                services.drop_promise(promise=found, reason=result, by=user)
        except ValidationError as refusal:
            if not hasattr(refusal, "error_dict"):  # ended meanwhile: there is no form any more
                messages.info(request, " ".join(refusal.messages))
                return redirect("clients:promise", found.pk)
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Kept.") if form.is_kept else _("No longer needed."))
            return redirect(_back(request, found))
    return _show(request, found, form, None)


@require_POST
@requires(SEE, ENTER)
def hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody else keeps it from now on."""
    found, user = _found(request, pk), user_of(request)
    form = HandForm(request.POST, keepers=others_who_may(found, user))
    if form.is_valid():
        try:
            services.hand_promise(promise=found, owner=form.cleaned_data["owner"], by=user)
        except ValidationError as refusal:
            messages.info(request, " ".join(refusal.messages))
            return redirect("clients:promise", found.pk)
        messages.success(request, _("%(name)s keeps it from now on.") % {"name": form.cleaned_data["owner"].name})
        return redirect("clients:promises")
    return _show(request, found, EndForm(), form)


def _found(request: HttpRequest, pk: int) -> FollowUp:
    found = FollowUp.objects.concerning(user_of(request)).select_related(*RELATED, "ended_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _back(request: HttpRequest, found: FollowUp) -> str:
    """The client's page for who came from there, else the list."""
    if request.POST.get("back") == "client":
        return reverse("clients:detail", args=[found.client.client_no])
    return reverse("clients:promises")


def _show(request: HttpRequest, found: FollowUp, form: EndForm, handing: HandForm | None) -> HttpResponse:
    user, now = user_of(request), timezone.localtime()
    (line,) = lines_of([found], user, now)
    log_shown_in_clear(request, int(line.is_own))
    may_end = user.has_perm(ENTER) and found.ended_at is None
    context: dict[str, Any] = {
        "line": line,
        "promise": found,
        "form": form,
        "handing": handing or (HandForm(keepers=others_who_may(found, user)) if may_end else None),
        "may_end": may_end,
        "crumbs": [(_("Promises"), reverse("clients:promises"))],
    }
    refused = form.is_bound or (handing is not None and handing.is_bound)
    response = render(request, "clients/desk/promises/detail.html", context, status=422 if refused else 200)
    add_never_cache_headers(response)
    return response
