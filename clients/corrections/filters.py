"""The list of corrections: its columns, its order and its filters."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.corrections.choices import CorrectedField, CorrectionState
from clients.corrections.policies import DECIDE
from crm.access.scope import scope_of
from crm.organisation.models import Unit, User
from crm.web.badges import badge_of
from crm.web.lists import ChoiceFilter, Column, ListSpec, Option, Sort

NAME = "corrections"
FOR_ME = "for-me"
COLUMNS = (
    Column("client", _("Client"), lead=True),
    Column("field", _("Field")),
    Column("before", _("Before")),
    Column("after", _("After")),
    Column("state", _("State")),
    Column("proposed", pgettext_lazy("correction", "Proposed"), sort="proposed", css="cell-drop"),
    Column("by", _("Proposed by")),
    Column("decided", pgettext_lazy("correction", "Decided by")),
    Column("decided_at", pgettext_lazy("correction", "Decided"), usual=False),
    Column("reason", _("Reason"), usual=False),
    Column("branch", _("Branch"), usual=False),
)


def correction_list(user: User) -> ListSpec:
    """The list as `user` may filter it; who decides sees what waits for him unless he asks for more. One query."""
    branches = _branches(user)
    return ListSpec(
        name=NAME,
        columns=[column for column in COLUMNS if column.name != "branch" or branches.options],
        sorts=(Sort("proposed", pgettext_lazy("correction", "Proposed"), "proposed_at", descending=True),),
        filters=[one for one in (_states(user), _fields(), branches) if one.options],
        choosable=True,
    )


def _states(user: User) -> ChoiceFilter:
    options = [Option(str(code), badge_of("correction", code).label) for code in CorrectionState.values]
    anything = Option("any", _("All of them"), condition=Q(state__in=CorrectionState.values))
    if not user.has_perm(DECIDE):
        return ChoiceFilter("state", _("State"), [*options, anything])
    mine = Q(state=CorrectionState.PROPOSED) & ~Q(proposed_by=user)
    waits = Option(FOR_ME, _("Waiting for my decision"), condition=mine)
    return ChoiceFilter("state", _("State"), [waits, *options, anything], default=(FOR_ME,), unset=waits.label)


def _fields() -> ChoiceFilter:
    return ChoiceFilter.of("field", _("Field"), CorrectedField)


def _branches(user: User) -> ChoiceFilter:
    scope = scope_of(user)
    branches: Sequence[Unit] = ()
    if scope.everything or scope.branch_ids:
        units = Unit.objects.branches().only("pk", "code", "name").order_by("code")
        branches = list(units if scope.everything else units.filter(pk__in=scope.branch_ids))
    options = [Option(branch.code, branch.name, stored=branch.pk) for branch in branches]
    return ChoiceFilter("branch", _("Branch"), options if len(options) > 1 else (), field="client__branch_id")
