"""Every number of the firm with its default and source; changed by who may."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from crm.access.guards import check, requires, user_of
from crm.parameters.forms import ParameterForm
from crm.parameters.registry import Definition, definition_of
from crm.parameters.selectors import groups, line_of, steps_of
from crm.parameters.services import MANAGE, ChangedMeanwhile, set_parameter

SEE = "crm.view_parameter"


@require_GET
@requires(SEE)
def parameters(request: HttpRequest) -> HttpResponse:
    """All parameters, room by room."""
    return render(request, "crm/parameters/list.html", {"groups": groups()})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE)
def parameter(request: HttpRequest, key: str) -> HttpResponse:
    """One parameter with its history. POST sets it, or with the button `reset` gives it back its default."""
    known = definition_of(key)
    if known is None:
        raise Http404
    line, user = line_of(known), user_of(request)
    form = ParameterForm(request.POST or None, line=line)
    if request.method == "POST":
        check(user, MANAGE)
        if form.is_valid():
            return _set(request, known, form)
    return _page(request, known, form, status=422 if form.is_bound else 200)


def _set(request: HttpRequest, known: Definition, form: ParameterForm) -> HttpResponse:
    """Set it, or show what somebody else set meanwhile beside what was typed."""
    typed = form.cleaned_data
    value = None if "reset" in request.POST else typed["value"]
    try:
        set_parameter(key=known.key, value=value, by=user_of(request), version=typed["version"], why=typed["why"])
    except ChangedMeanwhile as changed:
        again = {"version": changed.stored.version, "value": known.kind.typed(typed["value"]), "why": typed["why"]}
        form = ParameterForm(again, line=line_of(known))
        form.add_error(None, _("Somebody else changed this meanwhile: look at what holds now, and set it once more."))
        return _page(request, known, form, status=409)
    messages.success(request, _("The parameter is set."))
    return redirect("parameters:list")


def _page(request: HttpRequest, known: Definition, form: ParameterForm, *, status: int) -> HttpResponse:
    line = line_of(known)
    context: dict[str, Any] = {
        "line": line,
        "form": form,
        "steps": steps_of(line),
        "may_change": user_of(request).has_perm(MANAGE),
        "crumbs": [(_("Parameters"), reverse("parameters:list"))],
    }
    return render(request, "crm/parameters/detail.html", context, status=status)
