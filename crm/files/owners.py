"""What a stored file belongs to. Rooms that keep files say so, for whoever is told that one is damaged."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from crm.files.models import StoredFile


class Owner(NamedTuple):
    """A thing in words, in the language that is active, and its page."""

    label: str
    url: str


Find = Callable[["StoredFile"], list[Owner]]

_finders: dict[str, Find] = {}


def owners(name: str) -> Callable[[Find], Find]:
    """Register a function that finds what of its room a file belongs to. Raises ValueError for a taken name."""

    def register(find: Find) -> Find:
        if name in _finders:
            raise ValueError(f"owners of files are found twice for {name}")
        _finders[name] = find
        return find

    return register


def owners_of(stored: StoredFile) -> list[Owner]:
    """Everything a file belongs to; empty when no room knows it."""
    return [owner for find in _finders.values() for owner in find(stored)]


def forget(name: str) -> None:
    """Take a finder out (tests)."""
    _finders.pop(name, None)
