"""What waits for a person beside his clients: the calendar, decisions, clients of those who have left."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.care.policies import HAND_OVER
from clients.care.selectors import Held, leavers
from clients.contacts.filters import ALL, OVERDUE
from clients.contacts.models import FollowUp
from clients.corrections.models import Correction
from clients.corrections.policies import DECIDE
from clients.segmentation.choices import PolicyState
from clients.segmentation.models import Policy
from crm.organisation.models import User
from crm.web.lists import capped_count
from crm.worktime.selectors import calendar_warning

TELL_OF_CALENDAR = ("clients.feed_everything", "clients.approve_policy", "crm.use_admin")
MOST = 5  # of a kind


@dataclass(frozen=True)
class Notice:
    """Something to be done, with the page where it is done."""

    text: str
    url: str = ""
    action: str = ""
    loud: bool = False


def notices_for(user: User, today: dt.date) -> list[Notice]:
    """What waits for this person beside clients, the most urgent first."""
    notices = []
    if any(user.has_perm(permission) for permission in TELL_OF_CALENDAR) and (warning := calendar_warning(today)):
        url = page_url("admin:crm_calendarday_changelist") if user.has_perm("crm.use_admin") else ""
        notices.append(Notice(warning, url, _("To the calendar"), loud=True))
    if user.has_perm(HAND_OVER):
        notices += [_leaver(held, today) for held in leavers(user)[:MOST]]
    if user.has_perm(DECIDE):
        notices += _corrections(user)
    if user.has_perm("clients.approve_policy"):
        notices += _proposals(user)
    return notices


def overdue_promises(user: User, now: dt.datetime) -> list[Notice]:
    """What clients in `user`'s scope are owed past its time, whoever keeps it, for who can hand it on. The list behind
    holds exactly these. One query."""
    if not user.has_perm(HAND_OVER):
        return []
    count = capped_count(FollowUp.objects.concerning(user).due_by(now))
    if not count.number:
        return []
    words = ngettext(
        "%(n)s promise to clients in your scope is overdue.",
        "%(n)s promises to clients in your scope are overdue.",
        count.number,
    )
    url = f"{page_url('clients:promises')}?{urlencode({'whose': ALL, 'due': OVERDUE})}"
    return [Notice(words % {"n": str(count)}, url, _("To the promises"), loud=True)]


def _leaver(held: Held, today: dt.date) -> Notice:
    """Somebody has left, or leaves, and others must take over what he holds."""
    person, gone = held.person, held.person.left_on is None or held.person.left_on <= today
    clients = ngettext("%(n)s client", "%(n)s clients", held.clients) % {"n": f"{held.clients:,}"}
    words = _("%(name)s is no longer in service and still holds %(clients)s.")
    if person.left_on is not None:
        words = _("%(name)s left on %(day)s and still holds %(clients)s.")
        if not gone:
            words = _("%(name)s leaves on %(day)s and holds %(clients)s.")
    text = words % {"name": person.name, "day": f"{person.left_on:%F}" if person.left_on else "", "clients": clients}
    url = f"{page_url('clients:handover-new')}?{urlencode({'from': person.staff_no})}"
    return Notice(text, url, _("Hand over"), loud=gone)


def _corrections(user: User) -> list[Notice]:
    """Corrections that somebody else proposed and this person may decide."""
    number = Correction.objects.to_decide(user).count()
    if not number:
        return []
    words = ngettext("%(n)s correction waits for your decision.", "%(n)s corrections wait for your decision.", number)
    return [Notice(words % {"n": f"{number:,}"}, page_url("clients:corrections"), _("To the corrections"))]


def _proposals(user: User) -> list[Notice]:
    """Policies that somebody else proposed and this person may decide."""
    waiting = Policy.objects.filter(state=PolicyState.PROPOSED).exclude(proposed_by=user).select_related("proposed_by")
    return [
        Notice(
            _("Policy version %(version)s “%(name)s” of %(by)s waits for your decision.")
            % {"version": policy.version, "name": policy.name, "by": policy.proposed_by or _("the system")},
            page_url("clients:policy", policy.version),
            _("To the policy"),
        )
        for policy in waiting.order_by("version")[:MOST]
    ]


def page_url(name: str, *args: int) -> str:
    """The address of a page; empty where this installation does not serve it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
