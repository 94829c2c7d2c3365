"""One hidden field, or one further phone, in clear: with a reason, for a minute."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_POST, require_safe

from clients.desk.forms import ReasonForm, RevealForm
from clients.desk.views.client import file_or_404
from clients.profile import services
from clients.profile.choices import PersonalField, RevealReason
from clients.profile.policies import REVEAL
from clients.profile.selectors import ClientFile, extra_phones
from crm.access.guards import background, is_htmx, requires, user_of

SECONDS = 60
HIDDEN = "clients/desk/client/hidden.html"


@require_POST
@requires("clients.view_client", REVEAL)
def reveal(request: HttpRequest, client_no: str) -> HttpResponse:
    """POST with `field` and `reason`. htmx gets the fragment; others a page of its own that leaves by itself."""
    file, form = file_or_404(request, client_no), RevealForm(request.POST)
    if not form.is_valid():
        return _again(request, _field(file, form.data.get("field", "")), form)
    field = PersonalField(form.cleaned_data["field"])
    value = services.reveal(
        client=file.client,
        field=field,
        reason=RevealReason(form.cleaned_data["reason"]),
        by=user_of(request),
        request=request,
    )
    return _in_clear(request, _field(file, field) | {"value": value})


@require_POST
@requires("clients.view_client", REVEAL)
def reveal_phone(request: HttpRequest, client_no: str, pk: int) -> HttpResponse:
    """As `reveal`, for one of the further phones: POST with `reason`."""
    file, form = file_or_404(request, client_no), ReasonForm(request.POST)
    phone = get_object_or_404(file.client.extra_phones, pk=pk)
    if not form.is_valid():
        return _again(request, _phone(file, pk), form)
    value = services.reveal_phone(
        phone=phone, reason=RevealReason(form.cleaned_data["reason"]), by=user_of(request), request=request
    )
    return _in_clear(request, _phone(file, pk) | {"value": value})


@require_safe
@requires("clients.view_client")
@background
def hidden(request: HttpRequest, client_no: str, field: str) -> HttpResponse:
    """The field masked again: what a revealed one turns into after its minute."""
    file = file_or_404(request, client_no)
    return render(request, HIDDEN, _masked_again(request, _field(file, field)))


@require_safe
@requires("clients.view_client")
@background
def hidden_phone(request: HttpRequest, client_no: str, pk: int) -> HttpResponse:
    """As `hidden`, for a further phone. One that was removed meanwhile is nothing: it must not stay in clear."""
    file = file_or_404(request, client_no)
    return render(request, HIDDEN, _masked_again(request, _phone(file, pk)))


def _field(file: ClientFile, field: str) -> dict[str, Any]:
    """A field as the page shows it to who asks."""
    if field not in PersonalField.values:
        raise Http404
    shown = {PersonalField.NAME: lambda: file.name, PersonalField.PHONE: lambda: file.phone}
    known = PersonalField(field)
    value = shown[known]() if known in shown else getattr(file.client, f"{field}_masked")
    back = reverse("clients:profile", args=[file.client.client_no])
    return {"client_no": file.client.client_no, "field": known, "value": value, "back_url": back}


def _phone(file: ClientFile, pk: int) -> dict[str, Any]:
    """A further phone as the page shows it to who asks."""
    value = next((one.phone for one in extra_phones(file) if one.pk == pk), "")
    back = reverse("clients:wishes", args=[file.client.client_no])
    return {"client_no": file.client.client_no, "phone_pk": pk, "value": value, "back_url": back}


def _masked_again(request: HttpRequest, shown: dict[str, Any]) -> dict[str, Any]:
    return shown | {"may_reveal": user_of(request).has_perm(REVEAL), "reveal_reasons": RevealReason.choices}


def _in_clear(request: HttpRequest, shown: dict[str, Any]) -> HttpResponse:
    template = "revealed" if is_htmx(request) else "reveal_page"
    response = render(request, f"clients/desk/client/{template}.html", shown | {"seconds": SECONDS})
    if not is_htmx(request):
        response["Refresh"] = f"{SECONDS}; url={shown['back_url']}"
    add_never_cache_headers(response)
    return response


def _again(request: HttpRequest, shown: dict[str, Any], form: ReasonForm) -> HttpResponse:
    """What was wrong, beside the form."""
    context = _masked_again(request, shown) | {"reveal_form": form}
    # htmx swaps answers of 2xx alone.
    if is_htmx(request):
        return render(request, HIDDEN, context)
    return render(request, "clients/desk/client/reveal_page.html", context, status=422)
