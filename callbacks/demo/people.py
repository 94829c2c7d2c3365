"""Who calls in the demo firm, and when: one clerk a branch, the call centre's agents, each at hours of his own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from callbacks.demo.chance import moment, number, share
from clients.demo.people import STAFF
from crm.organisation.models import User

CLERK, AGENT = "callback_clerk", "call_centre_agent"
SUPERVISOR = "8001"  # of the call centre: 林晓芸
RISK_CONTROL = "8201"
COMPLIANCE = "8301"
PLANNER = "8402"  # of sales & trading headquarters, who sets how many calls a branch can do
# Hours at which calls begin, well apart: a call and what is written down about it take less than half an hour.
HOURS = (
    "09:04", "09:41", "10:17", "10:52", "11:21", "13:36", "14:12", "14:49", "15:25", "16:02", "16:40", "18:31", "19:05",
)  # fmt: skip
LATER = 9  # minutes by which a call may begin later
CALLS_A_DAY = {CLERK: (1, 3), AGENT: (0, 2)}


@dataclass(frozen=True)
class Round:
    """Somebody takes his next call at `at`."""

    at: dt.datetime
    by: User


def callers() -> dict[str, list[User]]:
    """Clerks and agents by role, in the order of their numbers: one query. The same objects are used all along, so
    that what they may is read once."""
    roles = {person.staff_no: role for person in STAFF for role in (CLERK, AGENT) if role in person.roles}
    people = User.objects.filter(staff_no__in=roles, is_demo=True).order_by("staff_no")
    found: dict[str, list[User]] = {CLERK: [], AGENT: []}
    for user in people:
        found[roles[user.staff_no]].append(user)
    return found


def person(staff_no: str) -> User:
    found: User = User.objects.get(staff_no=staff_no)
    return found


def rounds_of(day: dt.date, people: Mapping[str, Sequence[User]]) -> list[Round]:
    """Every call that somebody begins on `day`, in the order of time."""
    found = []
    for role, members in people.items():
        for user in members:
            times = number(*CALLS_A_DAY[role], "calls", day, user.staff_no)
            hours = sorted(HOURS, key=lambda hour: share("hour", day, user.staff_no, hour))[:times]
            found += [Round(moment(day, hour, minutes=LATER, words=[user.staff_no, day, hour]), user) for hour in hours]
    return sorted(found, key=lambda one: (one.at, one.by.staff_no))
