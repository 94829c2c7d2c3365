"""The call screen, and what its page asks for by itself. Out of scope is not found."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_POST, require_safe

from callbacks.calls.choices import CallState
from callbacks.calls.holding import why_not_held
from callbacks.calls.models import Call
from callbacks.calls.workflow import CALLS
from callbacks.desk.call_page import RELATED, CallPage, call_page
from callbacks.desk.call_trace import trace_of
from callbacks.desk.time_left import left
from callbacks.queue.giving_back import renew_lease
from crm.access.guards import background, requires, user_of, visible_or_404
from crm.audit.models import ReadKind
from crm.audit.services import record_read
from crm.organisation.models import User
from crm.worktime.calendars import calendar

SEE = "callbacks.view_calls"
LOOKING_SECONDS = 75  # a page asks every 30; whoever has not for so long has gone


def call_or_404(request: HttpRequest, pk: int) -> Call:
    """A call in one's scope, with what its page needs of it."""
    return visible_or_404(Call.objects.select_related(*RELATED), user_of(request), pk=pk)


@require_safe
@requires(SEE)
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """The screen of whoever works on the call; for anybody else what was done in it."""
    page = call_page(call_or_404(request, pk), user_of(request))
    if page.is_mine:  # the claim put down that name and phone are shown
        return show(request, "call.html", page)
    _log_opened(request, page)
    trace = trace_of(page.call, [one.reason for one in page.reasons], page.user)
    return show(request, "trace.html", page, trace=trace, may_take=CALLS.allows(page.call, "take", by=page.user))


@require_safe
@background
@requires(SEE)
def status(request: HttpRequest, pk: int) -> JsonResponse:
    """What changes by itself while the page is open: whose the call is, what is left of the time, who else looks."""
    found, user, now = call_or_404(request, pk), user_of(request), timezone.now()
    is_mine = found.state == CallState.CLAIMED and found.claimed_by_id == user.pk
    remaining = left(found.due_at, now, calendar())
    return JsonResponse(
        {
            "mine": is_mine,
            "why": "" if is_mine else why_not_held(found),
            "left": remaining.words,
            "over": remaining.over,
            "looking": _looking(found, user, now.timestamp()),
        }
    )


@require_POST
@requires(SEE)
def heartbeat(request: HttpRequest, pk: int) -> JsonResponse:
    """Somebody types or records: the time for which the call is his begins anew."""
    user = user_of(request)
    found = visible_or_404(Call.objects.all(), user, pk=pk)
    return JsonResponse({"mine": renew_lease(call=found, by=user)})


def show(request: HttpRequest, template: str, page: CallPage, **more: Any) -> HttpResponse:
    """A page with personal data: never kept by the browser."""
    response = render(request, f"callbacks/desk/call/{template}", {"page": page, "call": page.call} | more)
    add_never_cache_headers(response)
    return response


def _looking(found: Call, user: User, now: float) -> list[str]:
    """The names of the others who have this call open, by what their pages told last."""
    key = f"callbacks:looking:{found.pk}"
    seen: dict[int, tuple[str, float]] = cache.get(key) or {}
    seen = {pk: one for pk, one in seen.items() if now - one[1] < LOOKING_SECONDS} | {user.pk: (user.name, now)}
    cache.set(key, seen, LOOKING_SECONDS)
    return sorted(name for pk, (name, _at) in seen.items() if pk != user.pk)


def _log_opened(request: HttpRequest, page: CallPage) -> None:
    if page.call.client is not None:
        record_read(
            by=page.user, kind=ReadKind.PAGE, subject="client", subject_no=page.call.client.client_no,
            fields=["call"], request=request,
        )  # fmt: skip
