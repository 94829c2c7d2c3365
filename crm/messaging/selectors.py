"""Notices and messages as pages show them."""

from __future__ import annotations

from django.core.cache import cache
from django.db.models import QuerySet

from crm.messaging.models import Message, Notice
from crm.organisation.models import User

NEWEST = 100
COUNT_TO = 99
COUNT_SECONDS = 60


def count_key(user_id: int) -> str:
    """Under which the cache keeps how many notices wait; dropped whenever that changes."""
    return f"crm:notices:{user_id}"


def unread_count(user: User) -> int:
    """How many notices wait for `user`, up to 99; at most one query a minute."""
    found: int | None = cache.get(count_key(user.pk))
    if found is None:
        found = Notice.objects.visible_to(user).unread()[:COUNT_TO].count()
        cache.set(count_key(user.pk), found, COUNT_SECONDS)
    return found


def newest_notices(user: User) -> QuerySet[Notice]:
    """The newest hundred, those not yet read first among equals of a page."""
    return Notice.objects.visible_to(user).order_by("-created_at", "-pk")[:NEWEST]


def newest_messages(state: str = "") -> QuerySet[Message]:
    """The newest hundred messages of the outbox, all or those in one state."""
    messages = Message.objects.select_related("template", "by").order_by("-created_at", "-pk")
    return (messages.filter(state=state) if state else messages)[:NEWEST]
