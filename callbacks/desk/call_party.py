"""The party of a call as one person sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callbacks.calls.models import Call
from callbacks.calls.phones import Number, numbers_of
from clients.profile.forms import interest_word
from clients.profile.models import Client, ClientWishes
from clients.profile.policies import own_manager_ids, shown_name
from crm.organisation.models import User
from crm.web.badges import badge_of


@dataclass(frozen=True)
class Who:
    """The party as this person sees it: in clear for whoever holds the call, and for a client of one's own."""

    client: Client | None
    name: str
    numbers: Sequence[Number]
    is_clear: bool
    masked_phone: str

    @property
    def risk(self) -> str:
        """The risk level in words; empty when never assessed."""
        level = self.client.standing.risk_level if self.client else ""
        return str(badge_of("risk", level).label) if level else ""

    @property
    def wishes(self) -> ClientWishes | None:
        return getattr(self.client, "wishes", None)

    @property
    def interests(self) -> list[str]:
        return [interest_word(code) for code in self.wishes.interests] if self.wishes else []

    @property
    def preferences(self) -> bool:
        """Whether the client said anything of what he prefers."""
        known = self.wishes
        return known is not None and bool(known.declared_preference or known.horizon or known.interests)

    @property
    def call_hours(self) -> list[str]:
        """On which days and at what hours the client wants to be called, in words."""
        if self.wishes is None:
            return []
        between = f"{self.wishes.call_from:%H:%M}–{self.wishes.call_until:%H:%M}" if self.wishes.call_from else ""
        return [one for one in (str(self.wishes.get_call_days_display()), between, self.wishes.preferred_hours) if one]


def who_of(call: Call, user: User, *, is_mine: bool) -> Who:
    """Who is called: in clear where `user` holds the call or looks after the client. One query where he holds it."""
    client = call.client
    if client is None:
        name = call.contact_name if is_mine else shown_name(call.contact_name, "", clear=False)
        return Who(None, name, numbers_of(call) if is_mine else (), is_mine, call.contact_masked)
    is_clear = is_mine or client.manager_id in own_manager_ids(user)
    return Who(
        client=client,
        name=shown_name(client.name, client.kind, clear=is_clear),
        numbers=numbers_of(call) if is_mine else (),
        is_clear=is_clear,
        masked_phone=client.phone_masked,
    )
