"""Hand-overs: whose, to whom, with what comes of it before it is done; and back on the same day."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.care import pages, selectors, services
from clients.care.choices import HandoverReason
from clients.care.filters import HANDOVERS
from clients.care.forms import HandoverForm, SharingForm
from clients.care.models import Handover
from clients.care.policies import HAND_OVER
from crm.access.guards import requires, user_of, visible_or_404
from crm.organisation.models import User
from crm.web.lists import list_page, render_list


@require_safe
@requires(HAND_OVER)
def handovers(request: HttpRequest) -> HttpResponse:
    """What was handed over in one's branches, newest first; above it who has left and still holds clients."""
    user = user_of(request)
    rows = Handover.objects.visible_to(user).select_related("from_manager", "by", "job")
    page = list_page(HANDOVERS, rows, request.GET, request.path)
    leavers = pages.choices(selectors.leavers(user))
    context = {"page": page, "rows": pages.rows_of(page.rows), "leavers": leavers}
    return render_list(request, "clients/care/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(HAND_OVER)
def new(request: HttpRequest) -> HttpResponse:
    """Choose whose clients, choose who takes over, look at what would come of it, hand over."""
    user, today = user_of(request), timezone.localdate()
    staff_no = request.GET.get("from", "")
    if not staff_no:
        context = pages.choosing(user, request.GET.get("branch", ""), today) | {"crumbs": _crumbs()}
        return render(request, "clients/care/choose.html", context)
    held = _held(user, staff_no)
    candidates = selectors.candidates(held.person, user, today)
    if request.method == "POST":
        form = HandoverForm(request.POST, candidates=candidates)
        if form.is_valid() and (made := _request(form, held.person, user)):
            return redirect("clients:handover", made.pk)
        return render(request, "clients/care/new.html", _context(held, candidates, form, form, user))
    sharing = SharingForm(request.GET if "rule" in request.GET else None, candidates=candidates)
    confirm = HandoverForm(candidates=candidates, initial=_initial(held.person))
    return render(request, "clients/care/new.html", _context(held, candidates, sharing, confirm, user))


@require_safe
@requires(HAND_OVER)
def handover(request: HttpRequest, pk: int) -> HttpResponse:
    """One hand-over: its progress while it runs, then who got what."""
    found = _visible(request, pk)
    context = pages.detail(found, user_of(request), at=timezone.now()) | {"crumbs": _crumbs()}
    return render(request, "clients/care/detail.html", context)


@require_POST
@requires(HAND_OVER)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a hand-over of today back."""
    found = _visible(request, pk)
    try:
        back = services.take_back(handover=found, by=user_of(request))
    except ValidationError as refusal:
        messages.info(request, " ".join(refusal.messages))
        return redirect("clients:handover", found.pk)
    messages.success(request, _("The hand-over is taken back, for all who were not moved on since."))
    return redirect("clients:handover", back.pk)


def _held(user: User, staff_no: str) -> selectors.Held:
    """What a person holds in one's branches; who holds nothing there is nobody one could hand over."""
    person = User.objects.filter(staff_no=staff_no.replace("\0", "")).first()
    found = selectors.what_they_hold([person], user)[0] if person else None
    if found is None or not (found.clients or found.promises):
        raise Http404
    return found


def _initial(person: User) -> dict[str, Any]:
    return {"reason": HandoverReason.LEFT if person.left_on or not person.is_active else HandoverReason.MOVED}


def _request(form: HandoverForm, person: User, user: User) -> Handover | None:
    """Ask for the hand-over; None when it was refused, which the form then says."""
    try:
        return services.request_handover(
            from_manager=person,
            successors=form.successors,
            rule=form.chosen_rule,
            reason=HandoverReason(form.cleaned_data["reason"]),
            note=form.cleaned_data["note"],
            by=user,
            key=str(form.cleaned_data["key"]),
        )
    except ValidationError as refusal:
        form.add_error(None, " ".join(refusal.messages))
        return None


def _context(
    held: selectors.Held, candidates: list[selectors.Held], sharing: SharingForm, confirm: SharingForm, user: User
) -> dict[str, Any]:
    """The page of one hand-over before it is done; with a preview once it is known who takes over."""
    context: dict[str, Any] = {
        "held": held,
        "others": pages.other_holdings(held.person),
        "candidates": [(one, one.person.staff_no in (sharing["to"].value() or ())) for one in candidates],
        "sharing": sharing,
        "confirm": confirm,
        "crumbs": [*_crumbs(), (_("New hand-over"), reverse("clients:handover-new"))],
    }
    if sharing.is_bound and not {"to", "rule"} & sharing.errors.keys():
        try:
            day = timezone.localdate()
            context["preview"] = selectors.preview(held.person, sharing.successors, sharing.chosen_rule, user, day)
        except ValidationError as refusal:
            sharing.add_error(None, " ".join(refusal.messages))
    return context


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Hand-overs"), reverse("clients:handovers"))]


def _visible(request: HttpRequest, pk: int) -> Handover:
    related = Handover.objects.select_related("from_manager", "by", "job", "job__requested_by")
    return visible_or_404(related, user_of(request), pk=pk)
