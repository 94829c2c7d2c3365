"""Who is calling: a minimal card for an exact number, in any scope, and the enquiry written down."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.contacts.choices import OUTCOMES, TOPICS
from clients.contacts.forms import EnquiryForm, LookUpForm
from clients.contacts.look_up import client_of_pass, find_caller, shown_as
from clients.contacts.policies import ENTER, LOOK_UP
from clients.contacts.services import record_enquiry
from clients.desk.panels import enquiry_url
from clients.profile.models import Client
from crm.access.guards import requires, user_of


@require_http_methods(["GET", "HEAD", "POST"])
@requires(LOOK_UP)
def look_up(request: HttpRequest) -> HttpResponse:
    """POST `q`: what the caller gives stays out of addresses and logs of requests."""
    form = LookUpForm(request.POST or None)
    cards = None
    if request.method == "POST" and form.is_valid():
        cards = find_caller(form.cleaned_data["q"], by=user_of(request), request=request)
    context = {"form": form, "cards": cards, "take_url": enquiry_url(user_of(request))}
    return _never_kept(render(request, "clients/desk/look_up/page.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(LOOK_UP, ENTER)
def enquiry(request: HttpRequest) -> HttpResponse:
    """Write down what a caller wanted: of a client with `pass` of his card, else of somebody nobody knows."""
    user, client = user_of(request), _client(request)
    form = EnquiryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            record_enquiry(client=client, contact=form.contact, key=str(form.cleaned_data["key"]), by=user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            form.renew_key()
        else:
            messages.success(request, _("The enquiry is written down."))
            return redirect("clients:look-up")
    context = {
        "form": form,
        "card": shown_as(client, by=user) if client else None,
        "topics": TOPICS,
        "outcomes": OUTCOMES,
        "crumbs": [(_("Who is calling"), reverse("clients:look-up"))],
    }
    status = 422 if form.is_bound else 200
    return _never_kept(render(request, "clients/desk/look_up/enquiry.html", context, status=status))


def _client(request: HttpRequest) -> Client | None:
    """The client of the card; None without one. A card that is too old is looked up anew: not found."""
    number_pass = request.GET.get("pass", "")
    if not number_pass:
        return None
    client = client_of_pass(number_pass, by=user_of(request))
    if client is None:
        raise Http404
    return client


def _never_kept(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    return response
