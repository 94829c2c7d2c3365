"""Help: the words of the field, the first steps, the keys."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from crm.access.guards import user_of
from crm.web.help.steps import SEEN, STEPS
from crm.web.services import forget_preference, set_preference
from crm.web.terms import by_section


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    steps = [step for step in STEPS if not step.permission or user.has_perm(step.permission)]
    return render(request, "crm/help/help.html", {"sections": by_section(), "steps": steps})


@require_POST
def put_away(request: HttpRequest) -> HttpResponse:
    """The first steps are known: home shows them no more."""
    set_preference(by=user_of(request), name=SEEN, value=True)
    return redirect("home")


@require_POST
def show_again(request: HttpRequest) -> HttpResponse:
    forget_preference(by=user_of(request), name=SEEN)
    return redirect("home")
