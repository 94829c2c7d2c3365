"""Corrections at every stage, and clients whose manager changed two days ago and waits for the core system."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone, translation

from clients.care.choices import HandoverReason, HandoverRule
from clients.care.services import assign_managers
from clients.corrections.choices import CorrectedField
from clients.corrections.services import decide_correction, propose_correction
from clients.profile.models import Client
from clients.profile.selectors import open_field
from crm.organisation.models import User


@dataclass(frozen=True)
class Planned:
    """A correction: by whom, of the how-manieth client of his branch, and what a second person decided."""

    by: str
    place: int
    field: CorrectedField
    reason: str
    decided_by: str = ""
    approved: bool = False
    note: str = ""


PLAN = (
    Planned("1106", 3, CorrectedField.PHONE, "客户本人临柜办理，出示居民身份证，原手机号已停用。"),
    Planned("1106", 11, CorrectedField.ADDRESS, "客户搬迁，临柜提供新的居住证明。"),
    Planned("1105", 19, CorrectedField.PHONE, "回访时客户告知已换号，并用新号码回拨核实。"),
    Planned("1205", 5, CorrectedField.PHONE, "客户来电更换手机号，身份核对一致。", "1203", approved=True),
    Planned(
        "1305", 7, CorrectedField.ADDRESS, "客户来电告知新址。", "1303", note="电话告知不足以更正地址，请客户补充证明。"
    ),
)
GIVER, TAKER, MOVED = "1506", "1507", 12  # of the branch in Chengdu


def make_corrections(*, until: dt.date) -> None:
    """The corrections of `PLAN`, proposed in the afternoon of `until`."""
    at = _at(until, 15, 10)
    with translation.override(settings.LANGUAGE_CODE):
        for one in PLAN:
            proposer = User.objects.get(staff_no=one.by)
            known = _clients_of(proposer)
            client = known[one.place % len(known)]
            value = NEW[one.field](client)
            made = propose_correction(
                client=client, field=one.field, value=value, reason=one.reason, by=proposer, at=at
            )
            if one.decided_by:
                second, later = User.objects.get(staff_no=one.decided_by), at + dt.timedelta(hours=1)
                decide_correction(correction=made, approve=one.approved, note=one.note, by=second, at=later)


def hand_some_over(*, until: dt.date) -> None:
    """Some clients go from one manager in Chengdu to another, to even out the load; the core system is not told yet."""
    giver, taker = (User.objects.get(staff_no=staff_no) for staff_no in (GIVER, TAKER))
    his = Client.objects.filter(manager=giver).order_by("client_no").values("pk")[:MOVED]
    director = User.objects.get(appointments__role="operations_director", appointments__unit__code="CD01")
    with translation.override(settings.LANGUAGE_CODE):
        assign_managers(
            clients=Client.objects.filter(pk__in=his),
            successors=[taker],
            rule=HandoverRule.BY_LOAD,
            reason=HandoverReason.LOAD,
            note="袁鹏名下客户较多，分出一部分。",
            by=director,
            key="demo",
            at=_at(until - dt.timedelta(days=2), 10, 20),
        )


def _clients_of(proposer: User) -> list[Client]:
    """Individual clients of the proposer's branch with phone and address, by number."""
    branch = proposer.appointments.values("unit_id")[:1]
    known = Client.objects.filter(branch_id__in=branch, kind="individual", status="active")
    return list(known.exclude(phone_masked="").exclude(address_masked="").order_by("client_no")[:20])


def _new_phone(client: Client) -> str:
    """As invented as the old one: its last four digits counted from the other end."""
    old = open_field(client, "phone")
    return f"{old[:-4]}{9999 - int(old[-4:]):04d}"


def _new_address(client: Client) -> str:
    return f"{open_field(client, 'address')}二期"


NEW: dict[CorrectedField, Callable[[Client], str]] = {
    CorrectedField.PHONE: _new_phone,
    CorrectedField.ADDRESS: _new_address,
}


def _at(day: dt.date, hour: int, minute: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=timezone.get_default_timezone())
