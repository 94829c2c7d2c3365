"""What a list is: its columns, its named sorts, its filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crm.web.lists.counts import CAP
from crm.web.lists.filters import ChoiceFilter, Search, Words
from crm.web.lists.keyset import Sort

PAGE_SIZE = 50


@dataclass(frozen=True)
class Column:
    """A column: its word, the sort behind its heading (empty: it does not sort), whether it holds figures, and a class
    of its own (to leave it out on narrow screens).

    lead    tells which row it is: always shown, always first
    usual   shown unless the reader chose other columns
    """

    name: str
    label: Words
    sort: str = ""
    number: bool = False
    css: str = ""
    lead: bool = False
    usual: bool = True


@dataclass(frozen=True)
class ListSpec:
    """A list as a view declares it. The first sort is the default.

    For tables of a million rows: `keys_only` (see `keyset.Manner`), and `few`: up to so many matches a page is read by
    sorting them all, so that rare rows at the far end of an index cost no walk along it. The count is then made first.

    `choosable`: readers choose and order the columns; the template then writes what `ListState.columns` says.
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
    choosable: bool = False

    def chosen(self, names: Sequence[str]) -> tuple[Column, ...]:
        """The columns called `names` in that order, the lead first; the usual ones when none of them exists."""
        known = {column.name: column for column in self.columns}
        found = [known[name] for name in dict.fromkeys(names) if name in known]
        if not found or not self.choosable:
            return self.usual
        columns = [*(column for column in self.columns if column.lead), *(one for one in found if not one.lead)]
        return tuple(replace(column, css="") for column in columns)  # what was chosen is not left out

    @property
    def usual(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.usual or column.lead)


def names_of(columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)
