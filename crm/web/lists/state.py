"""What the URL says about a list, checked; and the URLs of what could be shown instead."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.web.lists.filters import SHOWN_MAX
from crm.web.lists.keyset import Cursor, Order
from crm.web.lists.spec import ListSpec

SORT = "sort"
CURSOR = "at"


@dataclass(frozen=True)
class ListState:
    """A list as the URL asks for it: order, chosen filters, words looked for, place; and what was not understood."""

    spec: ListSpec
    path: str
    order: Order
    chosen: Mapping[str, tuple[str, ...]]
    words: str
    cursor: Cursor | None
    problems: tuple[str, ...]

    @property
    def context(self) -> str:
        """What a cursor belongs to: this list in this order with these filters."""
        return context_of(self.spec, self.order, self.chosen, self.words)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or any(self.chosen.values()))

    def url(
        self,
        *,
        order: Order | None = None,
        without: str | None = None,
        plain: bool = False,
        cursor: Cursor | None = None,
    ) -> str:
        """The address of this list with something else: another order, one filter less (`without` its name), no
        filter at all (`plain`), another place. A new order or filter begins at the first page."""
        order = order or self.order
        pairs: list[tuple[str, str]] = []
        if self.words and not plain and self.spec.search and without != self.spec.search.name:
            pairs.append((self.spec.search.name, self.words))
        if not plain:
            pairs += [(name, value) for name, values in self.chosen.items() if name != without for value in values]
        if order != default_order(self.spec):
            pairs.append((SORT, order.code))
        if cursor is not None:
            pairs.append((CURSOR, cursor.sign()))
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path


def default_order(spec: ListSpec) -> Order:
    return Order(spec.sorts[0])


def read_state(spec: ListSpec, params: QueryDict, path: str) -> ListState:
    """Read the URL's parameters. Whatever does not fit is left out and named in `problems`."""
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
    return ListState(spec, path, order, chosen, words, cursor, tuple(problems))


def lost_place() -> str:
    return _("The address of this page no longer fits the list; this is its first page.")


def _read_order(spec: ListSpec, code: str, problems: list[str]) -> Order:
    if not code:
        return default_order(spec)
    turned, name = code.startswith("-"), code.removeprefix("-")
    found = next((sort for sort in spec.sorts if sort.name == name), None)
    if found is None:
        shown = code.replace("\0", "")[:SHOWN_MAX]
        problems.append(_("This list cannot be sorted by “%(sort)s”.") % {"sort": shown})
        return default_order(spec)
    return Order(found, turned)


def context_of(spec: ListSpec, order: Order, chosen: Mapping[str, tuple[str, ...]], words: str) -> str:
    """A short fingerprint of list, order and filters."""
    text = repr((spec.name, order.code, sorted(chosen.items()), words))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]
