"""What is done from the call screen: tries, identity, outcome, passing on, complaint, what the client says of himself.

Every address answers the page's script with JSON (`url`: where to go, `parts`: pieces of the page anew, `errors` by
field) and a browser without scripts with the page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callbacks.calls.attempts import running_attempt
from callbacks.calls.choices import Identity
from callbacks.calls.concerns import voice_complaint
from callbacks.calls.identity import Proof, check_identity
from callbacks.calls.models import Attempt, Call, HandOver
from callbacks.calls.outcomes import Incomplete, finish
from callbacks.desk.call_forms import (
    ColleagueForm,
    ComplaintForm,
    CorrectionForm,
    FinishForm,
    IdentityForm,
    SkipForm,
    TakeForm,
    TryForm,
    errors_of,
)
from callbacks.desk.call_page import call_page
from callbacks.desk.views.call import call_or_404
from callbacks.queue.claiming import take_call
from callbacks.queue.giving_back import release_call, skip_call
from callbacks.queue.handing import offer, take_back
from callbacks.recordings.telephony.adapters import telephony
from clients.corrections.choices import CorrectedField
from clients.corrections.services import propose_correction
from clients.profile.forms import WishesForm
from clients.profile.models import ClientWishes
from clients.profile.wishes import ChangedMeanwhile, update_wishes
from crm.access.guards import requires, user_of

SEE = "callbacks.view_calls"
Act = Callable[[HttpRequest, Call, dict[str, Any]], dict[str, Any]]


def _acted(request: HttpRequest, pk: int, act: Act, form: forms.Form | None = None) -> HttpResponse:
    """Do it, and say what came of it; what is wrong is said at its field."""
    call = call_or_404(request, pk)
    if form is not None and not form.is_valid():
        return _refused(request, pk, errors_of(form))
    try:
        done = act(request, call, form.cleaned_data if form else {})
    except Incomplete as left:
        missing = [{"code": one.code, "text": one.text} for one in left.questions]
        return _refused(request, pk, {"": [_("Some questions are still to be asked.")]}, missing=missing)
    except ValidationError as wrong:
        errors = wrong.message_dict if hasattr(wrong, "error_dict") else {"": wrong.messages}
        return _refused(request, pk, errors)
    except PermissionDenied as refusal:
        if not _wants_json(request):
            raise
        return JsonResponse({"errors": {"": [str(refusal)]}}, status=403)
    if not _wants_json(request):
        if "said" in done:
            messages.success(request, done["said"])
        return redirect(done.get("url") or reverse("callbacks:call", args=[pk]))
    return JsonResponse(done)


def _refused(request: HttpRequest, pk: int, errors: dict[str, list[str]], **more: Any) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"errors": errors} | more, status=422)
    for words in (one for several in errors.values() for one in several):
        messages.error(request, words)
    return redirect("callbacks:call", pk)


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _parts(request: HttpRequest, pk: int, *names: str) -> dict[str, str]:
    """Pieces of the page as they are now."""
    page = call_page(call_or_404(request, pk), user_of(request))
    context = {"page": page, "call": page.call}
    return {f"call-{name}": render_to_string(f"callbacks/desk/call/{name}.html", context, request) for name in names}


# The line.


@require_POST
@requires(SEE)
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Dial, or say that one dials."""
    return _acted(request, pk, _begin, TryForm(request.POST))


def _begin(request: HttpRequest, call: Call, typed: dict[str, Any]) -> dict[str, Any]:
    telephony().dial(call=call, by=user_of(request), phone=typed["phone"], out_of_hours=typed["out_of_hours"])
    return {"parts": _parts(request, call.pk, "line")}


