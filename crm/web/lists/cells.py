"""The cells of a list, written in Python: fifty lines of a dozen cells are slow in a template."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from crm.web.lists.spec import Column

R = TypeVar("R")


class Cell(NamedTuple, Generic[R]):
    """How one column is written: its content as safe HTML, its class, and whether cards on narrow screens need its
    heading beside it."""

    content: Callable[[R], str]
    css: str = ""
    labelled: bool = True


def drawer(columns: Sequence[Column], cells: Mapping[str, Cell[R]]) -> Callable[[R], SafeString]:
    """What writes the cells of `columns`, in their order, for one line after the other."""
    drawn = [(_opening(column, cells[column.name]), cells[column.name].content) for column in columns]

    def draw(row: R) -> SafeString:
        return SafeString("".join(f"{opening}{content(row)}</td>" for opening, content in drawn))

    return draw


def _opening(column: Column, cell: Cell[R]) -> str:
    css = " ".join(name for name in (cell.css, column.css) if name)
    label = f' data-label="{conditional_escape(str(column.label))}"' if cell.labelled else ""
    return f'<td class="{css}"{label}>' if css else f"<td{label}>"
