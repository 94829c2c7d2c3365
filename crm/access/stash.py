"""What somebody sent while the page was locked: kept in the session, offered again after the password."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

KEY = "stashed"
MOST_CHARACTERS = 200_000


@dataclass(frozen=True)
class Stash:
    """A form: where it was going, and its fields (names may repeat). Files are not kept."""

    url: str
    fields: list[tuple[str, str]]


def put(request: HttpRequest) -> bool:
    """Keep the form that `request` carries. False for none, or one too large to keep."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values if not _is_secret(name)]
    if request.method != "POST" or not fields or sum(map(len, map("".join, fields))) > MOST_CHARACTERS:
        return False
    request.session[KEY] = {"url": request.get_full_path(), "fields": fields}
    return True


def _is_secret(name: str) -> bool:
    return name == "csrfmiddlewaretoken" or "password" in name or name == "code"


def peek(request: HttpRequest) -> Stash | None:
    kept = request.session.get(KEY)
    return Stash(kept["url"], [(name, value) for name, value in kept["fields"]]) if kept else None


def is_new(request: HttpRequest) -> bool:
    """Whether something is kept that was not offered yet."""
    return KEY in request.session and not request.session[KEY].get("offered")


def offer(request: HttpRequest) -> Stash | None:
    """What is kept, marked as offered. It stays until it is thrown away or something else is kept: pages reload."""
    kept = peek(request)
    if kept:
        request.session[KEY] = request.session[KEY] | {"offered": True}
    return kept


def drop(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
