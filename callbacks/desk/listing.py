"""The lists of calls: what is open, in the order of the queue, and what has ended; as one person may filter them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy, pgettext_lazy

from callbacks.calls.choices import OPEN, CallState, Form, Hold, ReasonKind
from callbacks.calls.models import Call, CallReason, OutcomeCode
from callbacks.calls.units import acts_as, pools_of
from callbacks.desk.offered import BRANCHES, CENTRE, PLANS, people_offered
from clients.desk.listing import branches_in
from clients.profile.search import understand
from clients.segmentation.choices import Tier
from crm.access.scope import Scope, scope_of
from crm.organisation.models import Unit, User
from crm.web.badges import badge_of
from crm.web.figures import is_chinese
from crm.web.lists import ChoiceFilter, Column, ListSpec, Option, Search, Sort
from crm.worktime.arithmetic import SHANGHAI

OPEN_CALLS, ENDED_CALLS = "calls", "calls-ended"
COUNT_TO = 1_000  # two filters together may match one call in ten that is counted
FEW = 900  # matches among a million that are faster sorted than met on a walk along an index; below COUNT_TO
FEW_BY_INDEX = 300  # where an index in the order wanted stands behind every filter
WHOSE, NOBODY, NONE = "whose", "nobody", "none"
MINE, TEAM, BRANCH, OWN = "mine", "team", "branch", "own"

URGENCY = Sort("urgency", gettext_lazy("Urgency"), "rank", tie=("due_at", "pk"), few=FEW_BY_INDEX)
DUE = Sort("due", gettext_lazy("Due"), "due_at")
ENDED = Sort("ended", gettext_lazy("Ended"), "ended_at", descending=True, filled=True)


@dataclass(frozen=True)
class WalkedFilter(ChoiceFilter):
    """A filter without an index in the order wanted: few matches are sorted rather than met on a long walk."""

    by_column: ClassVar[bool] = False


@dataclass(frozen=True)
class ElsewhereFilter(ChoiceFilter):
    """A filter whose answer stands in another table: the calls with such a row, looked up call by call."""

    rows: Callable[[Sequence[str]], Q] = lambda chosen: Q()
    by_column: ClassVar[bool] = False

    def condition(self, chosen: Sequence[str]) -> Q:
        return self.rows(chosen) if chosen else Q()


def open_calls(user: User) -> QuerySet[Call]:
    """The open calls in the person's scope."""
    return Call.objects.visible_to(user).filter(state__in=OPEN)


def ended_calls(user: User) -> QuerySet[Call]:
    """The ended calls in the person's scope."""
    return Call.objects.visible_to(user).exclude(state__in=OPEN)


def open_list_of(user: User, params: QueryDict, at: dt.datetime) -> ListSpec:
    """The list of open calls as `user` may filter it at `at`. Two queries at most beside what is remembered."""
    common = _Common.of(user, params)
    filters = [
        common.whose(user),
        ChoiceFilter.of("reason", gettext_lazy("Reason"), ReasonKind, field="kind"),
        WalkedFilter("state", gettext_lazy("State"), _open_states()),
        _due_filter(at),
        _held_filter(),
        *common.filters(),
        WalkedFilter.of("form", gettext_lazy("Form"), Form),
    ]
    return _spec(OPEN_CALLS, (URGENCY, DUE), filters, common, ended=False)


def ended_list_of(user: User, params: QueryDict, at: dt.datetime) -> ListSpec:
    """The list of ended calls as `user` may filter it at `at`. One query more than the list of open ones."""
    common = _Common.of(user, params)
    filters = [
        common.whose(user),
        ChoiceFilter.of("reason", gettext_lazy("Reason"), ReasonKind, field="kind"),
        ChoiceFilter("state", gettext_lazy("State"), _states(CallState.DONE, CallState.LAPSED, CallState.WITHDRAWN)),
        _ended_filter(at),
        _outcome_filter(),
        *common.filters(ended=True),
        ChoiceFilter.of("form", gettext_lazy("Form"), Form),
    ]
    return _spec(ENDED_CALLS, (ENDED,), filters, common, ended=True)


