"""Scripts to read: the list, one with its versions, a version, two of them side by side, as a file."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from callbacks.scripts import pages, papers
from callbacks.scripts.checking import faults_of
from callbacks.scripts.choices import VersionState
from callbacks.scripts.differing import differences
from callbacks.scripts.filters import SCRIPT_LIST
from callbacks.scripts.forms import ChangeForm, RetireForm
from callbacks.scripts.models import Script, ScriptVersion
from callbacks.scripts.policies import EDIT, PUBLISH, SEE, why_not_publish
from callbacks.scripts.reading import parse
from callbacks.scripts.selectors import scripts, versions_of
from callbacks.scripts.services import EMPTY, content_of
from crm.access.guards import requires, user_of
from crm.web.lists import list_page, render_list

FORMS = {"json": (papers.as_json, "application/json"), "csv": (papers.as_csv, "text/csv; charset=utf-8")}


@require_safe
@requires(SEE)
def listing(request: HttpRequest) -> HttpResponse:
    """Every script with what is in use and what is being written."""
    page = list_page(SCRIPT_LIST, scripts(), request.GET, request.path)
    rows: list[Any] = list(page.rows)
    context = {
        "page": page,
        "rows": [
            (row, pages.kinds_in_words(row.kinds), pages.topic_marks(parse(row.content or EMPTY))) for row in rows
        ],
        "may_edit": user_of(request).has_perm(EDIT),
    }
    return render_list(request, "callbacks/scripts/list.html", context)


@require_safe
@requires(SEE)
def script(request: HttpRequest, code: str) -> HttpResponse:
    """One script: its versions, its description, its history."""
    return render_script(request, find(code))


def render_script(request: HttpRequest, found: Script, form: ChangeForm | None = None) -> HttpResponse:
    """The page of a script; `form` as it was sent, where it was refused."""
    versions = list(versions_of(found))
    described = {"name": found.name, "kinds": found.kinds, "regulated": found.regulated, "is_active": found.is_active}
    may_edit = user_of(request).has_perm(EDIT)
    context = {
        "script": found,
        "kinds": pages.kinds_in_words(found.kinds),
        "versions": versions,
        "draft": next((one for one in versions if one.state == VersionState.DRAFT), None),
        "published": next((one for one in versions if one.state == VersionState.PUBLISHED), None),
        "form": (form or ChangeForm(initial=described)) if may_edit else None,
        "may_edit": may_edit,
        "changes": pages.history(found),
        "crumbs": crumbs(),
    }
    return render(request, "callbacks/scripts/script.html", context, status=422 if form else 200)


@require_safe
@requires(SEE)
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One version to read and to print."""
    return render_version(request, find_version(code, number))


def render_version(request: HttpRequest, found: ScriptVersion, form: RetireForm | None = None) -> HttpResponse:
    user, content = user_of(request), content_of(found)
    faults = faults_of(content, regulated=found.script.regulated)
    is_draft = found.state == VersionState.DRAFT
    context = {
        "version": found,
        "script": found.script,
        "lines": pages.lines_of(content, faults if is_draft else ()),
        "faults": pages.whole_faults(faults) if is_draft else [],
        "fault_count": len(faults) if is_draft else 0,
        "topics": pages.topic_marks(content),
        "facts": pages.facts(found),
        "others": [one for one in versions_of(found.script) if one.pk != found.pk],
        "may_edit": user.has_perm(EDIT),
        "may_publish": user.has_perm(PUBLISH),
        "refusal": why_not_publish(found, user) if is_draft else "",
        "retire_form": form or RetireForm(),
        "crumbs": crumbs(found.script),
    }
    return render(request, "callbacks/scripts/version.html", context, status=422 if form else 200)


@require_safe
@requires(SEE)
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """What differs between two versions: `from` and `to`, else the two newest."""
    found = find(code)
    versions = list(versions_of(found))
    after = _chosen(versions, request.GET.get("to", "")) or (versions[0] if versions else None)
    older = [one for one in versions if after and one.number < after.number]
    before = _chosen(versions, request.GET.get("from", "")) or (older[0] if older else after)
    if before is None or after is None:
        raise Http404
    context = {
        "script": found,
        "versions": versions,
        "before": before,
        "after": after,
        "changes": differences(content_of(before), content_of(after)),
        "crumbs": crumbs(found),
    }
    return render(request, "callbacks/scripts/compare.html", context)


@require_safe
@requires(SEE)
def as_file(request: HttpRequest, code: str, number: int, form: str) -> HttpResponse:
    """A version as JSON, to be taken in again, or as a table for reading."""
    if form not in FORMS:
        raise Http404
    write, content_type = FORMS[form]
    found = find_version(code, number)
    response = HttpResponse(write(found), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{found.script.code}-{found.number}.{form}"'
    return response


def find(code: str) -> Script:
    return get_object_or_404(Script, code=code)


def find_version(code: str, number: int) -> ScriptVersion:
    """Raises Http404, also for a number that no version can have."""
    if number > 2**31 - 1:
        raise Http404
    versions = ScriptVersion.objects.select_related("script", "made_by", "published_by")
    return get_object_or_404(versions, script__code=code, number=number)


def crumbs(script: Script | None = None) -> list[tuple[str, str]]:
    way = [(_("Scripts"), reverse("callbacks:scripts"))]
    return way + ([(script.name, reverse("callbacks:script", args=[script.code]))] if script else [])


def _chosen(versions: list[ScriptVersion], number: str) -> ScriptVersion | None:
    return next((one for one in versions if str(one.number) == number), None)
