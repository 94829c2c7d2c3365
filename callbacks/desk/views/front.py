"""The queue's front page, the next call, and hand-overs answered there."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from callbacks.calls.models import HandOver
from callbacks.desk.front import WORK, closed_words, front_of
from callbacks.queue import handing
from callbacks.queue.claiming import next_call
from clients.desk.reads import log_shown_in_clear
from crm.access.guards import requires, user_of, visible_or_404

SEE = "callbacks.view_calls"


@require_safe
@requires(SEE)
def queue(request: HttpRequest) -> HttpResponse:
    """What I do now. Whoever does not make calls himself goes to the list."""
    user = user_of(request)
    if not any(user.has_perm(name) for name in WORK):
        return redirect("callbacks:calls")
    front = front_of(user, timezone.now())
    log_shown_in_clear(request, sum(line.is_own for line in front.mine))
    response = render(request, "callbacks/desk/queue.html", {"front": front})
    add_never_cache_headers(response)
    return response


@require_POST
@requires(SEE)
def next_one(request: HttpRequest) -> HttpResponse:
    """The most urgent call that this person may make, claimed; his own again when he pressed before."""
    now = timezone.now()
    call = next_call(by=user_of(request), at=now)
    if call is None:
        words = closed_words(now) or _("No call that you may make waits now.")
        messages.info(request, words)
        return redirect("callbacks:queue")
    return redirect("callbacks:call", call.pk)


@require_POST
@requires(SEE)
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over a call that was offered."""
    try:
        call = handing.accept(hand_over=_offered(request, pk), by=user_of(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("callbacks:queue")
    return redirect("callbacks:call", call.pk)


@require_POST
@requires(SEE)
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Say no to an offer, and why."""
    reason = request.POST.get("reason", "")
    try:
        handing.decline(hand_over=_offered(request, pk), reason=reason, by=user_of(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Declined. Whoever offered the call keeps it and was told."))
    return redirect("callbacks:queue")


@require_POST
@requires(SEE)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an offer of one's own back."""
    try:
        handing.take_back(hand_over=_offered(request, pk), by=user_of(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The offer is taken back; the call stays with you."))
    return redirect("callbacks:queue")


def _offered(request: HttpRequest, pk: int) -> HandOver:
    """One's own offers of calls, in either direction."""
    return visible_or_404(HandOver.objects.filter(call__isnull=False), user_of(request), pk=pk)
