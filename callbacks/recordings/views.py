"""The recordings of a call or an enquiry, one recording with its player, and those that belong to nothing yet."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from callbacks.calls.models import Call
from callbacks.recordings import plays, policies, selectors, services
from callbacks.recordings.forms import JoinForm, UploadForm
from callbacks.recordings.models import Mark, Recording
from crm.access.guards import is_htmx, requires, user_of, visible_or_404
from crm.files.errors import FileRefused
from crm.files.serving import serve
from crm.organisation.models import User

VIEW = "callbacks.view_calls"
MOST_UNMATCHED = 200
CARD, PAGE = "callbacks/recordings/card.html", "callbacks/recordings/of.html"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(VIEW)
def call_recordings(request: HttpRequest, pk: int) -> HttpResponse:
    """The recordings of a call: the card for a page around it, or a page of its own; POST adds a file."""
    user = user_of(request)
    call = visible_or_404(Call.objects.select_related("client"), user, pk=pk)
    url = reverse("callbacks:call-recordings", args=[call.pk])

    def card() -> dict[str, Any]:
        found = selectors.of_call(call, user)
        return selectors.card_of(found, url=url, name="call", pk=call.pk, may_add=policies.may_add(user))

    crumbs = [(_("Call %(number)s") % {"number": call.pk}, reverse("callbacks:call", args=[call.pk]))]
    title = _("Recordings of call %(number)s") % {"number": call.pk}
    return _card(request, card, {"call": call, "title": title, "crumbs": crumbs})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("callbacks.view_enquiry")
def enquiry_recordings(request: HttpRequest, pk: int) -> HttpResponse:
    """As `call_recordings`, for an enquiry."""
    user = user_of(request)
    enquiries: Any = Recording._meta.get_field("enquiry").related_model
    enquiry = visible_or_404(enquiries.objects.all(), user, pk=pk)
    url = reverse("callbacks:enquiry-recordings", args=[enquiry.pk])

    def card() -> dict[str, Any]:
        found = selectors.of_enquiry(enquiry, user)
        may_add = policies.may_add(user, to_enquiry=True)
        return selectors.card_of(found, url=url, name="enquiry", pk=enquiry.pk, may_add=may_add)

    words = {"number": enquiry.enquiry_no}
    crumbs = [(_("Enquiry %(number)s") % words, reverse("callbacks:enquiry", args=[enquiry.enquiry_no]))]
    title = _("Recordings of enquiry %(number)s") % words
    return _card(request, card, {"enquiry": enquiry, "title": title, "crumbs": crumbs})


def _card(request: HttpRequest, card: Any, of: dict[str, Any]) -> HttpResponse:
    """The card or its page, after a file was added or refused."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _added(form, user_of(request), of):
        if not is_htmx(request):
            return redirect(request.path)
        form = UploadForm()
    context = card() | of | {"form": form, "limit": filesizeformat(settings.RECORDING_MAX_BYTES)}
    return render(request, CARD if is_htmx(request) else PAGE, context)


def _added(form: UploadForm, user: User, of: dict[str, Any]) -> Recording | None:
    """The recording; None when it was refused, which the form then says."""
    upload = form.cleaned_data["file"]
    try:
        return services.add_recording(
            upload.chunks(), by=user, name=upload.name or "", call=of.get("call"), enquiry=of.get("enquiry")
        )
    except FileRefused as refused:
        form.add_error("file", str(refused))
        return None


@require_safe
@requires(VIEW)
def recordings(request: HttpRequest) -> HttpResponse:
    """What came of calls that nobody knows, for whoever may say of which call it is."""
    user = user_of(request)
    found = selectors.unmatched(user, most=MOST_UNMATCHED) if user.has_perm(policies.MATCH) else []
    context = {"recordings": found, "may_match": user.has_perm(policies.MATCH), "most": MOST_UNMATCHED}
    return render(request, "callbacks/recordings/list.html", context)