@require_POST
@requires(SEE)
def line(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Answered, hold, resume, hang up: about the try that is running."""
    return _acted(request, pk, lambda asked, call, _typed: _on_the_line(asked, call, verb))


def _on_the_line(request: HttpRequest, call: Call, verb: str) -> dict[str, Any]:
    attempt, by, system = _running(request, call), user_of(request), telephony()
    verbs = {"answered": system.connected, "hold": system.hold, "resume": system.resume, "end": system.end}
    if attempt is not None:
        verbs[verb](attempt=attempt, by=by)
    return {"parts": _parts(request, call.pk, "line")}


@require_POST
@requires(SEE)
def bring_in(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Transfer the party to a colleague, or bring him in."""
    return _acted(
        request, pk, lambda asked, call, typed: _bring_in(asked, call, typed, verb), ColleagueForm(request.POST)
    )


def _bring_in(request: HttpRequest, call: Call, typed: dict[str, Any], verb: str) -> dict[str, Any]:
    attempt, system = _running(request, call), telephony()
    if attempt is None:
        raise ValidationError(_("Nobody is on the line."))
    act = system.transfer if verb == "transfer" else system.conference
    act(attempt=attempt, to=typed["to"], by=user_of(request))
    return {"parts": _parts(request, call.pk, "line"), "said": _("The telephone system was asked.")}


def _running(request: HttpRequest, call: Call) -> Attempt | None:
    """The try that is running, when it is one's own. Raises PermissionDenied for somebody else's."""
    found = running_attempt(call)
    if found is not None and found.by_id != user_of(request).pk:
        raise PermissionDenied(_("Somebody else is on the line."))
    return found


# The party.


@require_POST
@requires(SEE)
def identity(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare the digits that the client gives."""
    return _acted(request, pk, _identity, IdentityForm(request.POST))


def _identity(request: HttpRequest, call: Call, typed: dict[str, Any]) -> dict[str, Any]:
    found = check_identity(call=call, proof=Proof(typed["proof"]), digits=typed["digits"], by=user_of(request))
    return {"parts": _parts(request, call.pk, "identity"), "said": str(Identity(found).label)}


@require_POST
@requires(SEE)
def complaint(request: HttpRequest, pk: int) -> HttpResponse:
    """The client complains: it goes to those who handle complaints."""
    return _acted(request, pk, _complaint, ComplaintForm(request.POST))


def _complaint(request: HttpRequest, call: Call, typed: dict[str, Any]) -> dict[str, Any]:
    voice_complaint(call=call, said=typed["said"], by=user_of(request))
    return {"said": _("The complaint is kept and passed on."), "reset": True}


@require_POST
@requires(SEE)
def profile(request: HttpRequest, pk: int) -> HttpResponse:
    """What the client says of himself becomes data."""
    call = call_or_404(request, pk)
    stored = getattr(call.client, "wishes", None) or ClientWishes(client=call.client)
    return _acted(request, pk, _profile, WishesForm(request.POST, stored=stored))


def _profile(request: HttpRequest, call: Call, typed: dict[str, Any]) -> dict[str, Any]:
    if call.client is None:
        raise ValidationError(_("The party is no client."))
    try:
        update_wishes(client=call.client, wishes=typed, version=typed["version"], by=user_of(request))
    except ChangedMeanwhile as changed:
        words = _("Somebody else changed the wishes meanwhile. Reload the page, look, and keep yours again.")
        raise ValidationError(words, params={"version": changed.stored.version}) from changed
    return {"parts": _parts(request, call.pk, "who"), "said": _("The wishes are kept.")}


@require_POST
@requires(SEE)
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    """The client says that something in his file is wrong."""
    return _acted(request, pk, _correction, CorrectionForm(request.POST))


def _correction(request: HttpRequest, call: Call, typed: dict[str, Any]) -> dict[str, Any]:
    if call.client is None:
        raise ValidationError(_("The party is no client."))
    reason = _("Said by the client in callback %(call)s on %(day)s.")
    propose_correction(
        client=call.client,
        field=CorrectedField(typed["field"]),
        value=typed["value"],
        reason=reason % {"call": call.pk, "day": timezone.localdate()},
        by=user_of(request),
    )
    return {"said": _("Proposed; a second person decides."), "reset": True}


# The end.


@require_POST
@requires(SEE)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The outcome: the call is finished, or goes back for another try."""
    form = FinishForm(request.POST)
    return _acted(request, pk, lambda asked, call, typed: _end(asked, call, typed, form), form)


def _end(request: HttpRequest, call: Call, typed: dict[str, Any], form: FinishForm) -> dict[str, Any]:
    finish(call=call, outcome=typed["outcome"], ending=form.ending, by=user_of(request))
    return {"url": reverse("callbacks:call", args=[call.pk])}


@require_POST
@requires(SEE)
def skip(request: HttpRequest, pk: int) -> HttpResponse:
    return _acted(request, pk, _skip, SkipForm(request.POST))


def _skip(request: HttpRequest, call: Call, typed: dict[str, Any]) -> dict[str, Any]:
    skip_call(call=call, reason=typed["reason"], note=typed["note"], by=user_of(request))
    messages.success(request, _("Passed on; everything you wrote is kept with the call."))
    return {"url": reverse("callbacks:queue")}


@require_POST
@requires(SEE)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    return _acted(request, pk, _release)


def _release(request: HttpRequest, call: Call, typed: dict[str, Any]) -> dict[str, Any]:
    release_call(call=call, by=user_of(request))
    messages.success(request, _("Given back; everything you wrote is kept with the call."))
    return {"url": reverse("callbacks:queue")}


@require_POST
@requires(SEE)
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer the call to a colleague; it stays here until he accepts."""
    return _acted(request, pk, _hand_over, ColleagueForm(request.POST))


def _hand_over(request: HttpRequest, call: Call, typed: dict[str, Any]) -> dict[str, Any]:
    offer(call=call, to=typed["to"], reason=typed["reason"], by=user_of(request))
    return {"url": reverse("callbacks:call", args=[call.pk])}


@require_POST
@requires(SEE)
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an offer back that nobody has answered."""
    return _acted(request, pk, _keep)


def _keep(request: HttpRequest, call: Call, typed: dict[str, Any]) -> dict[str, Any]:
    asked = HandOver.objects.filter(call=call, from_user=user_of(request)).order_by("-pk").first()
    if asked is not None:
        take_back(hand_over=asked, by=user_of(request))
    return {"url": reverse("callbacks:call", args=[call.pk])}


@require_POST
@requires(SEE)
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take this call: the client is on the line, or a supervisor decides so."""
    return _acted(request, pk, _take, TakeForm(request.POST))


def _take(request: HttpRequest, call: Call, typed: dict[str, Any]) -> dict[str, Any]:
    take_call(call=call, reason=typed["reason"], out_of_hours=typed["out_of_hours"], by=user_of(request))
    return {"url": reverse("callbacks:call", args=[call.pk])}
