"""What of these pages goes into the log of reads (`people.md`): every opened file, every clear name, every search."""

from __future__ import annotations

import datetime as dt

from django.core.cache import cache
from django.http import HttpRequest

from clients.profile.search import Search, understand
from clients.profile.selectors import ClientFile
from crm.access.guards import user_of
from crm.audit.models import ReadKind, ReadLog
from crm.audit.services import record_read
from crm.organisation.models import User
from crm.personal.seal import digest
from crm.web.search import Found

SUBJECT = "client"
RECENT = dt.timedelta(days=14)
RECENT_READS = 200  # rows of the log that are looked through for what somebody opened last
SAME_SECONDS = 60


def log_opened(request: HttpRequest, file: ClientFile, part: str) -> None:
    """A client's page was opened; `part` names the tab. Own clients' name and phone in clear are put down too."""
    by, client_no = user_of(request), file.client.client_no
    record_read(by=by, kind=ReadKind.PAGE, subject=SUBJECT, subject_no=client_no, fields=[part], request=request)
    if file.is_own:
        record_read(
            by=by,
            kind=ReadKind.OWN_CLEAR,
            subject=SUBJECT,
            subject_no=client_no,
            fields=["name", "phone"],
            request=request,
        )


def log_search(request: HttpRequest, search: Search | None, *, found: int) -> None:
    """Somebody looked for clients by name, initials, phone or ID number. Phones and ID numbers are kept masked."""
    if search is not None and search.is_personal:
        record_read(
            by=user_of(request),
            kind=ReadKind.SEARCH,
            subject=SUBJECT,
            fields=search.fields,
            reason=search.masked,
            rows=found,
            request=request,
        )


def log_shown_in_clear(request: HttpRequest, count: int) -> None:
    """A list showed the names of `count` own clients in clear."""
    if count:
        record_read(
            by=user_of(request),
            kind=ReadKind.OWN_CLEAR,
            subject=SUBJECT,
            fields=["name"],
            rows=count,
            request=request,
        )


def note_found(request: HttpRequest, words: str, found: Found) -> None:
    """The search of the product shows clients: by personal data, or own clients in clear (also those opened last).

    It searches while somebody types. The same words that find the same clients are one row a minute: who takes a
    letter back and types it again has read nothing new.
    """
    shown = repr((user_of(request).pk, words, [hit.url for hit in found.hits]))
    key = f"clients:shown:{digest(shown, purpose='cache').hex()}"
    if cache.get(key):
        return
    if words:
        log_search(request, understand(words), found=len(found.hits))
    log_shown_in_clear(request, sum(hit.in_clear for hit in found.hits))
    cache.set(key, True, SAME_SECONDS)


def last_opened(user: User, now: dt.datetime) -> list[str]:
    """The numbers of the clients whose pages `user` opened last, the last one first."""
    opened = ReadLog.objects.filter(by=user, kind=ReadKind.PAGE, subject=SUBJECT, at__gte=now - RECENT)
    return list(dict.fromkeys(opened.order_by("-at").values_list("subject_no", flat=True)[:RECENT_READS]))
