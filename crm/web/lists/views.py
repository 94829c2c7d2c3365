"""What a reader does with the bar above a list; every answer leads back to the list."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access.guards import user_of, visible_or_404
from crm.organisation.models import Unit
from crm.web import services
from crm.web.lists.state import ALL, COLUMNS, VIEW
from crm.web.models import SavedView


@require_POST
def save(request: HttpRequest, list_name: str) -> HttpResponse:
    """Keep the list as it is shown under a new name."""
    given = request.POST
    try:
        view = services.save_view(
            by=user_of(request),
            list_name=list_name,
            name=given.get("name", ""),
            query=given.get("query", ""),
            columns=_names(given.get("columns", "")),
            unit=_unit(request),
            opens_first=bool(given.get("opens_first")),
        )
    except ValidationError as refusal:
        return _refused(request, refusal)
    messages.success(request, _("The view “%(name)s” was saved.") % {"name": view.name})
    return redirect(_opened(request, view))


@require_POST
def overwrite(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the list as it is shown under the name of the open view."""
    view, given = _view(request, pk), request.POST
    try:
        services.overwrite_view(
            by=user_of(request), view=view, query=given.get("query", ""), columns=_names(given.get("columns", ""))
        )
    except ValidationError as refusal:
        return _refused(request, refusal)
    messages.success(request, _("The view “%(name)s” was saved.") % {"name": view.name})
    return redirect(_opened(request, view))


@require_POST
def describe(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a view, share it or keep it to oneself."""
    view = _view(request, pk)
    try:
        view = services.describe_view(
            by=user_of(request), view=view, name=request.POST.get("name", ""), unit=_unit(request, view)
        )
    except ValidationError as refusal:
        return _refused(request, refusal)
    messages.success(request, _("The view “%(name)s” was saved.") % {"name": view.name})
    return redirect(_opened(request, view))


@require_POST
def open_first(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the view open with the list, or no longer."""
    view, yes = _view(request, pk), bool(request.POST.get("opens_first"))
    services.set_default(by=user_of(request), view=view, opens_first=yes)
    words = _("“%(name)s” opens first from now on.") if yes else _("“%(name)s” no longer opens first.")
    messages.success(request, words % {"name": view.name})
    return redirect(_opened(request, view))


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    view = _view(request, pk)
    services.delete_view(by=user_of(request), view=view)
    messages.success(request, _("The view “%(name)s” was deleted.") % {"name": view.name})
    return redirect(f"{_back(request).partition('?')[0]}?{ALL}=1")


@require_POST
def columns(request: HttpRequest, list_name: str) -> HttpResponse:
    """Keep which columns the reader wants; in a view that has columns of its own they are shown, not kept."""
    chosen = [] if request.POST.get("usual") else request.POST.getlist("column")
    back = _back(request)
    if request.POST.get("only_here") and chosen:
        return redirect(f"{back}{'&' if '?' in back else '?'}{urlencode({COLUMNS: ','.join(chosen)})}")
    try:
        services.choose_columns(by=user_of(request), list_name=list_name, columns=chosen)
    except ValidationError as refusal:
        return _refused(request, refusal)
    return redirect(back)


def _view(request: HttpRequest, pk: int) -> SavedView:
    return visible_or_404(SavedView.objects.select_related("unit"), user_of(request), pk=pk)


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _unit(request: HttpRequest, view: SavedView | None = None) -> Unit | None:
    """The unit that was chosen to share with: one that was offered, or the one that `view` is shared with already."""
    offered = services.units_to_share_with(user_of(request))
    if view is not None and view.unit is not None:
        offered = [*offered, view.unit]
    wanted = request.POST.get("unit", "")
    return next((unit for unit in offered if str(unit.pk) == wanted), None)


def _back(request: HttpRequest) -> str:
    """The list that the form stood above; home for an address that is not ours."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else reverse("home")


def _opened(request: HttpRequest, view: SavedView) -> str:
    return f"{_back(request).partition('?')[0]}?{VIEW}={view.pk}"


def _refused(request: HttpRequest, refusal: ValidationError) -> HttpResponse:
    messages.error(request, " ".join(refusal.messages))
    return redirect(_back(request))
