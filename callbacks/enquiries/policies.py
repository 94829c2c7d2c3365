"""Who may take enquiries, and whose clients do not wait."""

from __future__ import annotations

import datetime as dt

from callbacks.calls.units import acts_as
from callbacks.enquiries.choices import EnquiryState
from callbacks.enquiries.models import Enquiry
from callbacks.queue.supervising import ASSIGN
from clients.profile.models import Client
from clients.segmentation.choices import Tier
from clients.segmentation.models import Standing
from crm.access.scope import appointments_of
from crm.organisation.models import Unit, User

SEE = "callbacks.view_enquiry"
TAKE = "callbacks.take_enquiries"
VIP_LINE = "vip"  # how the telephone system calls the line
VIP_TIERS = (Tier.DIAMOND, Tier.PLATINUM)


def is_vip(client: Client | None, line: str) -> bool:
    """Whether a caller comes before others: by the line he called, or by his tier."""
    if line == VIP_LINE:
        return True
    return client is not None and Standing.objects.filter(client=client, tier__in=VIP_TIERS).exists()


def units_of(user: User, day: dt.date | None = None) -> list[Unit]:
    """The units in which somebody takes enquiries: where he, or whom he stands in for, is appointed."""
    found = {held.unit_id: held.unit for held in appointments_of(user, day)}
    return list(found.values())


def may_write(enquiry: Enquiry, user: User) -> bool:
    """Whether somebody answers for an open enquiry: whoever was asked first, or accepted it from him; while he is
    away, whoever stands in for him."""
    return enquiry.state == EnquiryState.TAKEN and _acts_for_owner(enquiry, user)


def may_reassign(enquiry: Enquiry, user: User) -> bool:
    """Whether somebody may give an open enquiry that he sees to somebody else: who assigns calls."""
    return enquiry.state == EnquiryState.TAKEN and user.has_perm(ASSIGN)


def _acts_for_owner(enquiry: Enquiry, user: User) -> bool:
    return enquiry.owner_id in acts_as(user) and user.has_perm(TAKE)


def may_join(enquiry: Enquiry, user: User) -> bool:
    """Whether somebody may say which client called: who answers for it, also once it is closed for an unknown one."""
    if enquiry.state == EnquiryState.CLOSED:
        return enquiry.client_id is None and _acts_for_owner(enquiry, user)
    return may_write(enquiry, user)
