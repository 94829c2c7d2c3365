"""Who is calling: an exact number, phone or ID number finds a minimal card in any scope, for whoever is asked first."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core import signing
from django.db.models import Q
from django.http import HttpRequest

from clients.contacts.policies import LOOK_UP
from clients.profile.models import Client
from clients.profile.policies import shown_name
from clients.profile.search import ID_NUMBER, PHONE, tidy
from crm.access.guards import check
from crm.access.scope import scope_of
from crm.audit.models import ReadKind
from crm.audit.services import record_read
from crm.organisation.models import User
from crm.personal.hide import look_up
from crm.personal.masks import mask_id_number, mask_phone
from crm.personal.normal import normal_id_number

SALT = "clients.contacts.look_up"
PASS_SECONDS = 3600  # so long may an enquiry be written down after the look-up
MOST = 5  # a family may share a phone; more than that is nobody in particular
WHOLE_NUMBER = re.compile(r"[A-Za-z0-9_\-]{6,32}")


@dataclass(frozen=True)
class Card:
    """As much of a client as is needed to take an enquiry. `number_pass` lets `by` write it down, and nobody else."""

    number: str
    name: str  # masked, whoever asks
    branch: str
    branch_phone: str
    manager: str
    number_pass: str
    in_scope: bool


def find_caller(words: str, *, by: User, request: HttpRequest | None = None) -> list[Card]:
    """The clients to whom `words` belong as a whole: their number, a phone, an ID number. Put down as a search.

    Raises PermissionDenied for who may not look up.
    """
    check(by, LOOK_UP)
    plain = tidy(words)
    conditions, masked = _conditions(plain)
    found = []
    if conditions:
        ids = (
            Client.objects.none()
            .values("pk")
            .union(*(Client.objects.filter(one).values("pk") for one in conditions.values()))
        )
        found = list(Client.objects.filter(pk__in=ids).select_related("branch", "manager").order_by("client_no")[:MOST])
    record_read(
        by=by,
        kind=ReadKind.SEARCH,
        subject="client",
        subject_no=found[0].client_no if len(found) == 1 else "",
        fields=list(conditions),
        reason=masked,
        rows=len(found),
        request=request,
    )
    return [shown_as(one, by=by) for one in found]


def client_of_pass(number_pass: str, *, by: User) -> Client | None:
    """The client whose card `by` was shown within the hour; None for an invented, old or borrowed pass."""
    try:
        shown_to, pk = signing.loads(number_pass, salt=SALT, max_age=PASS_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Client.objects.select_related("manager", "branch").filter(pk=pk).first() if shown_to == by.pk else None


def _conditions(plain: str) -> tuple[dict[str, Q], str]:
    """How the words may be meant, by field, each served by an index; and the words as the log keeps them."""
    tight, found, masked = "".join(plain.split()), {}, plain[:100]
    if WHOLE_NUMBER.fullmatch(tight):
        found["client_no"] = Q(client_no__in={tight, tight.upper()})
    if PHONE.fullmatch(plain):
        digest = look_up(plain, purpose="client.phone")
        found["phone"], masked = Q(phone_digest=digest), mask_phone(plain)
        found["extra_phone"] = Q(extra_phones__phone_digest=digest)
    if ID_NUMBER.fullmatch(normal_id_number(tight)):
        found["id_number"], masked = (
            Q(id_number_digest=look_up(tight, purpose="client.id_number")),
            mask_id_number(tight),
        )
    return found, masked


def shown_as(one: Client, *, by: User) -> Card:
    """The card of a client who comes with branch and manager."""
    scope = scope_of(by)
    return Card(
        number=one.client_no,
        name=shown_name(one.name, one.kind, clear=False),
        branch=one.branch.name,
        branch_phone=one.branch.phone,
        manager=one.manager.name if one.manager else "",
        number_pass=signing.dumps([by.pk, one.pk], salt=SALT),
        in_scope=scope.everything or one.branch_id in scope.branch_ids or one.manager_id in scope.manager_ids,
    )
