"""Who finds what: the finders of all rooms, in the order in which their groups are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise

from crm.organisation.models import User


@dataclass(frozen=True)
class Hit:
    """One thing found: its name, where it is opened, a line that tells it from others, and a badge (kind and code of
    `crm.web.badges`)."""

    title: str | Promise
    url: str
    line: str = ""
    marked: tuple[str, str] | None = None
    exact: bool = False  # what was typed means this one alone
    in_clear: bool = False  # the title is a client's name in clear


@dataclass(frozen=True)
class Found:
    """The best hits of one finder; `more` when others match too, which `all_url` lists.

    `problem` says in a sentence why the words cannot be looked for.
    """

    hits: Sequence[Hit] = ()
    more: bool = False
    all_url: str = ""
    all_label: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Finder:
    """A group of the search.

    permission  who lacks it neither searches nor sees this group; empty: everybody who is signed in
    recent      what this person opened lately, for the empty box
    note        puts down what is about to be shown (`people.md`), before it is; `words` are empty for recent ones
    place       groups come in this order
    """

    name: str
    title: str | Promise
    find: Callable[[User, str, int], Found]
    permission: str = ""
    recent: Callable[[User, int], Found] | None = None
    note: Callable[[HttpRequest, str, Found], None] | None = None
    place: int = 50


_finders: dict[str, Finder] = {}


def register(finder: Finder) -> None:
    """Add a group to the search. Raises ValueError for a name that is taken."""
    if finder.name in _finders:
        raise ValueError(f"a finder named {finder.name!r} is registered already")
    _finders[finder.name] = finder


def finders_for(user: User) -> list[Finder]:
    """The finders whose permission `user` holds, in order."""
    open_to = (one for one in _finders.values() if not one.permission or user.has_perm(one.permission))
    return sorted(open_to, key=lambda one: (one.place, one.name))
