"""How many calls and hand-overs wait for one person: the number in the top bar."""

from __future__ import annotations

from django.db.models import Q

from callbacks.calls.models import Call, HandOver
from callbacks.calls.units import acts_as
from callbacks.desk.front import WORK
from crm.organisation.models import User
from crm.web.my_queue import my_queue

MOST = 99


@my_queue("callbacks:queue", *WORK)
def waiting_for(user: User) -> str:
    """What is assigned to the person or being worked on by him, and what was offered to him."""
    ids = acts_as(user)
    calls = Call.objects.open().filter(Q(assignee__in=ids) | Q(claimed_by=user)).order_by().values("pk")
    offers = HandOver.objects.waiting_for(user).order_by().values("pk")
    found = calls.union(offers, all=True)[: MOST + 1].count()
    return f"{MOST}+" if found > MOST else str(found or "")
