"""Reads of the client's file, shaped for pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from clients.profile.models import Client
from clients.profile.policies import own_manager_ids, shown_name
from clients.profile.search import CLIENT_NO
from crm.organisation.models import User
from crm.personal.seal import unseal


@dataclass(frozen=True)
class ClientFile:
    """A client as one person sees him: name and phone in clear when he is that person's own, masked otherwise."""

    client: Client
    is_own: bool

    @cached_property
    def name(self) -> str:
        return shown_name(self.client.name, self.client.kind, clear=self.is_own)

    @cached_property
    def phone(self) -> str:
        """The phone as it is shown; empty when none is known."""
        if self.is_own and self.client.phone_sealed is not None:
            return open_field(self.client, "phone")
        return self.client.phone_masked

    @cached_property
    def contact_person(self) -> str:
        """Whom to ask for at an institution: a person's name, masked like one."""
        return shown_name(self.client.contact_person, "", clear=self.is_own)


def client_file(user: User, client_no: str) -> ClientFile:
    """The file of one client in `user`'s scope, with branch, manager, introducer, wishes and standing: one query.

    Raises `Client.DoesNotExist` when there is none, or none that this person may see.
    """
    related = ("branch", "manager", "introducer", "wishes", "standing", "standing__run__policy")
    client = Client.objects.visible_to(user).select_related(*related).get(client_no=client_no)
    return ClientFile(client, is_own=client.manager_id in own_manager_ids(user))


@dataclass(frozen=True)
class ShownPhone:
    """A further phone as one person sees it."""

    pk: int
    phone: str
    remark: str


def extra_phones(file: ClientFile) -> list[ShownPhone]:
    """The further phones of a client, in clear where the file's own phone is: one query. The page logs that."""
    return [
        ShownPhone(
            one.pk,
            unseal(one.phone_sealed, purpose="client.phone") if file.is_own else one.phone_masked,
            one.remark,
        )
        for one in file.client.extra_phones.order_by("pk")
    ]


def number_in_scope(user: User, words: str) -> str | None:
    """The client number that `words` are, spaces aside, when a client in `user`'s scope has it. No query for others."""
    tight = "".join(words.split())
    if not CLIENT_NO.fullmatch(tight):
        return None
    return Client.objects.visible_to(user).filter(client_no=tight).values_list("client_no", flat=True).first()


def is_in_scope(user: User, client_no: str) -> bool:
    """Whether `user` may see the client of this number."""
    return Client.objects.visible_to(user).filter(client_no=client_no).exists()


def open_field(client: Client, field: str) -> str:
    """The clear text of a sealed field; empty when nothing is stored. Whoever calls this logs the read."""
    sealed = getattr(client, f"{field}_sealed")
    return unseal(sealed, purpose=f"client.{field}") if sealed is not None else ""


def people_by_id(ids: Iterable[int | None]) -> dict[int, str]:
    """Names of members of staff by id: one query, none for no ids."""
    wanted = {pk for pk in ids if pk is not None}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
