"""What the URL says about a list, checked; and the URLs of what could be shown instead."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.web.lists.filters import SHOWN_MAX
from crm.web.lists.keyset import Cursor, Order
from crm.web.lists.spec import Column, ListSpec, names_of

SORT = "sort"
CURSOR = "at"
COLUMNS = "cols"  # names with commas between, in the order wanted
VIEW = "view"  # the saved view that the page began with
ALL = "all"  # nothing is filtered, and it is meant: else the view that opens first would open
OF_THE_KIT = (SORT, CURSOR, COLUMNS, VIEW, ALL)


@dataclass(frozen=True)
class Kept:
    """What a reader keeps about a list, beside the address: the view he opened, his columns (empty: the usual ones),
    and whether a view opens first when the address asks for nothing."""

    view: int | None = None
    columns: tuple[str, ...] = ()
    opens_first: bool = False


NOTHING_KEPT = Kept()


@dataclass(frozen=True)
class ListState:
    """A list as the URL asks for it: order, chosen filters, words looked for, place, columns; and what was not
    understood."""

    spec: ListSpec
    path: str
    order: Order
    chosen: Mapping[str, tuple[str, ...]]
    words: str
    cursor: Cursor | None
    problems: tuple[str, ...]
    columns: tuple[Column, ...]
    columns_said: bool = False  # by the address itself
    kept: Kept = NOTHING_KEPT

    @property
    def context(self) -> str:
        """What a cursor belongs to: this list in this order with these filters."""
        return context_of(self.spec, self.order, self.chosen, self.words)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or any(self.chosen.values()))

    @property
    def few(self) -> int:
        """Up to how many matches a page is read by sorting them all: the order's own number while the list's columns
        alone narrow it, which is what its indexes know."""
        own = self.order.sort.few
        elsewhere = self.words or any(self.chosen[one.name] for one in self.spec.filters if not one.by_column)
        return self.spec.few if own is None or elsewhere else own

    @property
    def column_names(self) -> tuple[str, ...]:
        return names_of(self.columns)

    @property
    def query(self) -> str:
        """Filters, words and order as a query string: the rows of all pages, whoever opens it wherever."""
        return urlencode(self._pairs(self.order))

    @property
    def query_to_keep(self) -> str:
        """As `query`, without the words looked for, which may be somebody's phone number."""
        return urlencode(self._pairs(self.order, without=self.spec.search.name if self.spec.search else None))

    def url(
        self,
        *,
        order: Order | None = None,
        without: str | None = None,
        value: str | None = None,
        plain: bool = False,
        cursor: Cursor | None = None,
        columns: bool = True,
    ) -> str:
        """The address of this list with something else: another order, one filter less (`without` its name; with
        `value` that choice alone), no filter at all (`plain`), another place, or the `columns` left to what the
        reader keeps. A new order or filter begins at the first page."""
        pairs = self._pairs(order or self.order, without=without, value=value, plain=plain)
        if columns and self.columns_said:
            pairs.append((COLUMNS, ",".join(self.column_names)))
        view = None if plain else self.kept.view
        if not pairs and (view or self.kept.opens_first):
            pairs.append((ALL, "1"))
        if view:
            pairs.append((VIEW, str(view)))
        if cursor is not None:
            pairs.append((CURSOR, cursor.sign()))
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    def _pairs(
        self, order: Order, *, without: str | None = None, value: str | None = None, plain: bool = False
    ) -> list[tuple[str, str]]:
        pairs: list[tuple[str, str]] = []
        if self.words and not plain and self.spec.search and without != self.spec.search.name:
            pairs.append((self.spec.search.name, self.words))
        if not plain:
            filters = [(name, one) for name, values in self.chosen.items() for one in values]
            pairs += [pair for pair in filters if pair[0] != without or (value is not None and pair[1] != value)]
        if order != default_order(self.spec):
            pairs.append((SORT, order.code))
        return pairs


def default_order(spec: ListSpec) -> Order:
    return Order(spec.sorts[0])


def read_state(spec: ListSpec, params: QueryDict, path: str, kept: Kept = NOTHING_KEPT) -> ListState:
    """Read the URL's parameters. Whatever does not fit is left out and named in `problems`.

    Of the columns that a reader keeps those are shown that he still has; a branch more or less is no problem.
    """
    problems: list[str] = []
    chosen: dict[str, tuple[str, ...]] = {}
    for one in spec.filters:
        chosen[one.name], refused = one.parse(params.getlist(one.name))
        problems += refused
    words = spec.search.clean(params.get(spec.search.name, "")) if spec.search else ""
    order = _read_order(spec, params.get(SORT, ""), problems)
    cursor = None
    if place := params.get(CURSOR):
        cursor = Cursor.read(place, context_of(spec, order, chosen, words))
        if cursor is None:
            problems.append(lost_place())
    said = _read_columns(spec, params.get(COLUMNS, ""), problems)
    columns = spec.chosen(said or kept.columns)
    return ListState(spec, path, order, chosen, words, cursor, tuple(problems), columns, bool(said), kept)


def read_whole(spec: ListSpec, params: QueryDict) -> ListState:
    """Read a filter for more than showing it: what the list does not offer (any more) is a problem too, because a
    filter that is passed over would let in whom nobody meant. A view's number is such a filter; columns are none."""
    state = read_state(spec, params, "")
    return replace(state, problems=(*state.problems, *strays(spec, params, (SORT, COLUMNS))))


def strays(spec: ListSpec, params: QueryDict, known: Collection[str]) -> list[str]:
    """A sentence for each of the parameters that is neither a filter of the list nor its search nor `known`."""
    own = [one.name for one in (*spec.filters, spec.search) if one is not None]
    unknown = [name for name in params if name not in {*own, *known}]
    return [_("This list has no filter “%(filter)s” any more.") % {"filter": _short(name)} for name in unknown[:3]]


def lost_place() -> str:
    return _("The address of this page no longer fits the list; this is its first page.")


def _read_order(spec: ListSpec, code: str, problems: list[str]) -> Order:
    if not code:
        return default_order(spec)
    turned, name = code.startswith("-"), code.removeprefix("-")
    found = next((sort for sort in spec.sorts if sort.name == name), None)
    if found is None:
        problems.append(_("This list cannot be sorted by “%(sort)s”.") % {"sort": _short(code)})
        return default_order(spec)
    return Order(found, turned)


def _read_columns(spec: ListSpec, text: str, problems: list[str]) -> tuple[str, ...]:
    """The columns that the address names, without those that this list lacks."""
    if not text or not spec.choosable:
        return ()
    names = [name for name in text.split(",") if name]
    unknown = [name for name in names if name not in {column.name for column in spec.columns}]
    problems += [_("This list has no column “%(column)s”.") % {"column": _short(name)} for name in unknown[:3]]
    return tuple(name for name in names if name not in unknown)


def _short(text: str) -> str:
    return text.replace("\0", "")[:SHOWN_MAX]


def context_of(spec: ListSpec, order: Order, chosen: Mapping[str, tuple[str, ...]], words: str) -> str:
    """A short fingerprint of list, order and filters."""
    text = repr((spec.name, order.code, sorted(chosen.items()), words))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]
