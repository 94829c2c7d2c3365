"""The lists of clients, of promises and of what changed overnight as files: what the pages show, with exact amounts and
whole days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from clients.contacts import filters as promise_lists
from clients.contacts.models import FollowUp
from clients.desk import changes, contact_figures
from clients.desk.listing import NAME, branches_in, client_list, understood
from clients.desk.promises import RELATED, Line, each_line
from clients.desk.rows import READ_FROM_STANDING, Found, branch_short, last_contact
from clients.lists.models import ClientTag
from clients.profile.choices import ClientKind
from clients.profile.policies import own_manager_ids, shown_name
from clients.segmentation.models import SegmentChange, Standing
from clients.segmentation.selectors import current_run
from clients.suitability.choices import level_short
from crm.access.scope import scope_of
from crm.exports.errors import ExportRefused
from crm.exports.registry import Asked, Exporter, Extract, Kind, register
from crm.organisation.models import User
from crm.web.badges import badge_of
from crm.web.lists import ListSpec
from crm.web.lists.exporting import CHUNK, Cell, ListSource, export_list
from crm.web.templatetags.ui import names


class Taken(NamedTuple):
    """A client as read, and how he is shown to whom the file is for."""

    one: Found
    is_own: bool
    today: dt.date
    tags: Sequence[str] | None


def _risk(taken: Taken) -> str:
    level, until = level_short(taken.one.risk), taken.one.risk_until
    return f"{level} {_('expired')}" if until is not None and until < taken.today else level


def _name(taken: Taken) -> str:
    return shown_name(taken.one.name, taken.one.kind, clear=taken.is_own)


def _word(kind: str, code: str) -> str:
    return _translated(kind, code, get_language()) if code else ""


@lru_cache(maxsize=1024)
def _translated(kind: str, code: str, language: str | None) -> str:
    """The same few words stand in a hundred thousand rows; the language is part of the key because the word is."""
    return str(badge_of(kind, code).label)


# The list marks who is suspended or closed beside the name; the file says it in a column of its own.
CELLS: Mapping[str, Sequence[Cell]] = {
    "number": [Cell(lambda taken: taken.one.client_no, width=18)],
    "name": [
        Cell(_name, width=20),
        Cell(lambda taken: _word("client", taken.one.status), width=10, heading=gettext_lazy("Status")),
    ],
    "tier": [Cell(lambda taken: _word("tier", taken.one.tier))],
    "style": [Cell(lambda taken: _word("style", taken.one.style))],
    "group": [Cell(lambda taken: _word("group", taken.one.group), width=16)],
    "assets": [Cell(lambda taken: taken.one.assets, Kind.MONEY, 18)],
    "risk": [Cell(_risk)],
    "branch": [Cell(lambda taken: branch_short(taken.one.branch), width=24)],
    "manager": [Cell(lambda taken: taken.one.manager, width=16)],
    "opened": [Cell(lambda taken: taken.one.opened_on, Kind.DAY, 12)],
    "contact": [Cell(lambda taken: taken.one.last_contact, Kind.TIME, 17)],
    "since": [Cell(lambda taken: taken.one.since, Kind.DAY, 12)],
    "valid": [Cell(lambda taken: taken.one.risk_until, Kind.DAY, 12)],
    "kind": [Cell(lambda taken: str(ClientKind(taken.one.kind).label), width=12)],
    "tags": [Cell(lambda taken: " ".join(taken.tags or ()), width=24)],
}


def _read(rows: QuerySet[Standing], user: User, at: dt.datetime) -> Iterator[Taken]:
    """The clients behind the standings, in their order, through a cursor on the server."""
    own, today = own_manager_ids(user), timezone.localdate(at)
    tags = ClientTag.objects.filter(client_id=OuterRef("pk")).order_by("tag__name").values("tag__name")
    found = rows.annotate(last_contact=last_contact(), tags=ArraySubquery(tags))
    for *values, put_on in found.values_list(*READ_FROM_STANDING, "tags").iterator(chunk_size=CHUNK):
        one = Found(*values)
        yield Taken(one, one.manager_id in own, today, put_on)


def _masked(words: str) -> str:
    """Words looked for, as the log keeps them."""
    search = understood(words)
    return search.masked if search else words


export_list(
    ListSource(
        name=NAME,
        title=gettext_lazy("Clients"),
        permission="clients.view_client",
        subject="client",
        spec_for=lambda user, params, at: client_list(user, params, timezone.localdate(at)),
        rows_in_scope=lambda user: Standing.objects.visible_to(user),
        read=_read,
        cells=CELLS,
        masked=_masked,
    )
)


PROMISES: Mapping[str, Sequence[Cell]] = {
    "what": [Cell(lambda line: line.promise.what, width=40)],
    "due": [
        Cell(lambda line: line.promise.due_at, Kind.TIME, 17),
        Cell(lambda line: _("Overdue") if line.is_over else "", heading=gettext_lazy("State")),
    ],
    "client": [
        Cell(lambda line: line.promise.client.client_no, width=18, heading=gettext_lazy("Client number")),
        Cell(lambda line: line.name, width=20, heading=pgettext_lazy("person", "Name")),
    ],
    "owner": [Cell(lambda line: line.promise.owner.name, width=16)],
    "by": [
        Cell(lambda line: line.promise.created_by.name, width=16),
        Cell(lambda line: line.promise.created_at, Kind.TIME, 17, heading=gettext_lazy("Promised on")),
    ],
    "branch": [Cell(lambda line: branch_short(line.promise.client.branch.name), width=24)],
}


def _read_promises(rows: QuerySet[FollowUp], user: User, at: dt.datetime) -> Iterator[Line]:
    return each_line(rows.select_related(*RELATED).iterator(chunk_size=CHUNK), user, at)


export_list(
    ListSource(
        name=promise_lists.NAME,
        title=gettext_lazy("Promises"),
        permission="clients.view_client",
        subject="promise",
        spec_for=lambda user, params, at: promise_lists.promise_list(user, timezone.localtime(at)),
        rows_in_scope=lambda user: FollowUp.objects.concerning(user).open(),
        read=_read_promises,
        cells=PROMISES,
    )
)


def _side(side: changes.Sides) -> str:
    return str(names([_word(*one) for one in side]))


# The file says of which night its rows are: the list itself always shows the newest.
CHANGES: Mapping[str, Sequence[Cell]] = {
    "number": [
        Cell(lambda row: row.number, width=18),
        Cell(lambda row: row.as_of, Kind.DAY, 12, heading=gettext_lazy("As of")),
    ],
    "name": [Cell(lambda row: row.name, width=20)],
    "branch": [Cell(lambda row: row.branch, width=24)],
    "before": [Cell(lambda row: _side(row.before), width=24)],
    "after": [Cell(lambda row: _side(row.after), width=24)],
    "why": [Cell(lambda row: row.why, width=40)],
    "assets": [Cell(lambda row: row.assets, Kind.MONEY, 18)],
    "manager": [Cell(lambda row: row.manager, width=16)],
}


def _changes_for(user: User, params: QueryDict, at: dt.datetime) -> ListSpec:
    """Raises ExportRefused before a firm's first run."""
    run = current_run()
    if run is None:
        raise ExportRefused(_("No row matches any more; there is nothing to take out."))
    return changes.overnight_list(run.pk, branches_in(scope_of(user)))


