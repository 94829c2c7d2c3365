"""One page of a list, with everything its templates show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language

from crm.web.lists.counts import Count, capped_count
from crm.web.lists.filters import ChoiceFilter
from crm.web.lists.keyset import Cursor, Manner, Order, Slice, fetch, key_of
from crm.web.lists.spec import Column, ListSpec
from crm.web.lists.state import (
    ALL,
    COLUMNS,
    NOTHING_KEPT,
    SORT,
    VIEW,
    Kept,
    ListState,
    default_order,
    lost_place,
    read_state,
)
from crm.web.lists.view_bar import Bar
from crm.web.terms import meaning_of
from crm.web.written import written

M = TypeVar("M", bound=Model)
NOTHING: Slice[Any] = Slice([], before=False, after=False)


class ShownOption(NamedTuple):
    """One choice of a filter as its box shows it."""

    value: str
    label: str
    selected: bool
    number: int | None = None  # of rows that it would leave


@dataclass(frozen=True)
class Heading:
    """A column's heading; `active` is "up", "down" or "" and `url` sorts by it (turned when it is active)."""

    column: Column
    url: str
    active: str

    @property
    def meaning(self) -> str | Promise:
        """What the heading means, where that needs saying."""
        return meaning_of("column", self.column.name)

    @property
    def aria(self) -> str:
        return {"up": "ascending", "down": "descending"}.get(self.active, "")


@dataclass(frozen=True)
class ListPage(Generic[M]):
    """A page: `rows`, `count`, `problems` (sentences about what was left out), and the parts of its templates."""

    state: ListState
    rows: Sequence[M]
    before: bool
    after: bool
    count: Count
    problems: tuple[str, ...]
    bar: Bar | None = None  # of lists that are opened by `open_list`

    @cached_property
    def headings(self) -> list[Heading]:
        return [self._heading(column) for column in self.state.columns]

    def _heading(self, column: Column) -> Heading:
        sort = next((sort for sort in self.state.spec.sorts if sort.name == column.sort), None)
        if sort is None:
            return Heading(column, "", "")
        now = self.state.order
        if now.sort.name != sort.name:
            return Heading(column, self.state.url(order=Order(sort)), "")
        return Heading(column, self.state.url(order=Order(sort, not now.turned)), "down" if now.descending else "up")

    @cached_property
    def chips(self) -> list[dict[str, Any]]:
        """What components/filter_chips.html shows."""
        return [self._chip(one) for one in self.state.spec.filters if one.options]

    def _chip(self, one: ChoiceFilter) -> dict[str, Any]:
        chosen = self.state.chosen[one.name]
        choices = [
            {"label": str(option.label), "clear_url": self.state.url(without=one.name, value=option.value)}
            for option in one.options
            if option.value in chosen
        ]
        options = tuple(ShownOption(code.value, str(code.label), code.value in chosen) for code in one.options)
        comma = "、" if (get_language() or "").startswith("zh") else ", "
        return {
            "name": one.name,
            "label": one.label,
            "single": one.single,
            "unset": one.unset,
            "chosen": comma.join(value["label"] for value in choices),
            "choices": choices,
            "clear_url": self.state.url(without=one.name),
            "options": options,
            "lines": written("components/filter_options.html", name=one.name, single=one.single, options=options),
        }

    @property
    def search(self) -> dict[str, Any] | None:
        search = self.state.spec.search
        return {"name": search.name, "value": self.state.words, "label": search.label} if search else None

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the filter form carries along: the order unless it is the usual one, columns, the view begun with."""
        state = self.state
        pairs = [] if state.order == default_order(state.spec) else [(SORT, state.order.code)]
        if state.columns_said:
            pairs.append((COLUMNS, ",".join(state.column_names)))
        if state.kept.view:
            pairs.append((VIEW, str(state.kept.view)))
        if state.kept.view or state.kept.opens_first:
            pairs.append((ALL, "1"))
        return pairs

    @property
    def clear_url(self) -> str:
        return self.state.url(plain=True) if self.state.is_narrowed else ""

    @property
    def next_url(self) -> str:
        return self._at(self.rows[-1], backwards=False) if self.after and self.rows else ""

    @property
    def previous_url(self) -> str:
        return self._at(self.rows[0], backwards=True) if self.before and self.rows else ""

    @property
    def first_url(self) -> str:
        return self.state.url()

    def _at(self, row: Model, *, backwards: bool) -> str:
        place = Cursor(self.state.context, backwards, key_of(row, self.state.order.sort))
        return self.state.url(cursor=place)


def list_page(
    spec: ListSpec, queryset: QuerySet[M], params: QueryDict, path: str, kept: Kept = NOTHING_KEPT
) -> ListPage[M]:
    """The page of `queryset` that the URL's `params` ask for; `path` is the address of the list without them.

    `queryset` must already be inside the user's scope. Wrong parameters never fail: they are left out, and
    `ListPage.problems` says so. Two queries; three when paging back past the start or from a place that is gone.
    `kept` is what the reader keeps about the list: `crm.web.lists.kept.open_list` knows it.
    """
    state = read_state(spec, params, path, kept)
    rows, problems = matching(state, queryset)
    if spec.few:
        count = capped_count(rows, spec.count_to)
        part = _fetch(rows, state, problems, few=count.number <= state.few) if count.number else NOTHING
    else:
        part = _fetch(rows, state, problems, few=False)
        whole = not (part.before or part.after)
        count = Count(len(part.rows)) if whole else capped_count(rows, spec.count_to)
    return ListPage(state, part.rows, part.before, part.after, count, tuple(problems))


def matching(state: ListState, queryset: QuerySet[M]) -> tuple[QuerySet[M], list[str]]:
    """The rows of `queryset` that the state's filters and words leave, and every problem so far."""
    condition, problems = Q(), list(state.problems)
    for one in state.spec.filters:
        condition &= one.condition(state.chosen[one.name])
    rows = queryset.filter(condition)
    if not state.words or state.spec.search is None:
        return rows, problems
    try:
        return state.spec.search.apply(rows, state.words), problems
    except ValueError as refusal:
        return rows, [*problems, str(refusal)]


def _fetch(rows: QuerySet[M], state: ListState, problems: list[str], *, few: bool) -> Slice[M]:
    """The rows at the cursor; the first page where the cursor leads nowhere (any more)."""
    size, manner = state.spec.page_size, Manner(state.spec.keys_only, few)
    if state.cursor is not None:
        try:
            part = fetch(rows, state.order, state.cursor, size, manner)
        except ValueError:
            part = NOTHING
        if part.rows:
            return part
        problems.append(lost_place())
    return fetch(rows, state.order, None, size, manner)
