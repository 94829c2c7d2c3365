"""What calls brought up that others must deal with: critical answers, complaints voiced, movements reported."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.urls import reverse
from django.utils.html import conditional_escape as safe
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from callbacks.calls.choices import ConcernKind, ConcernState
from callbacks.calls.models import Concern
from clients.desk.listing import branches_in
from clients.desk.rows import branch_short, client_url
from clients.profile.policies import own_manager_ids, shown_name
from crm.access.scope import scope_of
from crm.organisation.models import User
from crm.web.figures import NONE
from crm.web.lists import ChoiceFilter, Column, ListSpec, Option, Sort
from crm.web.lists.cells import Cell, drawer
from crm.web.templatetags.ui import badge, grouped, when

NAME = "concerns"
RELATED = ("client", "call", "branch", "by", "about", "acknowledged_by")


def concern_list(user: User) -> ListSpec:
    """The list as `user` may filter it: one query for branches."""
    branches = branches_in(scope_of(user))
    options = [Option(branch.code, branch.name, stored=branch.pk) for branch in branches]
    filters = [
        ChoiceFilter.of("kind", gettext_lazy("Kind"), ConcernKind),
        ChoiceFilter.of("state", gettext_lazy("State"), ConcernState),
        ChoiceFilter("branch", gettext_lazy("Branch"), options if len(options) > 1 else (), field="branch_id"),
    ]
    return ListSpec(
        name=NAME,
        columns=(
            Column("at", gettext_lazy("Time"), sort="at", lead=True),
            Column("kind", gettext_lazy("Kind")),
            Column("client", gettext_lazy("Client")),
            Column("said", gettext_lazy("What was said")),
            Column("about", gettext_lazy("About whom"), usual=False),
            Column("branch", gettext_lazy("Branch")),
            Column("by", gettext_lazy("Written down by")),
            Column("state", gettext_lazy("State")),
        ),
        sorts=(Sort("at", gettext_lazy("Time"), "at", descending=True),),
        filters=[one for one in filters if one.options],
        choosable=True,
    )


class Line(NamedTuple):
    """One concern, ready to be written."""

    concern: Concern
    url: str
    name: str
    is_own: bool
    may_acknowledge: bool
    branch: str
    cells: SafeString = SafeString("")


def lines_of(concerns: Iterable[Concern], user: User, columns: tuple[Column, ...] = ()) -> list[Line]:
    """The lines of concerns that come with `RELATED`; no query."""
    own, may = own_manager_ids(user), user.has_perm("callbacks.acknowledge_findings")
    lines = []
    for one in concerns:
        client = one.client
        is_own = client is not None and client.manager_id in own
        name = shown_name(client.name, client.kind, clear=is_own) if client else ""
        is_open = one.kind == ConcernKind.MOVEMENT and one.state == ConcernState.OPEN
        branch = branch_short(one.branch.name) if one.branch else ""
        lines.append(Line(one, reverse("callbacks:concern", args=[one.pk]), name, is_own, may and is_open, branch))
    if not columns:
        return lines
    draw = drawer(columns, CELLS)
    return [line._replace(cells=draw(line)) for line in lines]


def _client(line: Line) -> str:
    client = line.concern.client
    if client is None:
        return NONE
    return f'<a href="{safe(client_url(client.client_no))}">{safe(grouped(client.client_no))}</a> {safe(line.name)}'


def _about(line: Line) -> str:
    """Who is presumed to be meant, as what he is to the client: nothing is found yet."""
    about = line.concern.about
    if about is None:
        return NONE
    words = _("the client's manager")
    return f'{safe(words)} <span class="soft small">{safe(about.name)}</span>'


def _said(line: Line) -> str:
    asked = f'<p class="soft small">{safe(line.concern.asked)}</p>' if line.concern.asked else ""
    return f"{asked}<p>{safe(line.concern.said)}</p>"


def _state(line: Line) -> str:
    shown = badge("concern", line.concern.state)
    by = line.concern.acknowledged_by
    return f'{shown} <span class="soft small">{safe(by.name)}</span>' if by else shown


CELLS: dict[str, Cell[Line]] = {
    "at": Cell(
        lambda line: f'<a href="{safe(line.url)}" data-row-link>{when(line.concern.at)}</a>',
        "cell-lead",
        labelled=False,
    ),
    "kind": Cell(lambda line: safe(ConcernKind(line.concern.kind).label), labelled=False),
    "client": Cell(_client),
    "said": Cell(_said, "wrap", labelled=False),
    "about": Cell(_about),
    "branch": Cell(lambda line: safe(line.branch) or NONE),
    "by": Cell(lambda line: safe(line.concern.by.name)),
    "state": Cell(_state, labelled=False),
}


def title() -> str:
    return _("Brought up in calls")
