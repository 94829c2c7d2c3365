"""One enquiry: written, closed, joined to a client, handed over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from callbacks.calls.models import HandOver
from callbacks.enquiries import handing
from callbacks.enquiries.drafts import ENQUIRY
from callbacks.enquiries.forms import CallerForm, HandForm, OpenForm
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.page import context_of, differences
from callbacks.enquiries.policies import SEE, TAKE, may_reassign, may_write
from callbacks.enquiries.selectors import colleagues_for, offer_of
from callbacks.enquiries.services import ChangedMeanwhile, close_enquiry, join_client, write_enquiry
from callbacks.queue.supervising import ASSIGN
from clients.contacts.look_up import Card, client_of_pass, find_caller
from clients.contacts.policies import LOOK_UP
from crm.access.guards import check, requires, user_of, visible_or_404
from crm.drafts.page import draft_of
from crm.drafts.services import discard_draft

RELATED = ("client__branch", "client__manager", "branch", "owner", "taken_by", "closed_by", "unit")
CLOSE = "close"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE)
def enquiry(request: HttpRequest, number: str) -> HttpResponse:
    """One enquiry. POST keeps what is typed, or closes it (`do`); what was typed stays when something is wrong."""
    found, user = _found(request, number), user_of(request)
    form = OpenForm(request.POST or None, stored=found)
    more: dict[str, Any] = {}
    if request.method == "POST":
        check(user, TAKE)
        if form.is_valid():
            try:
                return _kept(request, found, form)
            except ChangedMeanwhile as changed:
                form, more = _conflict(request, form, changed.stored)
            except ValidationError as refusal:
                form.add_error(None, refusal)
    return _page(request, found, form, **more)


def _kept(request: HttpRequest, found: Enquiry, form: OpenForm) -> HttpResponse:
    """Write, or close, and go on."""
    user, closing = user_of(request), request.POST.get("do") == CLOSE
    keep = close_enquiry if closing else write_enquiry
    keep(enquiry=found, written=form.written, revision=form.cleaned_data["revision"], by=user)
    discard_draft(by=user, kind=ENQUIRY, key=found.enquiry_no)
    words = _("Enquiry %(number)s is closed.") if closing else _("Kept.")
    messages.success(request, words % {"number": found.enquiry_no})
    return redirect("callbacks:enquiries") if closing else redirect("callbacks:enquiry", found.enquiry_no)


def _conflict(request: HttpRequest, form: OpenForm, stored: Enquiry) -> tuple[OpenForm, dict[str, Any]]:
    """What was typed, ready to be sent over what is stored, and both beside each other."""
    labels = {name: str(field.label) for name, field in form.fields.items()}
    conflict = differences(stored, form.written, labels)
    sent = request.POST.copy()
    sent["revision"] = str(stored.revision)
    return OpenForm(sent, stored=stored), {"conflict": conflict}


@require_POST
@requires(SEE, TAKE, LOOK_UP)
def join(request: HttpRequest, number: str) -> HttpResponse:
    """Look up who called (`q`), or say who of those found it was (`pass`)."""
    found, user = _found(request, number), user_of(request)
    if "pass" not in request.POST:
        look_up = CallerForm(request.POST)
        cards = find_caller(look_up.cleaned_data["q"], by=user, request=request) if look_up.is_valid() else []
        return _page(request, found, OpenForm(stored=found), look_up=look_up, cards=cards, looked=True)
    client = client_of_pass(request.POST["pass"], by=user)
    if client is None:
        messages.error(request, _("The look-up is older than an hour: look the caller up once more."))
    else:
        try:
            join_client(enquiry=found, client=client, by=user)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("The enquiry belongs to client %(number)s.") % {"number": client.client_no})
    return redirect("callbacks:enquiry", found.enquiry_no)


@require_POST
@requires(SEE, TAKE)
def hand(request: HttpRequest, number: str) -> HttpResponse:
    """Ask a colleague to take it over."""
    found, user = _found(request, number), user_of(request)
    form = HandForm(request.POST, colleagues=colleagues_for(found, user))
    if form.is_valid():
        typed = form.cleaned_data
        try:
            handing.offer(enquiry=found, to=typed["to"], reason=typed["reason"], by=user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            words = _("%(name)s is asked to take it over; until then it stays with you.")
            messages.success(request, words % {"name": typed["to"].name})
            return redirect("callbacks:enquiry", found.enquiry_no)
    return _page(request, found, OpenForm(stored=found), hand_form=form)


@require_POST
@requires(SEE, ASSIGN)
def reassign(request: HttpRequest, number: str) -> HttpResponse:
    """Give it to somebody else, who need not accept."""
    found, user = _found(request, number), user_of(request)
    form = HandForm(request.POST, colleagues=colleagues_for(found, user))
    if form.is_valid():
        typed = form.cleaned_data
        try:
            handing.reassign(enquiry=found, to=typed["to"], reason=typed["reason"], by=user)
        except ValidationError as refusal:
            form.add_error(None, " ".join(refusal.messages))
        else:
            words = _("%(name)s answers for it from now on, and was told.")
            messages.success(request, words % {"name": typed["to"].name})
            return redirect("callbacks:enquiry", found.enquiry_no)
    return _page(request, found, OpenForm(stored=found), give_form=form)


@require_POST
@requires(TAKE)
def answer_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept, decline with a reason, or take back (`do`) an offer that concerns one."""
    user = user_of(request)
    offers = HandOver.objects.filter(enquiry__isnull=False).select_related("enquiry")
    offered, verb = visible_or_404(offers, user, pk=pk), request.POST.get("do", "")
    number = offered.enquiry.enquiry_no if offered.enquiry else ""
    try:
        if verb == "accept":
            handing.accept(hand_over=offered, by=user)
            messages.success(request, _("You answer for enquiry %(number)s from now on.") % {"number": number})
            return redirect("callbacks:enquiry", number)
        if verb == "take_back":
            handing.take_back(hand_over=offered, by=user)
            return redirect("callbacks:enquiry", number)
        handing.decline(hand_over=offered, reason=request.POST.get("reason", ""), by=user)
        messages.success(request, _("Declined; it stays with whoever asked you."))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("callbacks:enquiry-offers")