@require_safe
@requires(VIEW)
def recording(request: HttpRequest, pk: int) -> HttpResponse:
    """One recording with its player and marks."""
    return render(request, "callbacks/recordings/recording.html", _page(request, _visible(request, pk)))


@require_POST
@requires(VIEW)
def play(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to play, which is logged. The player gets the address of the sound, a page without scripts goes there."""
    found = _visible(request, pk)
    word = plays.begin(by=user_of(request), recording=found, request=request)
    url = f"{reverse('callbacks:recording-sound', args=[found.pk])}?{urlencode({'play': word})}"
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"url": url})
    return redirect(url)


@require_safe
@requires(VIEW)
def sound(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The sound, in parts, for a play that was logged; for anything else back to the page."""
    found = _visible(request, pk)
    user = user_of(request)
    policies.check_play(user, found)
    if not plays.is_play(request.GET.get("play", ""), by=user, recording=found):
        return redirect("callbacks:recording", found.pk)
    return serve(request, found.file, name=found.file_name or f"{found.pk}.{found.format}")


@require_POST
@requires(VIEW)
def keep_peaks(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture of the sound, worked out by the player."""
    found, numbers = _visible(request, pk), request.POST.get("peaks", "").split(",")
    try:
        bars = [int(number) for number in numbers if len(number) <= 3]
        services.keep_peaks(by=user_of(request), recording=found, bars=bars)
    except (ValueError, FileRefused):
        return HttpResponse(status=400)
    return HttpResponse(status=204)


@require_POST
@requires(VIEW)
def add_mark(request: HttpRequest, pk: int) -> HttpResponse:
    """A remark at one moment."""
    found, given = _visible(request, pk), request.POST.get("position_ms", "")
    position = int(given) if given.isascii() and given.isdecimal() and len(given) <= 10 else 0
    try:
        services.add_mark(by=user_of(request), recording=found, position_ms=position, text=request.POST.get("text", ""))
    except FileRefused as refused:
        messages.error(request, str(refused))
    return _marks(request, found)


@require_POST
@requires(VIEW)
def remove_mark(request: HttpRequest, pk: int, mark: int) -> HttpResponse:
    """Take a remark of one's own back."""
    found = _visible(request, pk)
    one = Mark.objects.filter(recording=found, pk=mark).first()
    if one is not None:
        services.remove_mark(by=user_of(request), mark=one)
    return _marks(request, found)


@require_POST
@requires(VIEW, policies.MATCH)
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of which call a recording is."""
    found, user = _visible(request, pk), user_of(request)
    form = JoinForm(request.POST, user=user)
    if form.is_valid():
        try:
            services.join(found, by=user, call=form.cleaned_data["call"])
            return redirect("callbacks:call-recordings", form.cleaned_data["call"].pk)
        except FileRefused as refused:
            form.add_error("call", str(refused))
    context = _page(request, found) | {"join_form": form}
    return render(request, "callbacks/recordings/recording.html", context)


def _marks(request: HttpRequest, found: Recording) -> HttpResponse:
    """The marks after a change: the part of the page that a script swaps, or the page."""
    if not is_htmx(request):
        return redirect("callbacks:recording", found.pk)
    context = {"one": selectors.shown(found, user_of(request))}
    return render(request, "callbacks/recordings/marks.html", context)


def _page(request: HttpRequest, found: Recording) -> dict[str, Any]:
    user = user_of(request)
    label, url = selectors.subject_link(found)
    may_match = user.has_perm(policies.MATCH) and not found.is_matched
    return {
        "one": selectors.shown(found, user),
        "of_label": label,
        "of_url": url,
        "crumbs": [(label, url)] if url else [(_("Unmatched recordings"), reverse("callbacks:recordings"))],
        "join_form": JoinForm(user=user) if may_match else None,
    }


def _visible(request: HttpRequest, pk: int) -> Recording:
    found = Recording.objects.select_related("file", "by", "attempt", "call__client", "enquiry__client")
    return visible_or_404(found, user_of(request), pk=pk)