def _read_changes(rows: QuerySet[SegmentChange], user: User, at: dt.datetime) -> Iterator[changes.ChangeRow]:
    own = own_manager_ids(user)
    for change in rows.select_related("client__branch", "client__manager").iterator(chunk_size=CHUNK):
        yield changes.row_of(change, change.client, own)


export_list(
    ListSource(
        name=changes.NAME,
        title=gettext_lazy("Overnight"),
        permission="clients.view_client",
        subject="change",
        spec_for=_changes_for,
        rows_in_scope=lambda user: changes.changes_overnight(user, current_run()),
        read=_read_changes,
        cells=CHANGES,
    )
)


def _contact_figures(asked: Asked) -> Extract:
    params = QueryDict(asked.query).dict()
    page = contact_figures.page_for_file(asked.user, params, timezone.localdate(asked.at))
    words = _("Contacts from %(first)s to %(last)s") % {"first": page.period.first, "last": page.period.last}
    return Extract(
        fields=contact_figures.fields(),
        words=[words],
        count=lambda: sum(len(lines) for lines in page.found.values()),
        rows=page.rows,
    )


register(
    Exporter(
        list_name=contact_figures.NAME,
        title=gettext_lazy("Contact figures"),
        permission=contact_figures.SEE,
        subject="contact",
        open=_contact_figures,
    )
)
