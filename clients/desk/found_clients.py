"""Clients as the search of the product finds them: the likeliest first, named as this person may see them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Value
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from clients.desk.reads import last_opened
from clients.desk.rows import BRANCH_SUFFIX, client_url
from clients.profile.choices import ClientStatus
from clients.profile.models import Client
from clients.profile.policies import own_manager_ids, shown_name
from clients.profile.search import Search, understand
from crm.access.scope import scope_of
from crm.organisation.models import User
from crm.web.search import Found, Hit
from crm.web.templatetags.ui import grouped

EACH = 200  # candidates of a reading that are compared; who means one of more has to say more
WHOLE = ("phone", "id_number")  # readings that find nobody by accident
PHONES = ("phone", "phone_tail")
TAIL = 4


class Candidate(NamedTuple):
    """A client that the words may mean."""

    pk: int
    client_no: str
    name: str
    status: str
    field: str  # by which it was found


class Line(NamedTuple):
    """What is read of a client that is shown, in the order of COLUMNS."""

    pk: int
    client_no: str
    name: str
    kind: str
    status: str
    manager_id: int | None
    manager: str | None
    branch: str
    tier: str
    phone: str
    id_number: str


COLUMNS = (
    "pk", "client_no", "name", "kind", "status", "manager_id", "manager__name", "branch__name", "standing__tier",
    "phone_masked", "id_number_masked",
)  # fmt: skip


def find_clients(user: User, words: str, limit: int) -> Found:
    """The clients in `user`'s scope that the words mean most likely. Two queries, whatever the size of the firm."""
    try:
        search = understand(words)
    except ValueError as refusal:
        return Found(problem=str(refusal))
    found = ranked(candidates(user, search), search)
    every = [("q", words), *(("status", code) for code in ClientStatus.values)]
    return Found(
        _hits(user, found[:limit], search),
        more=len(found) > limit,
        all_url=f"{reverse('clients:list')}?{urlencode(every)}",
        all_label=_("All of them in the client list"),
    )


def recent_clients(user: User, limit: int) -> Found:
    """The clients whose pages `user` opened last, as far as they are still in his scope."""
    numbers = last_opened(user, timezone.now())
    rows = Client.objects.visible_to(user).filter(client_no__in=numbers)
    known = {row[1]: Candidate(*row, "") for row in rows.values_list("pk", "client_no", "name", "status")}
    return Found(_hits(user, [known[number] for number in numbers if number in known][:limit], None))


def candidates(user: User, search: Search) -> list[Candidate]:
    """Clients in scope whom the readings find, at most EACH a reading, so that a common name costs no more than a rare
    one. One query; which of many are taken is left to PostgreSQL, sorting them would read them all."""
    visible = Client.objects.visible_to(user)
    first, *others = (
        visible.filter(one.condition).values_list("pk", "client_no", "name", "status", Value(one.field))[:EACH]
        for one in search.readings
    )
    return [Candidate(*row) for row in (first.union(*others, all=True) if others else first)]


def ranked(found: Iterable[Candidate], search: Search) -> list[Candidate]:
    """Each client once, the likeliest first: what was typed whole, open before closed, the shortest names; those whose
    number merely begins so come last."""

    def likelihood(one: Candidate) -> tuple[bool, bool, bool, bool, int, str]:
        begins = one.field == "client_no"
        named = "".join(one.name.split()).casefold() == search.tight.casefold()
        closed = one.status == ClientStatus.CLOSED
        return (not is_exact(one, search), begins, closed, not named, 0 if begins else len(one.name), one.client_no)

    best: dict[int, Candidate] = {}
    for one in sorted(found, key=likelihood):
        best.setdefault(one.pk, one)
    return list(best.values())


def is_exact(one: Candidate, search: Search) -> bool:
    """Whether the words are this client's number, whole phone or ID number."""
    return one.field in WHOLE or one.client_no == search.tight


def _hits(user: User, chosen: list[Candidate], search: Search | None) -> list[Hit]:
    """The lines of these clients, in this order: one query."""
    rows = Client.objects.filter(pk__in=[one.pk for one in chosen]).values_list(*COLUMNS)
    lines = {row[0]: Line(*row) for row in rows} if chosen else {}
    own = own_manager_ids(user)
    shows_branch = scope_of(user).everything or len(scope_of(user).branch_ids) > 1
    return [_hit(lines[one.pk], one, search, own, shows_branch=shows_branch) for one in chosen if one.pk in lines]


def _hit(line: Line, one: Candidate, search: Search | None, own: frozenset[int], *, shows_branch: bool) -> Hit:
    is_own = line.manager_id in own
    active = line.status == ClientStatus.ACTIVE
    parts = [
        grouped(line.client_no),
        _found_by(line, one, search) if search else "",
        line.branch.removesuffix(BRANCH_SUFFIX) if shows_branch else "",
        "" if is_own else line.manager or "",
    ]
    return Hit(
        title=shown_name(line.name, line.kind, clear=is_own),
        url=client_url(line.client_no),
        line=" · ".join(part for part in parts if part),
        marked=("tier", line.tier) if active else ("client", line.status),
        exact=search is not None and is_exact(one, search),
        in_clear=is_own,
    )


def _found_by(line: Line, one: Candidate, search: Search) -> str:
    """The phone or ID number by which a client was found, masked; of a further phone what was typed."""
    if one.field == "id_number":
        return line.id_number
    if one.field not in PHONES:
        return ""
    tail = search.tight[-TAIL:]
    return line.phone if line.phone.endswith(tail) else _("further phone ****%(tail)s") % {"tail": tail}
