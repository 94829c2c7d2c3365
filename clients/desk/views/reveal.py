"""One hidden field in clear, with a reason, for a minute."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_POST, require_safe

from clients.desk.forms import RevealForm
from clients.desk.views.client import file_or_404
from clients.profile.choices import PersonalField, RevealReason
from clients.profile.policies import REVEAL
from clients.profile.selectors import ClientFile
from clients.profile.services import reveal as reveal_field
from crm.access.guards import background, is_htmx, requires, user_of

SECONDS = 60


def _masked(file: ClientFile, field: PersonalField) -> str:
    """The field as the page shows it to who asks."""
    shown = {PersonalField.NAME: file.name, PersonalField.PHONE: file.phone}
    return shown[field] if field in shown else getattr(file.client, f"{field.value}_masked")


@require_POST
@requires("clients.view_client", REVEAL)
def reveal(request: HttpRequest, client_no: str) -> HttpResponse:
    """POST with `field` and `reason`. htmx gets the fragment; others a page of its own that leaves by itself."""
    file, form = file_or_404(request, client_no), RevealForm(request.POST)
    if not form.is_valid():
        return _again(request, file, form)
    field = PersonalField(form.cleaned_data["field"])
    value = reveal_field(
        client=file.client,
        field=field,
        reason=RevealReason(form.cleaned_data["reason"]),
        by=user_of(request),
        request=request,
    )
    context = {"client_no": client_no, "field": field, "value": value, "seconds": SECONDS}
    response = render(request, f"clients/desk/client/{'revealed' if is_htmx(request) else 'reveal_page'}.html", context)
    if not is_htmx(request):
        response["Refresh"] = f"{SECONDS}; url={reverse('clients:profile', args=[client_no])}"
    add_never_cache_headers(response)
    return response


def _again(request: HttpRequest, file: ClientFile, form: RevealForm) -> HttpResponse:
    """What was wrong, beside the form."""
    field = form.data.get("field", "")
    if field not in PersonalField.values:
        raise Http404
    context = {
        "client_no": file.client.client_no,
        "field": field,
        "value": _masked(file, PersonalField(field)),
        "may_reveal": True,
        "reveal_reasons": RevealReason.choices,
        "form": form,
    }
    template = "hidden" if is_htmx(request) else "reveal_page"
    # htmx swaps answers of 2xx alone.
    return render(request, f"clients/desk/client/{template}.html", context, status=200 if is_htmx(request) else 422)


@require_safe
@requires("clients.view_client")
@background
def hidden(request: HttpRequest, client_no: str, field: str) -> HttpResponse:
    """The field masked again: what a revealed one turns into after its minute."""
    if field not in PersonalField.values:
        raise Http404
    file = file_or_404(request, client_no)
    context = {
        "client_no": client_no,
        "field": field,
        "value": _masked(file, PersonalField(field)),
        "may_reveal": user_of(request).has_perm(REVEAL),
        "reveal_reasons": RevealReason.choices,
    }
    return render(request, "clients/desk/client/hidden.html", context)
