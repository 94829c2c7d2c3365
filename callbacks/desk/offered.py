"""What the filters of the lists of calls offer beside codes: the call centre, plans, people. Remembered where it is the
same for everybody."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from callbacks.calls.units import CENTRAL, LOCAL, call_centre_unit
from callbacks.plans.models import Plan
from crm.access.scope import Scope
from crm.organisation.models import Appointment, Unit, User
from crm.remembered import Remembered

MOST_UNITS = 3  # people are offered once units are chosen: a firm has hundreds who call
BRANCHES = Remembered(lambda: list(Unit.objects.branches().only("pk", "code", "name").order_by("code")), seconds=60)
CENTRE = Remembered(call_centre_unit, seconds=60)
PLANS = Remembered(lambda: list(Plan.objects.order_by("rank", "code").values_list("pk", "code", "name")), seconds=60)


def people_offered(
    scope: Scope, branches: Sequence[Unit], centre: Unit | None, params: QueryDict
) -> list[tuple[int, str, str]]:
    """Who calls in the chosen units (in all of them where there are few, else in the call centre), and whoever is
    chosen already."""
    if not (scope.everything or branches):
        return []
    wanted = {*params.getlist("unit"), *params.getlist("branch")}
    units = [unit for unit in (centre, *branches) if unit is not None]
    chosen = [unit.pk for unit in units if unit.code in wanted]
    named = [one for name in ("assignee", "ended_by") for one in params.getlist(name)[:50] if one and "\0" not in one]
    if not (chosen or named) and len(units) > MOST_UNITS:
        return AGENTS() if scope.everything else []
    return _who_call(chosen[:MOST_UNITS] or [unit.pk for unit in units[:MOST_UNITS]], named)


def _who_call(units: Sequence[int], named: Sequence[str] = ()) -> list[tuple[int, str, str]]:
    """Key, number and name of who calls in these units, and of those named: one query."""
    held = Appointment.objects.held_on(timezone.localdate()).filter(unit__in=units, role__in=[*CENTRAL, *LOCAL])
    people = User.objects.filter(Q(pk__in=held.values("user")) | Q(staff_no__in=named))
    return list(people.order_by("staff_no").values_list("pk", "staff_no", "name"))


def _agents() -> list[tuple[int, str, str]]:
    centre = CENTRE()
    return _who_call([centre.pk]) if centre else []


AGENTS = Remembered(_agents, seconds=60)
