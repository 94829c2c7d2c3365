"""A supervisor's pages: the live board, what the next days hold, who is good at what."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from callbacks.calls.choices import ReasonKind
from callbacks.desk.board import Board, board_of, units_in_sight
from callbacks.desk.people import callers_of
from callbacks.queue.capacity import UnitWeek, week_of
from callbacks.queue.models import Skill
from callbacks.queue.skills import set_skills
from callbacks.queue.supervising import ASSIGN
from clients.desk.rows import branch_short
from crm.access.guards import background, requires, user_of
from crm.organisation.models import Unit
from crm.worktime.arithmetic import SHANGHAI

SEE = "callbacks.view_calls"
MOST_PEOPLE = 200


@require_safe
@requires(SEE, ASSIGN)
def board(request: HttpRequest) -> HttpResponse:
    """Everything as it stands now; the page asks for its live part again every ten seconds."""
    return _board(request, "callbacks/desk/board.html")


@require_safe
@requires(SEE, ASSIGN)
@background
def live(request: HttpRequest) -> HttpResponse:
    """The live part alone."""
    return _board(request, "callbacks/desk/board_live.html")


def _board(request: HttpRequest, template: str) -> HttpResponse:
    user, now = user_of(request), timezone.now()
    units = units_in_sight(user)
    unit = _chosen(request, units)
    shown: Board = board_of(user, [unit] if unit else units, now)
    context = {"board": shown, "unit": unit, "units": units, "now": now}
    response = render(request, template, context)
    add_never_cache_headers(response)
    return response


@require_safe
@requires(SEE, ASSIGN)
def capacity(request: HttpRequest) -> HttpResponse:
    """Tomorrow and the week: calls due against what the people on duty can do."""
    units = units_in_sight(user_of(request))
    unit = _chosen(request, units)
    weeks = week_of([one.pk for one in units], timezone.now())
    by_unit = {week.unit_id: week for week in weeks}
    shown = unit or (units[0] if units else None)
    context: dict[str, Any] = {
        "units": units,
        "unit": shown,
        "week": by_unit[shown.pk] if shown else None,
        "chart": _chart(by_unit[shown.pk]) if shown else None,
        "lines": _lines(units, by_unit),
    }
    return render(request, "callbacks/desk/capacity.html", context)


def _lines(units: list[Unit], by_unit: dict[int, UnitWeek]) -> list[tuple[Unit, str, UnitWeek]]:
    """Units that lack people first."""
    lines = [(unit, branch_short(unit.name), by_unit[unit.pk]) for unit in units]
    return sorted(lines, key=lambda line: (-line[2].missing, line[0].code)) if len(lines) > 1 else []


def _chart(week: UnitWeek) -> dict[str, Any]:
    return {
        "labels": [f"{one.day:%m-%d}" for one in week.days],
        "series": [
            {"name": str(_("Calls due")), "type": "bar", "unit": "count", "values": [one.work for one in week.days]},
            {"name": str(_("Can be done")), "type": "line", "unit": "count", "values": [d.possible for d in week.days]},
        ],
    }


@require_safe
@requires(SEE, ASSIGN)
def skills(request: HttpRequest) -> HttpResponse:
    """Who is good at calls of which reason."""
    people = list(_people(request)[:MOST_PEOPLE])
    held = set(Skill.objects.filter(user__in=people).values_list("user_id", "kind"))
    lines = [(one, [(kind, word, (one.pk, kind) in held) for kind, word in ReasonKind.choices]) for one in people]
    units = units_in_sight(user_of(request))
    context = {"lines": lines, "units": units, "unit": _chosen(request, units) or next(iter(units), None)}
    return render(request, "callbacks/desk/skills.html", context)


@require_POST
@requires(SEE, ASSIGN)
def skills_of(request: HttpRequest, staff_no: str) -> HttpResponse:
    """Keep what one person is good at."""
    person = _people(request).filter(staff_no=staff_no.replace("\0", "")).first()
    if person is None:
        raise Http404
    try:
        kinds = set_skills(user=person, kinds=request.POST.getlist("kind"), by=user_of(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        words = _("%(name)s: %(n)s reasons kept.") % {"name": person.name, "n": len(kinds)}
        messages.success(request, words)
    unit = request.POST.get("unit", "")
    return redirect(f"{reverse('callbacks:skills')}{'?unit=' + unit if unit.isalnum() else ''}")


def _people(request: HttpRequest) -> Any:
    """Who calls in the chosen unit, the first that the person may look at by default."""
    units = units_in_sight(user_of(request))
    unit = _chosen(request, units) or next(iter(units), None)
    return callers_of([unit.pk] if unit else [], timezone.now().astimezone(SHANGHAI).date())


def _chosen(request: HttpRequest, units: list[Unit]) -> Unit | None:
    """The unit that the address names, of those in sight."""
    wanted = request.GET.get("unit") or request.POST.get("unit", "")
    return next((unit for unit in units if unit.code == wanted), None)
