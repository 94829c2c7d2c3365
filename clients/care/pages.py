"""What the pages of hand-overs show to one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from clients.care import policies, selectors, services
from clients.care.models import Handover
from crm.jobs.models import Job
from crm.jobs.selectors import Shown, shown
from crm.organisation.holdings import Holding, holdings_of
from crm.organisation.models import Unit, User

HELD_HERE = ("clients", "follow_ups")  # what a hand-over moves; everything else is only named


@dataclass(frozen=True)
class Row:
    """A hand-over as the list shows it."""

    handover: Handover
    to: Sequence[str]
    job_state: str
    url: str


@dataclass(frozen=True)
class Choice:
    """Somebody who may hand over, with what he holds, and the page where that is done."""

    held: selectors.Held
    url: str


def rows_of(found: Sequence[Handover]) -> list[Row]:
    """The rows of a list; one query for the names of all successors."""
    people = User.objects.in_bulk({pk for one in found for pk in one.successors})
    return [
        Row(
            one,
            [people[pk].name for pk in one.successors if pk in people],
            "done" if one.done_at else one.job.state if one.job else "",
            reverse("clients:handover", args=[one.pk]),
        )
        for one in found
    ]


def choices(found: Sequence[selectors.Held]) -> list[Choice]:
    page = reverse("clients:handover-new")
    return [Choice(held, f"{page}?{urlencode({'from': held.person.staff_no})}") for held in found]


def choosing(by: User, wanted: str, day: dt.date) -> dict[str, Any]:
    """Whose clients are to be handed over: who has left or leaves first, then the managers of one branch."""
    branches = selectors.branches_of(by)
    branch = next((one for one in branches if one.code == wanted), None)
    if branch is None and len(branches) == 1:
        branch = branches[0]
    leaving = selectors.leavers(by)
    gone = {held.person.pk for held in leaving}
    staying = [held for held in _managers(branch, by, day) if held.person.pk not in gone and _holds_anything(held)]
    return {"leavers": choices(leaving), "branches": branches, "branch": branch, "managers": choices(staying)}


def _managers(branch: Unit | None, by: User, day: dt.date) -> list[selectors.Held]:
    return selectors.managers_of(branch, by, day) if branch else []


def _holds_anything(held: selectors.Held) -> bool:
    return bool(held.clients or held.promises)


def other_holdings(person: User) -> list[Holding]:
    """What else somebody holds, that its own pages hand over."""
    return holdings_of(person, but=HELD_HERE)


def detail(handover: Handover, user: User, *, at: dt.datetime) -> dict[str, Any]:
    """One hand-over: how far its job is, or who got what and whether it can be taken back."""
    refusal = policies.why_not_take_back(handover, at=at)
    back = Handover.objects.visible_to(user).filter(key=f"{policies.BACK}{handover.pk}").first()
    job = _job(handover, user, at=at)
    refused = (handover.job.result if handover.job else {}).get("refused", {})
    return {
        "handover": handover,
        "job": job,
        "received": [(one, _clients_url(one.person)) for one in selectors.received(handover)],
        "refused": [(services.refusal_words(code), number) for code, number in refused.items()],
        "may_take_back": handover.done_at is not None and not refusal,
        "back": back,
        "is_back": handover.key.startswith(policies.BACK),
    }


def _clients_url(person: User | None) -> str:
    return f"{reverse('clients:list')}?{urlencode({'manager': person.staff_no})}" if person else ""


def _job(handover: Handover, user: User, *, at: dt.datetime) -> Shown | None:
    """The job of a hand-over that is not done; shown to whoever may see the hand-over."""
    job: Job | None = handover.job
    if job is None or handover.done_at is not None:
        return None
    asked = Job.objects.visible_to(user).filter(pk=job.pk).exists()
    return shown(job, user, at=at) if asked else replace(shown(job, user, at=at), poll_url="")
