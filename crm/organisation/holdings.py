"""What a person holds and must hand over when he leaves. Rooms register what is theirs; all is counted together."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.functional import Promise

from crm.organisation.models import User

Count = Callable[[User], int]


@dataclass(frozen=True)
class Holding:
    """So many of one kind of thing, e.g. 214 clients."""

    label: str
    count: int


_kinds: dict[str, tuple[str | Promise, Count]] = {}


def holding(code: str, label: str | Promise) -> Callable[[Count], Count]:
    """Register a function that counts what a person holds of one kind. It must not depend on his being in service."""

    def register(count: Count) -> Count:
        _kinds[code] = (label, count)
        return count

    return register


def holdings_of(person: User, *, but: Collection[str] = ()) -> list[Holding]:
    """All a person holds, kinds without any left out, and those with the codes in `but`."""
    found = [Holding(str(label), count(person)) for code, (label, count) in _kinds.items() if code not in but]
    return [held for held in found if held.count]
