"""Which forms have drafts, and who may have one of what. Rooms register theirs in a module `drafts`, at start-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.access.guards import check

if TYPE_CHECKING:
    from crm.organisation.models import User

InScope = Callable[["User", str], bool]


class OutOfReach(LookupError):
    """There is no such form, or what it is about lies outside the person's scope."""


@dataclass(frozen=True)
class Kind:
    """One form. `in_scope(user, key)` tells whether its object is there for the person."""

    name: str
    permission: str
    in_scope: InScope


_kinds: dict[str, Kind] = {}


def draft_kind(name: str, *, permission: str, in_scope: InScope) -> None:
    """Let a form have drafts: whoever holds `permission`, of every object in his scope. ValueError for a name taken."""
    if name in _kinds:
        raise ValueError(f"two forms with drafts of kind {name}")
    _kinds[name] = Kind(name, permission, in_scope)


def check_reach(user: User, kind: str, key: str) -> None:
    """Raises OutOfReach, or PermissionDenied for a form that `user` may not fill in."""
    known = _kinds.get(kind)
    if known is None or "\0" in key or not known.in_scope(user, key):
        raise OutOfReach(kind)
    check(user, known.permission)


def forget_kind(name: str) -> None:
    """Take a form out (tests)."""
    _kinds.pop(name, None)
