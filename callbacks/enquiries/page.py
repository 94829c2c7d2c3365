"""What the page of one enquiry shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from callbacks.enquiries.choices import EnquiryKind, EnquiryState
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.panels import panels_of
from callbacks.enquiries.policies import may_join, may_write
from callbacks.enquiries.rows import each_line
from callbacks.enquiries.selectors import offer_of
from callbacks.enquiries.services import PHONE
from callbacks.enquiries.workflow import ENQUIRIES, NAME
from callbacks.enquiries.writing import FIELDS, Written, written_of
from clients.contacts.choices import TOPICS
from clients.contacts.look_up import Card, shown_as
from clients.profile.models import Client
from crm.access.guards import user_of
from crm.audit.models import ReadKind
from crm.audit.services import record_read
from crm.personal.seal import unseal
from crm.web.figures import exact_time
from crm.workflow.models import Transition

SUBJECT = "enquiry"


@dataclass(frozen=True)
class Step:
    """One step of an enquiry in words."""

    at: dt.datetime
    label: str
    by: str
    reason: str


def steps_of(enquiry: Enquiry) -> list[Step]:
    """What happened to an enquiry, oldest first: one query."""
    taken = Transition.objects.of(enquiry, NAME).select_related("by")
    return [
        Step(one.at, str(ENQUIRIES.steps[one.verb].label), one.by.name if one.by else "", one.reason) for one in taken
    ]


def context_of(request: HttpRequest, enquiry: Enquiry) -> dict[str, Any]:
    """The page without its forms. Opening it is put down, and the number of an unknown caller in clear too."""
    user, number = user_of(request), enquiry.enquiry_no
    (line,) = each_line([enquiry], user, timezone.now())
    record_read(by=user, kind=ReadKind.PAGE, subject=SUBJECT, subject_no=number, request=request)
    phone = enquiry.phone_masked
    if may_write(enquiry, user) and enquiry.client_id is None and enquiry.phone_sealed is not None:
        phone = unseal(enquiry.phone_sealed, purpose=PHONE)
        record_read(
            by=user, kind=ReadKind.CLAIMED, subject=SUBJECT, subject_no=number, fields=["phone"], request=request
        )
    return {
        "enquiry": enquiry,
        "line": line,
        "phone": phone,
        "card": card_of(enquiry.client, request),
        "may_write": may_write(enquiry, user),
        "may_join": may_join(enquiry, user),
        "offer": offer_of(enquiry) if enquiry.state == EnquiryState.TAKEN else None,
        "steps": steps_of(enquiry),
        "panels": panels_of(enquiry),
        "topics": TOPICS,
    }


def card_of(client: Client | None, request: HttpRequest) -> Card | None:
    """The client's card, masked as a look-up shows it."""
    return shown_as(client, by=user_of(request)) if client else None


def differences(stored: Enquiry, typed: Written, labels: dict[str, str]) -> list[tuple[str, str, str]]:
    """Label, stored and typed value of each field that differs, in words."""
    kept = written_of(stored)
    return [
        (labels[name], in_words(name, getattr(kept, name)), in_words(name, getattr(typed, name)))
        for name in FIELDS
        if getattr(kept, name) != getattr(typed, name)
    ]


def in_words(name: str, value: Any) -> str:
    """A value of a field as people read it."""
    if isinstance(value, dt.datetime):
        return exact_time(value)
    return str(EnquiryKind(value).label) if name == "kind" and value else str(value or "")
