"""What a search, or the empty box, shows: the groups that found something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from crm.access.guards import user_of
from crm.organisation.models import User
from crm.web.search.registry import Finder, Found, Hit, finders_for


@dataclass(frozen=True)
class Group:
    """The hits of one finder."""

    finder: Finder
    found: Found


@dataclass(frozen=True)
class Results:
    """Hits by group. `problem`: why nothing could be looked for at all."""

    words: str
    groups: tuple[Group, ...]
    problem: str = ""

    @property
    def hits(self) -> list[Hit]:
        return [hit for group in self.groups for hit in group.found.hits]

    @property
    def is_more(self) -> bool:
        return any(group.found.more for group in self.groups)

    @property
    def only(self) -> Hit | None:
        """The one thing that the words mean: a whole number, or the only hit."""
        exact = [hit for hit in self.hits if hit.exact] or ([] if self.is_more else self.hits)
        return exact[0] if len(exact) == 1 else None


def look_for(request: HttpRequest, words: str, limit: int) -> Results:
    """Search everything that the signed-in person may see for `words`, at most `limit` hits a group.

    What is found is put down before it is returned: whoever calls this shows it.
    """
    found = _ask(user_of(request), lambda user, finder: finder.find(user, words, limit))
    groups = _noted(request, words, found)
    problem = next((one.problem for _finder, one in found if one.problem), "") if not groups else ""
    return Results(words, groups, problem)


def lately(request: HttpRequest, limit: int) -> Results:
    """What the signed-in person opened lately, at most `limit` a group; put down like what is found."""
    found = _ask(user_of(request), lambda user, finder: finder.recent(user, limit) if finder.recent else Found())
    return Results("", _noted(request, "", found))


def _ask(user: User, question: Callable[[User, Finder], Found]) -> list[tuple[Finder, Found]]:
    return [(finder, question(user, finder)) for finder in finders_for(user)]


def _noted(request: HttpRequest, words: str, found: list[tuple[Finder, Found]]) -> tuple[Group, ...]:
    """The groups to show. A search that found nobody is a search too, and is put down as well."""
    for finder, one in found:
        if finder.note and not one.problem:
            finder.note(request, words, one)
    return tuple(Group(finder, one) for finder, one in found if one.hits)
