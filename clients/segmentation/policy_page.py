"""Policies as the pages show them: their state in words, what differs, who decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.segmentation import rules
from clients.segmentation.choices import PolicyState
from clients.segmentation.models import Policy
from clients.segmentation.numbers import SECTIONS, Difference, Section, differences, in_words
from clients.segmentation.rules import PolicyError
from clients.segmentation.selectors import policy_for
from crm.organisation.models import User
from crm.web import figures

MOST_OTHERS = 20


@dataclass(frozen=True)
class Shown:
    """A version in a list. `state` is a code of the badges of kind "policy"."""

    policy: Policy
    state: str
    url: str
    who: str
    decider: str
    mine: bool
    changes: tuple[Difference, ...] = ()
    is_first: bool = False

    @property
    def more(self) -> int:
        """How many changes a list leaves out behind the first two."""
        return max(0, len(self.changes) - 2)


@dataclass(frozen=True)
class RuleLine:
    """One rule of a version, and its default where that is another."""

    label: str
    value: str
    default: str
    differs: bool


def in_force(day: dt.date) -> Policy | None:
    """The version in force on `day`; None before the first."""
    try:
        return policy_for(day)
    except PolicyError:
        return None


def people() -> QuerySet[Policy]:
    """All versions with the names of who proposed and who decided."""
    return Policy.objects.select_related("proposed_by", "decided_by")


def shown(policy: Policy, user: User, current: Policy | None, earlier: Policy | None = None) -> Shown:
    """A version for `user`; `current` is the one in force, `earlier` the one to compare with."""
    return Shown(
        policy=policy,
        state=state_of(policy, current),
        url=reverse("clients:policy", args=[policy.version]),
        who=policy.proposed_by.name if policy.proposed_by else _("the system"),
        decider=policy.decided_by.name if policy.decided_by else _("the system"),
        mine=policy.proposed_by_id == user.pk,
        changes=tuple(differences(earlier.rules, policy.rules)) if earlier else (),
        is_first=earlier is None,
    )


def state_of(policy: Policy, current: Policy | None) -> str:
    """proposed, refused, current, approved (its day is to come) or retired (another one took its place)."""
    if policy.state != PolicyState.APPROVED:
        return str(policy.state)
    if current is None or (policy.effective_on, policy.version) > (current.effective_on, current.version):
        return "approved"
    return "current" if policy.pk == current.pk else "retired"


def before(version: int) -> QuerySet[Policy]:
    """The versions a version is compared with: lower ones that were not refused, the nearest first."""
    return Policy.objects.exclude(state=PolicyState.REFUSED).filter(version__lt=version).order_by("-version")


def list_of(policies: Sequence[Policy], user: User, current: Policy | None) -> list[Shown]:
    """The versions of a page of the list, each compared with the one before it. One query."""
    if not policies:
        return []
    newest = max(policy.version for policy in policies)
    known = list(before(newest)[: len(policies) + MOST_OTHERS])
    found = []
    for policy in policies:
        earlier = next((one for one in known if one.version < policy.version), None)
        found.append(shown(policy, user, current, earlier))
    return found


def other_than(policy: Policy, wanted: str, current: Policy | None) -> Policy | None:
    """What a version is compared with: the one asked for, else for a proposal the one in force, else the one before."""
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 9:
        found = Policy.objects.filter(version=int(wanted)).exclude(pk=policy.pk).first()
        if found:
            return found
    if policy.state == PolicyState.PROPOSED and current:
        return current
    return before(policy.version).first()


def rule_lines(policy: Policy) -> list[tuple[Section, list[RuleLine]]]:
    """Every rule in words, under its heading."""
    defaults = rules.complete(rules.Rules())
    return [(section, [_line(number, policy.rules, defaults) for number in section.numbers]) for section in SECTIONS]


def _line(number: Any, given: dict[str, Any], defaults: dict[str, Any]) -> RuleLine:
    value, default = number.of(given), number.of(defaults)
    return RuleLine(str(number.label), in_words(number, value), in_words(number, default), value != default)


def facts(one: Shown) -> list[tuple[str, str]]:
    """Who and when, for components/pairs.html."""
    policy = one.policy
    decided = policy.decided_at is not None
    return [
        (_("Name"), policy.name),
        (_("Takes effect on"), figures.exact_time(policy.effective_on)),
        (_("Proposed by"), one.who),
        (_("Proposed"), figures.exact_time(policy.proposed_at)),
        (_("Why"), policy.note),
        (_("Decided by"), one.decider if decided else ""),
        (_("Decided"), figures.exact_time(policy.decided_at) if policy.decided_at else ""),
        (_("Remark"), policy.decision_note),
    ]
