"""What last night's run changed among the clients of one person, counted."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from clients.segmentation.choices import Group
from clients.segmentation.filters import MOVED, WHAT, entered
from clients.segmentation.models import Run, SegmentChange
from crm.organisation.models import User


@dataclass(frozen=True)
class Overnight:
    """The newest run, and how many clients in scope changed in which way: by the codes of `filters.WHAT`, and
    `moved_<kind>` for the kinds of movement. No figures for a firm's first run."""

    run: Run
    counts: dict[str, int]

    @property
    def moved(self) -> list[tuple[str, int]]:
        """The kinds of movement that clients entered with, the most urgent first: word and number."""
        found = [(str(word), self.counts.get(f"moved_{code}", 0)) for code, word, _urgency in MOVED]
        return [(word, number) for word, number in found if number]


def overnight(run: Run, user: User) -> Overnight:
    """Count the changes of `run` in `user`'s scope: one query."""
    if run.is_baseline:
        return Overnight(run, {})
    into = entered(Group.MOVEMENT)
    figures = {code.replace("-", "_"): Count("pk", filter=condition) for code, _word, condition in WHAT}
    figures |= {f"moved_{code}": Count("pk", filter=into & Q(movement_urgency=n)) for code, _word, n in MOVED}
    return Overnight(run, SegmentChange.objects.visible_to(user).filter(run=run).aggregate(**figures))
