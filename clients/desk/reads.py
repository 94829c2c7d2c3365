"""What of these pages goes into the log of reads (`people.md`): every opened file, every clear name, every search."""

from __future__ import annotations

from django.http import HttpRequest

from clients.profile.search import Search
from clients.profile.selectors import ClientFile
from crm.access.guards import user_of
from crm.audit.models import ReadKind
from crm.audit.services import record_read

SUBJECT = "client"


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
