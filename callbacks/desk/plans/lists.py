"""The lists of reasons that plans made: those of a making, and movements beyond the daily limit."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from callbacks.calls.choices import ReasonState
from crm.access.scope import Scope, scope_of
from crm.organisation.models import Unit, User
from crm.web.lists import ChoiceFilter, Column, ListSpec, Option, Sort

WAITS = Q(state=ReasonState.LISTED)
COLUMNS = (
    Column("number", _("Client number"), lead=True),
    Column("name", pgettext_lazy("person", "Name")),
    Column("branch", _("Branch")),
    Column("why", _("Why")),
    Column("made", pgettext_lazy("reason", "Since"), sort="made"),
)


def listed_list(user: User) -> ListSpec:
    """Movements whose clients were informed by SMS, the newest first."""
    branches = _branches_in(scope_of(user))
    by_branch = ChoiceFilter("branch", _("Branch"), [Option(unit.code, unit.name, stored=unit.pk) for unit in branches])
    return ListSpec(
        name="listed",
        columns=COLUMNS,
        sorts=(Sort("made", pgettext_lazy("reason", "Since"), "made_at", descending=True),),
        filters=(by_branch,) if len(branches) > 1 else (),
    )


MAKING_LIST = ListSpec(
    name="making",
    columns=(*COLUMNS[:4], Column("due", _("Due")), Column("state", _("State"))),
    sorts=(Sort("order", _("Order of urgency"), "id", tie=()),),
    filters=(
        ChoiceFilter(
            "what",
            _("What became of it"),
            (
                Option("called", _("Has a call"), condition=Q(call__isnull=False)),
                Option("listed", _("Waits or listed"), condition=WAITS),
            ),
            single=True,
        ),
    ),
)


def _branches_in(scope: Scope) -> list[Unit]:
    branches = Unit.objects.branches().order_by("code")
    return list(branches if scope.everything else branches.filter(pk__in=scope.branch_ids))
