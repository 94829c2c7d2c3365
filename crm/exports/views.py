from __future__ import annotations

import re
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.access.guards import background, requires, user_of, visible_or_404
from crm.exports import files, selectors, services
from crm.exports.errors import ExportRefused
from crm.exports.making import open_extract
from crm.exports.models import Export

NUMBER = re.compile(r"[0-9]{1,18}")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """One's own exports, those that wait for one's decision, those of others that one may look at."""
    user = user_of(request)
    if why := selectors.why_nothing(user):
        raise PermissionDenied(why)
    waiting = selectors.exports_to_release(user)
    context = {
        "to_release": waiting,
        "own": selectors.exports_of(user),
        "others": selectors.exports_of_others(user, but=waiting),
    }
    return render(request, "crm/exports/list.html", context)


@require_POST
@requires("crm.export_lists")
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a list as a file; the form stands above the list. A form sent twice asks once."""
    given = request.POST
    try:
        export = services.request_export(
            by=user_of(request),
            list_name=given.get("list_name", ""),
            query=given.get("query", ""),
            columns=[name for name in given.get("columns", "").split(",") if name],
            picked=[int(number) for number in given.getlist("picked") if NUMBER.fullmatch(number)],
            reason=given.get("reason", ""),
            key=given.get("key", ""),
            language=get_language() or "",
        )
    except ExportRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(_back(request))
    return redirect("exports:detail", export.pk)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One export: how far it is, the file, the decision."""
    export = _visible(request, pk)
    shown = selectors.shown(export, user_of(request), at=timezone.now())
    response = render(request, "crm/exports/detail.html", {"one": shown, "words": _words(export)})
    add_never_cache_headers(response)
    return response


@background
@require_safe
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, asked for again and again; once it has ended the page is loaded anew."""
    shown = selectors.shown(_visible(request, pk), user_of(request), at=timezone.now())
    if shown.job is None or not shown.job.poll_url:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "crm/exports/progress.html", {"one": shown})


@require_POST
@requires("crm.release_exports")
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it be made."""
    export, note = _visible(request, pk), request.POST.get("note", "")
    return _done(
        request, export, _("Released."), lambda: services.release_export(by=user_of(request), export=export, note=note)
    )


@require_POST
@requires("crm.release_exports")
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Say no, with a reason."""
    export, note = _visible(request, pk), request.POST.get("note", "")
    return _done(
        request, export, _("Refused."), lambda: services.refuse_export(by=user_of(request), export=export, note=note)
    )


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what one asked for."""
    export = _visible(request, pk)
    return _done(
        request, export, _("Taken back."), lambda: services.withdraw_export(by=user_of(request), export=export)
    )


@require_POST
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file. Every download is counted and logged; POST, so that no link fetches it by itself."""
    export, user = _visible(request, pk), user_of(request)
    if export.sha256 and not files.is_whole(export):
        messages.error(request, _("The file is no longer kept. Ask for the list again."))
        return redirect("exports:detail", export.pk)
    try:
        export = services.record_download(by=user, export=export, request=request)
    except ExportRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("exports:detail", export.pk)
    file = files.path_of(export).open("rb")
    response = FileResponse(file, as_attachment=True, filename=export.file_name, content_type=XLSX)
    add_never_cache_headers(response)
    return response


def _done(request: HttpRequest, export: Export, words: str, act: Callable[[], Export]) -> HttpResponse:
    try:
        act()
    except ExportRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    return redirect("exports:detail", export.pk)


def _words(export: Export) -> list[str]:
    """The filter in words, as whoever asked sees it; what does not fit any more is said instead."""
    try:
        return list(open_extract(export, timezone.now()).words)
    except (ExportRefused, PermissionDenied) as refusal:
        return [str(refusal)]


def _visible(request: HttpRequest, pk: int) -> Export:
    return visible_or_404(Export.objects.select_related("by", "decided_by", "job"), user_of(request), pk=pk)


def _back(request: HttpRequest) -> str:
    """The list that the form stood above; the page of exports for an address that is not ours."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else reverse("exports:list")
