"""What waits for one's decision or work, as the top bar of every page says it: an app tells how it is counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.urls import NoReverseMatch, reverse

from crm.organisation.models import User

SECONDS = 30
Count = Callable[[User], str]


@dataclass(frozen=True)
class MyQueue:
    """Where the queue stands, who has one (any of `permissions`), and how it is counted ("" for nothing)."""

    name: str
    permissions: tuple[str, ...]
    count: Count


_queues: list[MyQueue] = []


def my_queue(name: str, *permissions: str) -> Callable[[Count], Count]:
    """Register how the queue at the address `name` is counted, for whoever holds one of `permissions`."""

    def register(count: Count) -> Count:
        _queues.append(MyQueue(name, permissions, count))
        return count

    return register


def queue_of(user: User) -> dict[str, Any] | None:
    """`count` and `url` for the top bar; None for who has no queue. At most one query in half a minute."""
    held = user.get_all_permissions()
    known = next((one for one in _queues if held.intersection(one.permissions)), None)
    if known is None:
        return None
    try:
        url = reverse(known.name)
    except NoReverseMatch:
        return None
    key = f"crm:queue:{user.pk}"
    count: str | None = cache.get(key)
    if count is None:
        count = known.count(user)
        cache.set(key, count, SECONDS)
    return {"count": count, "url": url}


def changed(user_id: int) -> None:
    """What waits for somebody is another number now."""
    cache.delete(f"crm:queue:{user_id}")
