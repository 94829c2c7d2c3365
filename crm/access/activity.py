"""When a session was last used by a person, and whether it is locked.

Kept in the cache, so that a page costs no write; once a minute in the session's row, which the list of sessions shows
and from which an emptied cache is filled.
"""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

WRITTEN_EVERY = 60.0
NOTED_EVERY = 5.0
LOCKED = "locked"


def _key(request: HttpRequest) -> str:
    return f"crm:seen:{request.session.session_key}"


def is_locked(request: HttpRequest) -> bool:
    """Whether the password must be given again: the session was idle for too long, or was locked by hand."""
    if request.session.get(LOCKED):
        return True
    seen, _written = _seen(request)
    if timezone.now().timestamp() - seen > settings.IDLE_LOCK_SECONDS:
        lock(request)
        return True
    return False


def lock(request: HttpRequest) -> None:
    request.session[LOCKED] = True


def unlock(request: HttpRequest) -> None:
    request.session.pop(LOCKED, None)
    touch(request)


def touch(request: HttpRequest) -> None:
    """A person did something just now."""
    now = timezone.now()
    last, written = _seen(request)
    if now.timestamp() - written > WRITTEN_EVERY:
        written = now.timestamp()
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now)
    elif 0 <= now.timestamp() - last < NOTED_EVERY:
        return
    _keep(request, now.timestamp(), written)


def _seen(request: HttpRequest) -> tuple[float, float]:
    """The instants of the last use and of the last write into the session's row."""
    kept: tuple[float, float] | None = getattr(request, "_seen", None) or cache.get(_key(request))
    if kept is None:
        row = UserSession.objects.filter(session_key=request.session.session_key)
        at = row.values_list("last_seen_at", flat=True).first()
        if at is None:  # its row was purged: it begins anew
            UserSession.objects.create_from_request(request)
            at = timezone.now()
        kept = _keep(request, at.timestamp(), at.timestamp())
    request._seen = kept  # type: ignore[attr-defined]
    return kept


def _keep(request: HttpRequest, seen: float, written: float) -> tuple[float, float]:
    cache.set(_key(request), (seen, written), settings.SESSION_COOKIE_AGE)
    return seen, written
