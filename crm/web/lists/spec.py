"""What a list is: its columns, its named sorts, its filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm.web.lists.counts import CAP
from crm.web.lists.filters import ChoiceFilter, Search, Words
from crm.web.lists.keyset import Sort

PAGE_SIZE = 50


@dataclass(frozen=True)
class Column:
    """A column: its word, the sort behind its heading (empty: it does not sort), whether it holds figures, and a class
    of its own (to leave it out on narrow screens)."""

    name: str
    label: Words
    sort: str = ""
    number: bool = False
    css: str = ""


@dataclass(frozen=True)
class ListSpec:
    """A list as a view declares it. The first sort is the default.

    For tables of a million rows: `keys_only` (see `keyset.Manner`), and `few`: up to so many matches a page is read by
    sorting them all, so that rare rows at the far end of an index cost no walk along it. The count is then made first.
    """

    name: str
    columns: Sequence[Column]
    sorts: Sequence[Sort]
    filters: Sequence[ChoiceFilter] = ()
    search: Search | None = None
    page_size: int = PAGE_SIZE
    count_to: int = CAP
    keys_only: bool = False
    few: int = 0