def _spec(
    name: str, sorts: Sequence[Sort], filters: Sequence[ChoiceFilter], common: _Common, *, ended: bool
) -> ListSpec:
    return ListSpec(
        name=name,
        columns=_columns(several_branches=len(common.branches) > 1, ended=ended),
        sorts=sorts,
        filters=[one for one in filters if one.options],
        search=Search(gettext_lazy("Number, name, initials, phone"), apply=search_calls),
        keys_only=True,
        count_to=COUNT_TO,
        few=FEW,
        choosable=True,
    )


def search_calls(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """The calls to clients whom the words find. Raises ValueError with a sentence when they find nothing ever."""
    return rows.filter(understand(words).on_rows(client="client_id", client_no="client__client_no"))


def _columns(*, several_branches: bool, ended: bool) -> list[Column]:
    """The columns of either list: what differs is when it is due against when and how it ended."""
    middle = (
        [
            Column("ended", gettext_lazy("Ended"), sort="ended"),
            Column("state", gettext_lazy("State")),
            Column("outcome", gettext_lazy("Outcome")),
            Column("ended_by", gettext_lazy("By whom")),
            Column("due", gettext_lazy("Due"), usual=False),
        ]
        if ended
        else [
            Column("due", gettext_lazy("Due"), sort="due"),
            Column("state", gettext_lazy("State")),
            Column("assignee", gettext_lazy("Assigned to")),
            Column("urgency", gettext_lazy("Urgency"), sort="urgency", number=True, usual=False),
        ]
    )
    return [
        Column("number", gettext_lazy("Client number"), lead=True),
        Column("name", pgettext_lazy("person", "Name")),
        Column("why", gettext_lazy("Why")),
        *middle,
        Column("tries", pgettext_lazy("column", "Tries"), number=True),
        Column("last_try", gettext_lazy("Last try"), css="col-contact"),
        Column("tier", gettext_lazy("Tier"), usual=False),
        Column("branch", gettext_lazy("Branch"), usual=several_branches, css="col-opened"),
        Column("unit", gettext_lazy("Who calls"), usual=False),
        Column("form", gettext_lazy("Form"), usual=False),
        Column("made", gettext_lazy("Made"), usual=False),
        Column("skips", gettext_lazy("Skipped"), number=True, usual=False),
    ]


def _open_states() -> list[Option]:
    """What is worked on is few, and has an index of its own."""
    waiting, claimed = _states(CallState.WAITING, CallState.CLAIMED)
    condition = Q(state=CallState.CLAIMED, claimed_by__isnull=False)
    return [waiting, Option(claimed.value, claimed.label, condition=condition)]


def _states(*states: CallState) -> list[Option]:
    return [Option(str(state), badge_of("call", state).label) for state in states]


@dataclass(frozen=True)
class _Common:
    """What both lists offer: whose calls, where, who, which tier, made by which plan."""

    scope: Scope
    branches: Sequence[Unit]
    centre: Unit | None
    people: Sequence[tuple[int, str, str]]
    plans: Sequence[tuple[int, str, str]]

    @classmethod
    def of(cls, user: User, params: QueryDict) -> _Common:
        """Two queries at most: branches in scope, people of the chosen units; the rest is remembered."""
        scope = scope_of(user)
        branches = BRANCHES() if scope.everything else branches_in(scope)
        centre = CENTRE() if scope.everything else None
        return cls(scope, branches, centre, people_offered(scope, branches, centre, params), PLANS())

    def filters(self, *, ended: bool = False) -> list[ChoiceFilter]:
        who = "ended_by" if ended else "assignee"
        word = gettext_lazy("By whom") if ended else gettext_lazy("Assigned to")
        people = [Option(staff_no, name, stored=pk) for pk, staff_no, name in self.people]
        if not ended:
            people.append(Option(NOBODY, gettext_lazy("Nobody"), condition=Q(assignee__isnull=True)))
        return [
            ChoiceFilter("branch", gettext_lazy("Branch"), self._branch_options(), field="branch_id"),
            ChoiceFilter("unit", gettext_lazy("Who calls"), self._unit_options(), field="unit_id"),
            ChoiceFilter(who, word, people, field=f"{who}_id"),
            ElsewhereFilter("tier", gettext_lazy("Tier"), _tiers(), rows=_of_tier),
            ElsewhereFilter(
                "plan",
                gettext_lazy("Plan"),
                [Option(code, name) for _pk, code, name in self.plans],
                rows=self._made_by,
            ),
        ]

    def whose(self, user: User) -> ChoiceFilter:
        """The tabs of the list: no choice is everything in scope."""
        ids, pools = acts_as(user), pools_of(user)
        mine = Q(assignee__in=ids) | Q(claimed_by__in=ids)
        options = [Option(MINE, gettext_lazy("Mine"), condition=mine)]
        if pools:
            options.append(Option(TEAM, gettext_lazy("My team"), condition=Q(unit__in=pools)))
        if self.scope.branch_ids and not self.scope.everything:
            branch = Q(branch__in=sorted(self.scope.branch_ids))
            options.append(Option(BRANCH, gettext_lazy("Branch"), condition=branch))
        elif self.scope.manager_ids and not self.scope.everything:
            own = Q(client__manager__in=sorted(self.scope.manager_ids))
            options.append(Option(OWN, gettext_lazy("My clients"), condition=own))
        return ChoiceFilter(WHOSE, gettext_lazy("Whose"), options, single=True)

    def _branch_options(self) -> list[Option]:
        options = [Option(branch.code, branch.name, stored=branch.pk) for branch in self.branches]
        return options if len(options) > 1 else []

    def _unit_options(self) -> list[Option]:
        units = [unit for unit in (self.centre, *self.branches) if unit is not None]
        return [Option(unit.code, unit.name, stored=unit.pk) for unit in units] if len(units) > 1 else []

    def _made_by(self, chosen: Sequence[str]) -> Q:
        wanted = [pk for pk, code, _name in self.plans if code in chosen]
        return Q(Exists(CallReason.objects.filter(call=OuterRef("pk"), plan__in=wanted)))


def _tiers() -> list[Option]:
    return [Option(code, badge_of("tier", code).label) for code in Tier.values]


def _of_tier(chosen: Sequence[str]) -> Q:
    return Q(client__standing__tier__in=list(chosen))


def _outcome_filter() -> ChoiceFilter:
    """One query."""
    name = "label_zh" if is_chinese() else "label_en"
    codes = OutcomeCode.objects.order_by("order", "code").values_list("pk", "code", name)
    options = [Option(code, label, stored=pk) for pk, code, label in codes]
    options.append(Option(NONE, gettext_lazy("Without an outcome"), condition=Q(outcome__isnull=True)))
    return ChoiceFilter("outcome", gettext_lazy("Outcome"), options, field="outcome_id")


def _held_filter() -> ChoiceFilter:
    held = [Option(str(code), word) for code, word in Hold.choices if code]
    skipped = Option("skipped", gettext_lazy("Skipped at least once"), condition=Q(skips__gt=0))
    none = Option(NONE, gettext_lazy("Not held back"), condition=Q(hold=""))
    return WalkedFilter("held", gettext_lazy("Held back"), (*held, skipped, none), field="hold")


def day_begins(day: dt.date) -> dt.datetime:
    """When a day begins in the firm's time zone."""
    return dt.datetime.combine(day, dt.time(), SHANGHAI)


def _due_filter(at: dt.datetime) -> ChoiceFilter:
    today = at.astimezone(SHANGHAI).date()
    tomorrow, monday = day_begins(today + dt.timedelta(days=1)), today + dt.timedelta(days=7 - today.weekday())
    options = (
        Option("overdue", gettext_lazy("Overdue"), condition=Q(due_at__lte=at)),
        Option("today", pgettext_lazy("due", "Today"), condition=Q(due_at__gt=at, due_at__lt=tomorrow)),
        Option("week", pgettext_lazy("due", "This week"), condition=Q(due_at__gt=at, due_at__lt=day_begins(monday))),
    )
    return WalkedFilter("due", gettext_lazy("Due"), options)


def _ended_filter(at: dt.datetime) -> ChoiceFilter:
    today = at.astimezone(SHANGHAI).date()
    monday = today - dt.timedelta(days=today.weekday())
    days = (
        ("today", pgettext_lazy("due", "Today"), today),
        ("week", pgettext_lazy("due", "This week"), monday),
        ("month", pgettext_lazy("due", "This month"), today.replace(day=1)),
    )
    options = [Option(code, word, condition=Q(ended_at__gte=day_begins(day))) for code, word, day in days]
    return ChoiceFilter("ended", gettext_lazy("Ended"), options)