def _found(request: HttpRequest, number: str) -> Enquiry:
    rows = Enquiry.objects.select_related(*RELATED)
    return visible_or_404(rows, user_of(request), enquiry_no=number.replace("\0", ""))


def _page(
    request: HttpRequest,
    found: Enquiry,
    form: OpenForm,
    *,
    hand_form: HandForm | None = None,
    give_form: HandForm | None = None,
    look_up: CallerForm | None = None,
    cards: list[Card] | None = None,
    **more: Any,
) -> HttpResponse:
    user = user_of(request)
    mine = may_write(found, user)
    conflict = "conflict" in more
    draft = draft_of(request, ENQUIRY, found.enquiry_no, form, restore=not conflict) if mine else None
    if hand_form is None and mine and offer_of(found) is None:
        hand_form = HandForm(colleagues=colleagues_for(found, user))
    if give_form is None and may_reassign(found, user) and not mine:
        give_form = HandForm(colleagues=colleagues_for(found, user))
    context = context_of(request, found) | {
        "form": form,
        "draft": draft,
        "hand_form": hand_form,
        "give_form": give_form,
        "look_up": look_up or CallerForm(),
        "cards": cards or [],
        "crumbs": [(_("Enquiries"), reverse("callbacks:enquiries"))],
        **more,
    }
    refused = any(one is not None and one.is_bound for one in (form, hand_form, give_form))
    status = 409 if conflict else 422 if refused else 200
    response = render(request, "callbacks/enquiries/detail.html", context, status=status)
    add_never_cache_headers(response)
    return response
