"""What calls brought up: the list for compliance, auditors and risk control, and one of them taken up."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from callbacks.calls.concerns import ACKNOWLEDGE, acknowledge_concern
from callbacks.calls.models import Concern
from callbacks.desk.concern_list import NAME, RELATED, concern_list, lines_of, title
from clients.desk.reads import log_shown_in_clear
from crm.access.guards import refusal, requires, user_of, visible_or_404
from crm.audit.models import ReadKind
from crm.audit.services import record_read
from crm.web.lists import open_list, render_list

SEE = "callbacks.view_concerns"


def _check(request: HttpRequest) -> None:
    user = user_of(request)
    if not (user.has_perm(SEE) or user.has_perm(ACKNOWLEDGE)):
        raise PermissionDenied(refusal(SEE))


@require_safe
def concerns(request: HttpRequest) -> HttpResponse:
    """Critical answers and complaints for compliance and auditors; movements for risk control too."""
    _check(request)
    user = user_of(request)
    rows = Concern.objects.visible_to(user).select_related(*RELATED)
    page = open_list(request, NAME, lambda params: concern_list(user), rows)
    lines = lines_of(page.rows, user, page.state.columns)
    record_read(by=user, kind=ReadKind.PAGE, subject="concern", rows=len(lines), request=request)
    log_shown_in_clear(request, sum(line.is_own for line in lines))
    return render_list(request, "callbacks/desk/concerns.html", {"page": page, "lines": lines, "title": title()})


@require_safe
def concern(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them, with the call it came from; who opens it is put down."""
    _check(request)
    user = user_of(request)
    found = visible_or_404(Concern.objects.select_related(*RELATED), user, pk=pk)
    record_read(by=user, kind=ReadKind.PAGE, subject="concern", subject_no=str(pk), request=request)
    (line,) = lines_of([found], user)
    context = {"line": line, "concern": found, "crumbs": [(title(), reverse("callbacks:concerns"))]}
    response = render(request, "callbacks/desk/concern.html", context)
    add_never_cache_headers(response)
    return response


@require_POST
@requires(ACKNOWLEDGE)
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Risk control takes up a report of an abnormal movement."""
    found = visible_or_404(Concern.objects.all(), user_of(request), pk=pk)
    try:
        acknowledge_concern(concern=found, note=request.POST.get("note", ""), by=user_of(request))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Acknowledged."))
    return redirect("callbacks:concern", pk)
