"""The first steps of somebody new: a few pages, by what he may do, until he says that he knows them."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.organisation.models import User
from crm.web.models import Preference

SEEN = "first-steps"
MOST = 5


@dataclass(frozen=True)
class Step:
    """One step: what to do, where, and the permission that opens it (empty: everybody)."""

    text: str | Promise
    name: str
    permission: str = ""

    @property
    def url(self) -> str:
        return reverse(self.name)


_SEE, _SEGMENTS = "clients.view_client", "clients.view_segmentation"
_FEED, _DECIDE = "clients.feed_everything", "clients.decide_correction"

STEPS = (
    Step(_("Open the list of your clients; narrow it with the filters and keep it as a view."), "clients:list", _SEE),
    Step(_("See what changed overnight: who moved money, who is new, who went up."), "clients:overnight", _SEE),
    Step(
        _("Look at the composition of your scope; each figure opens the clients behind it."),
        "clients:segmentation",
        _SEGMENTS,
    ),
    Step(_("Load a file: a preview counts first, bad rows come back with their reasons."), "clients:imports", _FEED),
    Step(_("Decide what others proposed about clients' data."), "clients:corrections", _DECIDE),
    Step(_("See who read what, and what stands out."), "clients:reads", "crm.view_read_log"),
    Step(_("Maintain staff, appointments and units."), "admin:index", "crm.use_admin"),
    Step(_("Press ? for the keys, and / to search from anywhere."), "help"),
)


def first_steps(user: User) -> list[Step]:
    """The steps that `user` can take, at most five; none once he put them away. One query."""
    if Preference.objects.filter(user=user, name=SEEN).exists():
        return []
    *steps, last = (step for step in STEPS if not step.permission or user.has_perm(step.permission))
    return [step for step in (*steps[: MOST - 1], last) if _is_served(step)]


def _is_served(step: Step) -> bool:
    try:
        return bool(step.url)
    except NoReverseMatch:
        return False
