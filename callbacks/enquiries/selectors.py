"""Reads of enquiries, shaped for pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from callbacks.calls.models import HandOver
from callbacks.calls.units import acts_as
from callbacks.enquiries.choices import EnquiryState
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.policies import TAKE, units_of
from crm.access.roles import ROLES, Reach
from crm.organisation.models import Appointment, User

TAKING = sorted(code for code, role in ROLES.items() if TAKE in role.permissions)
CENTRAL = sorted(code for code in TAKING if ROLES[code].reach is Reach.ALL)
MOST_OFFERS = 50


@dataclass(frozen=True)
class Line:
    """What waits on the line in somebody's units, what he answers for, and what he is asked to take over."""

    waiting: int
    vip: int
    longest: dt.datetime | None
    open: int
    overdue: int
    offered: int

    @property
    def is_quiet(self) -> bool:
        return not (self.waiting or self.open or self.offered)


def line_for(user: User, now: dt.datetime) -> Line:
    """Three queries."""
    units = [unit.pk for unit in units_of(user)]
    waiting = Enquiry.objects.filter(state=EnquiryState.WAITING, unit__in=units)
    on_line = waiting.aggregate(all=Count("pk"), vip=Count("pk", filter=Q(vip=True)))
    longest = waiting.order_by("arrived_at").values_list("arrived_at", flat=True).first() if on_line["all"] else None
    mine = Enquiry.objects.filter(state=EnquiryState.TAKEN, owner__in=acts_as(user))
    own = mine.aggregate(all=Count("pk"), overdue=Count("pk", filter=Q(due_at__lte=now)))
    offered = HandOver.objects.waiting_for(user).filter(enquiry__isnull=False).count()
    return Line(on_line["all"], on_line["vip"], longest, own["all"], own["overdue"], offered)


def offers_for(user: User) -> list[HandOver]:
    """The enquiries that somebody is asked to take over, the oldest offer first."""
    offers = HandOver.objects.waiting_for(user).filter(enquiry__isnull=False)
    related = ("enquiry__client", "enquiry__branch", "from_user")
    return list(offers.select_related(*related).order_by("asked_at")[:MOST_OFFERS])


def offer_of(enquiry: Enquiry) -> HandOver | None:
    """Who is asked to take an enquiry over at this moment."""
    return enquiry.hand_overs.filter(state="asked").select_related("to_user", "from_user").first()


def colleagues_for(enquiry: Enquiry, user: User) -> QuerySet[User]:
    """Who may take an enquiry over from its owner when `user` asks him, or gives it to him: who takes enquiries in the
    units of `user`, for the whole firm, or in the client's branch; the client's manager."""
    today = timezone.localdate()
    units = {unit.pk for unit in units_of(user)} | ({enquiry.branch_id} if enquiry.branch_id else set())
    held = Appointment.objects.held_on(today).filter(Q(unit__in=units, role__in=TAKING) | Q(role__in=CENTRAL))
    able = Q(pk__in=held.values("user"))
    if enquiry.client is not None and enquiry.client.manager_id is not None:
        able |= Q(pk=enquiry.client.manager_id)
    others: QuerySet[User] = User.objects.in_service(today).exclude(pk=enquiry.owner_id)
    return others.filter(able).order_by("staff_no")
