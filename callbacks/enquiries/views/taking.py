"""An enquiry begins: the next caller on the line, or one that is written down while the caller talks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from callbacks.enquiries.drafts import ENQUIRY, NEW
from callbacks.enquiries.forms import CallerForm, NewForm
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.page import card_of
from callbacks.enquiries.policies import TAKE, VIP_LINE
from callbacks.enquiries.services import close_enquiry, open_enquiry
from callbacks.enquiries.taking import take_next
from clients.contacts.choices import TOPICS
from clients.contacts.look_up import Card, client_of_pass, find_caller, shown_as
from clients.contacts.policies import LOOK_UP
from clients.profile.models import Client
from crm.access.guards import is_htmx, requires, user_of
from crm.drafts.page import draft_of
from crm.drafts.services import discard_draft

CLOSE = "close"


@require_POST
@requires(TAKE)
def next_enquiry(request: HttpRequest) -> HttpResponse:
    """The next caller on the line."""
    taken = take_next(by=user_of(request))
    if taken is None:
        messages.info(request, _("Nobody waits on the line."))
        return redirect("callbacks:enquiries")
    return redirect("callbacks:enquiry", taken.enquiry_no)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(TAKE, LOOK_UP)
def new(request: HttpRequest) -> HttpResponse:
    """Write an enquiry down while the caller talks; POST keeps it open, or closes it at once (`do`)."""
    user = user_of(request)
    form = NewForm(request.POST or None, initial={"number_pass": _pass_of_client(request)})
    if request.method == "POST" and form.is_valid():
        try:
            made = _made(request, form)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            discard_draft(by=user, kind=ENQUIRY, key=NEW)
            words = _("Enquiry %(number)s is closed.") if made.closed_at else _("Enquiry %(number)s is open with you.")
            messages.success(request, words % {"number": made.enquiry_no})
            return redirect("callbacks:enquiries") if made.closed_at else redirect("callbacks:enquiry", made.enquiry_no)
    return _page(request, form, CallerForm(), None)


@transaction.atomic
def _made(request: HttpRequest, form: NewForm) -> Enquiry:
    """Open what was typed, and close it where that was asked for: both, or neither."""
    user, typed = user_of(request), form.cleaned_data
    client = client_of_pass(typed["number_pass"], by=user) if typed["number_pass"] else None
    if typed["number_pass"] and client is None:
        raise ValidationError(_("The look-up is older than an hour: look the caller up once more."))
    made = open_enquiry(
        written=form.written, key=typed["key"], client=client, phone="" if client else typed["phone"],
        line=VIP_LINE if typed["vip_line"] else "", by=user,
    )  # fmt: skip
    if request.POST.get("do") == CLOSE:
        made = close_enquiry(enquiry=made, written=form.written, revision=made.revision, by=user)
    return made


@require_POST
@requires(TAKE, LOOK_UP)
def caller(request: HttpRequest) -> HttpResponse:
    """Who is calling: the cards of a look-up, for the page around them; without scripts the page anew."""
    form = CallerForm(request.POST)
    cards = find_caller(form.cleaned_data["q"], by=user_of(request), request=request) if form.is_valid() else []
    if is_htmx(request):
        chosen = cards[0].number_pass if len(cards) == 1 else ""
        context = {"cards": cards, "chosen": chosen, "looked": True}
        return _never_kept(render(request, "callbacks/enquiries/cards.html", context))
    return _page(request, NewForm(), form, cards)


def _pass_of_client(request: HttpRequest) -> str:
    """Begun from the card of a look-up (`?pass=`), or from a client's page (`?client=`): the pass of a client whom one
    sees."""
    number, user = request.GET.get("client", "").replace("\0", ""), user_of(request)
    if client_of_pass(request.GET.get("pass", ""), by=user) is not None:
        return request.GET["pass"]
    if not number:
        return ""
    found = Client.objects.visible_to(user).select_related("branch", "manager").filter(client_no=number).first()
    return shown_as(found, by=user).number_pass if found else ""


def _page(request: HttpRequest, form: NewForm, look_up: CallerForm, cards: list[Card] | None) -> HttpResponse:
    """The form with its draft, and the card of the caller who was looked up for it."""
    user = user_of(request)
    draft = draft_of(request, ENQUIRY, NEW, form)
    chosen = str(form["number_pass"].value() or "")
    known = card_of(client_of_pass(chosen, by=user), request) if chosen else None
    shown = cards if cards is not None else [known] if known else []
    context: dict[str, Any] = {
        "form": form,
        "look_up": look_up,
        "draft": draft,
        "cards": shown,
        "chosen": known.number_pass if known else shown[0].number_pass if len(shown) == 1 else "",
        "looked": cards is not None,
        "topics": TOPICS,
        "crumbs": [(_("Enquiries"), reverse("callbacks:enquiries"))],
    }
    status = 422 if form.is_bound else 200
    return _never_kept(render(request, "callbacks/enquiries/new.html", context, status=status))


def _never_kept(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    return response
