"""The client list: its columns, sorts and filters for one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from clients.desk.kept_lists import list_filter, tag_filter
from clients.profile.choices import ClientStatus
from clients.profile.search import Search as SearchedFor
from clients.profile.search import understand
from clients.segmentation.choices import Group, Style, Tier
from clients.suitability.choices import RiskLevel
from crm.access.roles import ROLES, Reach
from crm.access.scope import Scope, scope_of
from crm.organisation.models import Appointment, Unit, User
from crm.web.badges import badge_of
from crm.web.lists import ChoiceFilter, Column, ListSpec, Option, Search, Sort

NAME = "clients"
FEW = 3_000  # matches among a million that are faster sorted than met on a walk along an index
FEW_BY_ASSETS = 300  # in order of assets, where an index stands behind every filter by a column: measured for all pairs
EXPIRED, NONE = "expired", "none"
MOST_BRANCHES = 3  # managers are offered once the branches are chosen: a firm has thousands of them
MANAGING = sorted(code for code, role in ROLES.items() if role.reach is Reach.OWN)

SORTS = (
    # The band leads because it is what the indexes hold; the order is that of the average (docs/decisions/0001).
    Sort(
        "assets",
        gettext_lazy("Average assets"),
        "asset_band",
        descending=True,
        tie=("average_assets", "pk"),
        few=FEW_BY_ASSETS,
    ),
    Sort("number", gettext_lazy("Client number"), "client_no", tie=()),
    Sort("opened", gettext_lazy("Opened on"), "opened_on", descending=True),
)


def client_list(user: User, params: QueryDict, today: dt.date) -> ListSpec:
    """The list as `user` may filter it. Four queries at most: as `rule_list`, and his client lists."""
    spec = rule_list(user, params, today)
    kept = list_filter(user, today, rule_list)
    return replace(spec, filters=[*spec.filters, kept]) if kept.options else spec


def rule_list(user: User, params: QueryDict, today: dt.date) -> ListSpec:
    """The list without lists: what a list by rule may filter by. Three queries at most: branches in scope, managers of
    the chosen ones, tags."""
    scope = scope_of(user)
    branches = branches_in(scope)
    filters = [
        ChoiceFilter("tier", gettext_lazy("Tier"), _words("tier", Tier.values)),
        ChoiceFilter("style", gettext_lazy("Style"), _words("style", Style.values)),
        ChoiceFilter("group", gettext_lazy("Group"), _words("group", Group.values)),
        _risk_filter(today),
        _branch_filter(branches),
        _manager_filter(scope, branches, params),
        _status_filter(),
        tag_filter(),
    ]
    return ListSpec(
        name=NAME,
        columns=_columns(several_branches=len(branches) > 1, several_managers=bool(scope.everything or branches)),
        sorts=SORTS,
        filters=[one for one in filters if one.options],
        search=Search(gettext_lazy("Number, name, initials, phone"), apply=search_clients),
        keys_only=True,
        few=FEW,
        choosable=True,
    )


def branches_in(scope: Scope) -> list[Unit]:
    """The branches in a scope; none for somebody who sees his own clients alone."""
    if not (scope.everything or scope.branch_ids):
        return []
    branches = Unit.objects.branches().only("pk", "code", "name").order_by("code")
    return list(branches if scope.everything else branches.filter(pk__in=scope.branch_ids))


def search_clients(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """The standings of clients that the words find. Raises ValueError with a sentence when they find nothing ever."""
    return rows.filter(understand(words).on_rows(client="client_id", client_no="client_no"))


def understood(words: str) -> SearchedFor | None:
    """What the words of a list look for; None when there are none, or nothing can be looked for by them."""
    try:
        return understand(words) if words else None
    except ValueError:
        return None


def _columns(*, several_branches: bool, several_managers: bool) -> list[Column]:
    columns = [
        Column("number", gettext_lazy("Client number"), sort="number", lead=True),
        Column("name", pgettext_lazy("person", "Name")),
        Column("tier", gettext_lazy("Tier")),
        Column("style", gettext_lazy("Style"), css="col-style"),
        Column("group", gettext_lazy("Group")),
        Column("assets", gettext_lazy("Average assets"), sort="assets", number=True),
        Column("risk", gettext_lazy("Risk")),
        Column("branch", gettext_lazy("Branch")) if several_branches else None,
        Column("manager", gettext_lazy("Customer manager")) if several_managers else None,
        Column("opened", gettext_lazy("Opened on"), sort="opened", css="col-opened"),
        Column("contact", gettext_lazy("Last contact"), css="col-contact"),
        Column("since", gettext_lazy("In this group since"), usual=False),
        Column("valid", gettext_lazy("Risk profile valid until"), usual=False),
        Column("kind", gettext_lazy("Kind of client"), usual=False),
        Column("tags", gettext_lazy("Tags"), usual=False),
    ]
    return [column for column in columns if column is not None]


def column_words() -> dict[str, str]:
    """What every column of the list is called, by its name."""
    return {column.name: str(column.label) for column in _columns(several_branches=True, several_managers=True)}


def _words(kind: str, codes: Sequence[str]) -> list[Option]:
    """Codes with the words of their badges, so that a filter says what the rows say."""
    return [Option(code, badge_of(kind, code).label) for code in codes]


def _risk_filter(today: dt.date) -> ChoiceFilter:
    levels = _words("risk", RiskLevel.values)
    return ChoiceFilter(
        "risk",
        gettext_lazy("Risk"),
        (
            *levels,
            Option(EXPIRED, gettext_lazy("Assessment expired"), condition=Q(risk_until__lt=today)),
            Option(NONE, gettext_lazy("Not assessed"), stored=""),
        ),
        field="risk_level",
    )


def _branch_filter(branches: Sequence[Unit]) -> ChoiceFilter:
    options = [Option(branch.code, branch.name, stored=branch.pk) for branch in branches]
    return ChoiceFilter("branch", gettext_lazy("Branch"), options if len(options) > 1 else (), field="branch_id")


def _manager_filter(scope: Scope, branches: Sequence[Unit], params: QueryDict) -> ChoiceFilter:
    """The managers of the chosen branches, and whoever is chosen already."""
    wanted = set(params.getlist("branch"))
    chosen = [branch.pk for branch in branches if branch.code in wanted] or [branch.pk for branch in branches]
    named = [staff_no for staff_no in params.getlist("manager")[:50] if staff_no and "\0" not in staff_no]
    options: list[Option] = []
    if scope.everything or branches:
        people = _managers(chosen if len(chosen) <= MOST_BRANCHES else [], named)
        options = [Option(staff_no, name, stored=pk) for pk, staff_no, name in people]
    if options or NONE in named:
        options.append(Option(NONE, gettext_lazy("Without a manager"), condition=Q(manager__isnull=True)))
    return ChoiceFilter("manager", gettext_lazy("Customer manager"), options, field="manager_id")


def _managers(branch_ids: Sequence[int], named: Sequence[str]) -> list[tuple[int, str, str]]:
    if not branch_ids and not named:
        return []
    appointed = Appointment.objects.filter(unit_id__in=branch_ids, role__in=MANAGING).values("user_id")
    people = User.objects.filter(Q(pk__in=appointed) | Q(staff_no__in=named))
    return list(people.order_by("staff_no").values_list("pk", "staff_no", "name"))


def _status_filter() -> ChoiceFilter:
    return ChoiceFilter.of(
        "status",
        gettext_lazy("Status"),
        ClientStatus,
        default=(ClientStatus.ACTIVE, ClientStatus.SUSPENDED),
        unset=gettext_lazy("not closed"),
    )


def scope_title(scope: Scope) -> str:
    """What the list is called for somebody with this scope."""
    return _("Clients") if scope.everything or scope.branch_ids else _("My clients")
