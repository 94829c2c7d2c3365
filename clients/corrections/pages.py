"""What the pages of corrections show to one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import conditional_escape as safe
from django.utils.translation import gettext as _

from clients.corrections import policies, values
from clients.corrections.choices import CorrectedField, CorrectionState
from clients.corrections.models import Correction
from clients.profile.choices import RevealReason
from clients.profile.models import Client
from clients.profile.policies import own_manager_ids, shown_name
from crm.access.guards import user_of
from crm.audit.models import ReadKind
from crm.audit.services import record_read
from crm.organisation.models import User
from crm.web.figures import NONE
from crm.web.lists import Column
from crm.web.lists.cells import Cell, drawer
from crm.web.templatetags.ui import badge, grouped, when


@dataclass(frozen=True)
class Row:
    """A correction as the list shows it."""

    correction: Correction
    client: str
    before: str
    after: str
    url: str
    cells: str = ""  # those of the columns that are shown, in their order, as safe HTML


@dataclass(frozen=True)
class Entry:
    """Something that happened to a correction, for components/timeline.html."""

    at: dt.datetime
    icon: str
    text: str
    note: str = ""


RELATED = ("client", "client__branch", "proposed_by", "decided_by")  # what the lines of a list read


def rows_of(found: Iterable[Correction], user: User) -> Iterator[Row]:
    """The lines of corrections that come with `RELATED`, one by one. No query."""
    own = own_manager_ids(user)
    for one in found:
        yield Row(
            one,
            shown_name(one.client.name, one.client.kind, clear=one.client.manager_id in own),
            values.in_words(one.field, one.old_masked),
            values.in_words(one.field, one.new_masked),
            reverse("clients:correction", args=[one.pk]),
        )


def drawn(found: Iterable[Correction], user: User, columns: Sequence[Column]) -> list[Row]:
    """The lines of a page, with the cells of `columns`."""
    draw = drawer(columns, CELLS)
    return [replace(row, cells=draw(row)) for row in rows_of(found, user)]


def _client(row: Row) -> str:
    number = grouped(row.correction.client.client_no)
    return f'<a href="{safe(row.url)}" data-row-link>{safe(row.client)} <span class="num">{safe(number)}</span></a>'


def _decided_by(row: Row) -> str:
    return safe(row.correction.decided_by.name) if row.correction.decided_by else NONE


CELLS: dict[str, Cell[Row]] = {
    "client": Cell(_client, "cell-lead", labelled=False),
    "field": Cell(lambda row: safe(row.correction.get_field_display()), labelled=False),
    "before": Cell(lambda row: safe(row.before), "wrap"),
    "after": Cell(lambda row: safe(row.after), "wrap"),
    "state": Cell(lambda row: badge("correction", row.correction.state), "cell-wide", labelled=False),
    "proposed": Cell(lambda row: when(row.correction.proposed_at)),
    "by": Cell(lambda row: safe(row.correction.proposed_by.name)),
    "decided": Cell(_decided_by),
    "decided_at": Cell(lambda row: when(row.correction.decided_at)),
    "reason": Cell(lambda row: safe(row.correction.reason), "wrap cell-wide"),
    "branch": Cell(lambda row: safe(row.correction.client.branch.name), labelled=False),
}


def proposal(client: Client, field: CorrectedField, user: User) -> dict[str, Any]:
    """What stands beside the form: whose field, what is in the file now (masked), and where one came from."""
    profile = reverse("clients:profile", args=[client.client_no])
    own = client.manager_id in own_manager_ids(user)
    name = shown_name(client.name, client.kind, clear=own)
    return {
        "client": client,
        "name": name,
        "label": field.label,
        "now": values.in_words(field, values.current_masked(field, client)),
        "crumbs": [(_("Clients"), reverse("clients:list")), (f"{name} {grouped(client.client_no)}", profile)],
        "back": profile,
    }


def detail(request: HttpRequest, found: Correction) -> dict[str, Any]:
    """A correction for one reader. Whoever is to decide compares both values in clear, which is put down."""
    user, client = user_of(request), found.client
    decides = user.has_perm(policies.DECIDE) and found.state == CorrectionState.PROPOSED
    refusal = policies.why_not_decide(found, user) if decides else ""
    in_clear = decides and not refusal
    if in_clear:
        _put_down(request, found)
        before, after = values.current_clear(found.field, client), values.open_value(found.field, found.new_sealed)
    else:
        before, after = found.old_masked, found.new_masked
    return {
        "correction": found,
        "client": client,
        "name": shown_name(client.name, client.kind, clear=client.manager_id in own_manager_ids(user)),
        "before": values.in_words(found.field, before),
        "after": values.in_words(found.field, after),
        "in_clear": in_clear,
        "decides": decides,
        "refusal": refusal,
        "may_withdraw": user.has_perm(policies.PROPOSE) and not policies.why_not_withdraw(found, user),
        "history": list(history(found)),
    }


def _put_down(request: HttpRequest, found: Correction) -> None:
    record_read(
        by=user_of(request),
        kind=ReadKind.REVEAL,
        subject="client",
        subject_no=found.client.client_no,
        fields=[found.field],
        reason=str(RevealReason.CORRECTION.value),
        request=request,
    )


def history(found: Correction) -> Iterator[Entry]:
    """What happened to a correction, newest first."""
    if found.taken_over_at:
        yield Entry(found.taken_over_at, "circle-check", _("Taken over by the core system"))
    if found.file:
        yield Entry(found.file.made_at, "send", _("Sent to the core system"), found.file.file_name)
    if found.decided_at and found.decided_by:
        rejected = found.state == CorrectionState.REJECTED
        words = _("Rejected by %(name)s") if rejected else _("Approved by %(name)s")
        yield Entry(
            found.decided_at, "x" if rejected else "check", words % {"name": found.decided_by.name}, found.decision_note
        )
    words = _("Proposed by %(name)s") % {"name": found.proposed_by.name}
    yield Entry(found.proposed_at, "pencil", words, found.reason)
