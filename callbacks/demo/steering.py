"""What supervisors, risk control and compliance of the demo firm do with calls: assign, acknowledge, listen."""

from __future__ import annotations

import datetime as dt

from callbacks.calls.choices import CallState, ConcernKind, ConcernState
from callbacks.calls.concerns import acknowledge_concern
from callbacks.calls.models import Call, Concern
from callbacks.calls.units import call_centre_unit
from callbacks.demo.chance import moment, share
from callbacks.demo.people import AGENT, CLERK, COMPLIANCE, RISK_CONTROL, SUPERVISOR, callers, person
from callbacks.demo.words import ACKNOWLEDGED
from callbacks.queue.assigning import Share, assign_calls
from callbacks.recordings import plays
from callbacks.recordings.models import Recording
from crm.organisation.models import Unit, User
from crm.worktime.arithmetic import ONE_DAY, at

EVENING = "17:20"
TO_A_CLERK, TO_AGENTS = 5, 8  # so many calls a director or supervisor gives out
LISTENED = 0.3  # share of the days on which somebody listens to a recording of the day before


def give_out(*, day: dt.date) -> None:
    """In the evening of `day` some of what waits is assigned: in each branch to its clerk, in the call centre in
    turn."""
    people = callers()
    for clerk in people[CLERK]:
        unit = clerk.appointments.get().unit
        director = User.objects.filter(appointments__role="marketing_director", appointments__unit=unit).first()
        if director is not None:
            _assign(unit, [clerk], director, TO_A_CLERK, day)
    centre = call_centre_unit(day)
    if centre is not None:
        _assign(centre, people[AGENT][:3], person(SUPERVISOR), TO_AGENTS, day)


def _assign(unit: Unit, to: list[User], by: User, most: int, day: dt.date) -> None:
    waiting = Call.objects.filter(unit=unit, state=CallState.WAITING, hold="", assignee=None)
    chosen = list(waiting.order_by("due_at", "id").values_list("pk", flat=True)[:most])
    if chosen:
        instant = moment(day, EVENING, minutes=20, words=["assign", unit.code])
        assign_calls(calls=Call.objects.filter(pk__in=chosen), people=to, share=Share.IN_TURN, by=by, at=instant)


def look_after(day: dt.date) -> None:
    """Risk control takes up the first report that it ever got; supervisor and compliance listen now and then."""
    midnight = at(day, dt.time())
    reports = Concern.objects.filter(kind=ConcernKind.MOVEMENT).order_by("at", "id")
    first = reports.first()
    if first is not None and first.state == ConcernState.OPEN and first.at < midnight:
        instant = moment(day, "09:20", minutes=30, words=["acknowledge", day])
        acknowledge_concern(concern=first, note=ACKNOWLEDGED, by=person(RISK_CONTROL), at=instant)
    if share("listen", day) < LISTENED:
        _listen(midnight, day)


def _listen(midnight: dt.datetime, day: dt.date) -> None:
    before = Recording.objects.filter(at__gte=midnight - 3 * ONE_DAY, at__lt=midnight, call__isnull=False)
    recording = before.select_related("call__client").order_by("-at", "-id").first()
    if recording is not None:
        by = person(COMPLIANCE if share("who", day) < 0.5 else SUPERVISOR)
        plays.begin(by=by, recording=recording, at=moment(day, "15:10", minutes=90, words=["listen", day]))
