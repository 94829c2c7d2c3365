"""Something done to calls, to one or to many: the question with the exact number, the doing, the result."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from callbacks.calls.models import Call
from callbacks.desk import bulk_page
from callbacks.desk.bulk_forms import AssignForm, ExportForm, FreeForm, ReformForm, SteerForm, UrgeForm
from callbacks.desk.bulk_page import EXPORT, JOB_KIND, Asked
from callbacks.desk.choosing import chosen_calls
from callbacks.desk.listing import OPEN_CALLS
from callbacks.desk.people import MOST_UNITS, names_of, people_with_load, units_of
from callbacks.desk.runners import MANY, request_action, was_asked
from callbacks.desk.sentences import kind_word
from callbacks.plans.models import Plan
from callbacks.queue.assigning import Preview, preview_assignment
from callbacks.queue.refusals import in_words
from clients.desk.bulk_page import new_key
from crm.access.guards import check, requires, user_of, visible_or_404
from crm.jobs.models import Job

SEE = "callbacks.view_calls"
FORMS: dict[str, type[SteerForm]] = {
    "assign": AssignForm,
    "take_back": FreeForm,
    "recall": SteerForm,
    "urge": UrgeForm,
    "reform": ReformForm,
    "free": FreeForm,
    "withdraw": SteerForm,
}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE)
def ask(request: HttpRequest) -> HttpResponse:
    """GET: to how many calls, and what exactly. POST: do it, or say first who would get how many."""
    asked = bulk_page.read_asked(request.POST if request.method == "POST" else request.GET)
    if asked is None:
        messages.info(request, _("Tick the calls first."))
        return redirect("callbacks:calls")
    check(user_of(request), bulk_page.needed_for(asked.verb))
    try:
        calls = chosen_calls(user_of(request), asked.query, asked.picked, timezone.now())
        arguments = _arguments(asked, calls)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("callbacks:calls")
    number = calls.count()
    if asked.verb == EXPORT:
        return _question(request, asked, number, ExportForm())
    if request.method != "POST":
        return _question(request, asked, number, FORMS[asked.verb](initial={"expected": number}, **arguments))
    typed = request.POST.copy()
    typed["expected"] = str(number)  # whatever is asked next says how many there are now
    form = FORMS[asked.verb](typed, **arguments)
    if not form.is_valid():
        return _question(request, asked, number, form)
    if isinstance(form, AssignForm) and "preview" in request.POST:
        return _question(request, asked, number, form, _previewed(request, form, calls))
    if request.POST.get("expected") != str(number) and not was_asked(by=user_of(request), key=form.cleaned_data["key"]):
        words = _("The list changed meanwhile: %(n)s calls are chosen now. Look at the number, and confirm it.")
        form.add_error(None, words % {"n": f"{number:,}"})
        return _question(request, asked, number, form)
    return _do(request, asked, number, form)


@require_safe
@requires(SEE)
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of an action; its progress while it runs."""
    user = user_of(request)
    job = visible_or_404(Job.objects.filter(kind=JOB_KIND, requested_by=user), user, pk=pk)
    found = bulk_page.result_of(job, user, at=timezone.now())
    context = {"result": found, "crumbs": [(_("Calls"), reverse("callbacks:calls"))]}
    return render(request, "callbacks/desk/bulk/result.html", context)


def _arguments(asked: Asked, calls: QuerySet[Call]) -> dict[str, Any]:
    """What the form of a verb needs to know. Raises ValidationError where calls of too many units were chosen."""
    if asked.verb == "urge":
        ranks = Plan.objects.order_by().values_list("kind").annotate(least=Min("rank")).order_by("least")
        return {"ranks": [(kind_word(kind), rank) for kind, rank in ranks]}
    if asked.verb != "assign":
        return {}
    units = units_of(calls)
    if len(units) > MOST_UNITS:
        raise ValidationError(
            _("These calls are made by more than %(most)s units. Choose units first.") % {"most": MOST_UNITS}
        )
    return {"people": people_with_load(units, timezone.localdate())}


def _previewed(request: HttpRequest, form: AssignForm, calls: QuerySet[Call]) -> Preview:
    return preview_assignment(calls=calls, people=form.chosen(), share=form.cleaned_data["share"], by=user_of(request))


def _do(request: HttpRequest, asked: Asked, number: int, form: SteerForm) -> HttpResponse:
    job = request_action(
        verb=asked.verb,
        params=form.params(),
        query=asked.query,
        picked=asked.picked,
        expected=number,
        by=user_of(request),
        key=str(form.cleaned_data["key"]),
    )
    return redirect("callbacks:bulk", job.pk)


def _question(
    request: HttpRequest, asked: Asked, number: int, form: SteerForm | ExportForm, preview: Preview | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "asked": asked,
        "form": form,
        "number": number,
        "title": bulk_page.title_of(asked.verb, number),
        "many": number > MANY,
        "list_name": OPEN_CALLS,
        "is_export": asked.verb == EXPORT,
        "key": new_key(),
        "crumbs": [(_("Calls"), asked.back_url)],
    }
    if preview is not None:
        names = names_of(list(preview.given))
        context["preview"] = {
            "given": sorted(((names[pk], n) for pk, n in preview.given.items()), key=lambda one: (-one[1], one[0])),
            "unchanged": preview.unchanged,
            "refused": in_words(preview.refused),
        }
    status = 422 if form.is_bound and form.errors else 200
    response = render(request, "callbacks/desk/bulk/ask.html", context, status=status)
    add_never_cache_headers(response)
    return response
