"""What last night's run changed among the clients of one person, counted and listed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from clients.segmentation.choices import ChangeKind, Group, MovementKind, Tier
from clients.segmentation.models import Run, SegmentChange
from crm.access.scope import scope_filter
from crm.organisation.models import User
from crm.web.lists import ChoiceFilter, Column, ListSpec, Option, Sort

NAME = "overnight"
ORDER = [str(tier) for tier in Tier]  # lowest first


def _steps(*, up: bool) -> Q:
    """Changes of tier upwards, or downwards."""
    condition = Q(pk__in=[])
    for index, old in enumerate(ORDER):
        reached = ORDER[index + 1 :] if up else ORDER[:index]
        if reached:
            condition |= Q(old_tier=old, tier__in=reached)
    return condition & ~Q(kind=ChangeKind.CLOSING)


def _entered(group: Group) -> Q:
    return Q(group=group) & ~Q(old_group=group) & ~Q(kind=ChangeKind.CLOSING)


# Code, words, and which changes it counts. The codes stand in the address of the list behind each figure.
WHAT: tuple[tuple[str, str | Promise, Q], ...] = (
    ("movement", gettext_lazy("Entered movement"), _entered(Group.MOVEMENT)),
    ("core", gettext_lazy("Became core"), _entered(Group.CORE)),
    ("left-core", gettext_lazy("Left core"), Q(old_group=Group.CORE) & ~Q(group=Group.CORE)),
    ("new", gettext_lazy("New clients"), _entered(Group.NEW)),
    ("at-risk", gettext_lazy("At risk of leaving"), _entered(Group.AT_RISK)),
    ("up", gettext_lazy("Tier up"), _steps(up=True)),
    ("down", gettext_lazy("Tier down"), _steps(up=False)),
)
MOVED = tuple((f"moved-{kind.value}", kind.label, index) for index, kind in enumerate(MovementKind))


@dataclass(frozen=True)
class Overnight:
    """The newest run and how many clients in scope changed in which way; no figures for a firm's first run."""

    run: Run
    counts: dict[str, int]

    def moved(self) -> list[tuple[str, str, int]]:
        """Kinds of movement with how many clients: code, word, number; those without any are left out."""
        return [(code, str(word), self.counts[code]) for code, word, _rank in MOVED if self.counts.get(code)]


def changes_of(run: Run, user: User) -> QuerySet[SegmentChange]:
    """The changes of a run among the clients in `user`'s scope today: the same rule as for the clients themselves."""
    in_scope = scope_filter(user, branch="client__branch_id", manager="client__manager_id")
    return SegmentChange.objects.filter(in_scope, run=run)


def overnight(run: Run, user: User) -> Overnight:
    """Count the changes of `run` in `user`'s scope: one query."""
    if run.is_baseline:
        return Overnight(run, {})
    entered = _entered(Group.MOVEMENT)
    figures = {code: Count("pk", filter=condition) for code, _word, condition in WHAT}
    figures |= {code: Count("pk", filter=entered & Q(movement_rank=rank)) for code, _word, rank in MOVED}
    keys = {code.replace("-", "_"): figure for code, figure in figures.items()}
    found = changes_of(run, user).aggregate(**keys)
    return Overnight(run, {code: found[code.replace("-", "_")] for code in figures})


def change_list(as_of: dt.date) -> ListSpec:
    """The list behind the figures: what changed with whom."""
    what = [Option(code, word, condition=condition) for code, word, condition in WHAT]
    moved = [Option(code, word, stored=rank) for code, word, rank in MOVED]
    return ListSpec(
        name=f"{NAME}-{as_of}",
        columns=(
            Column("number", gettext_lazy("Client number")),
            Column("name", gettext_lazy("Name")),
            Column("before", gettext_lazy("Before")),
            Column("after", gettext_lazy("After")),
            Column("why", gettext_lazy("Why")),
            Column("assets", gettext_lazy("Average assets"), number=True),
            Column("manager", gettext_lazy("Customer manager")),
        ),
        # Most urgent movements first, then everything else.
        sorts=(Sort("urgent", gettext_lazy("Urgency"), "movement_rank"),),
        filters=(
            ChoiceFilter("what", gettext_lazy("What changed"), what),
            ChoiceFilter("moved", gettext_lazy("Kind of movement"), moved, field="movement_rank"),
            ChoiceFilter.of("tier", gettext_lazy("Tier"), Tier),
            ChoiceFilter.of("group", gettext_lazy("Group"), Group),
        ),
    )
