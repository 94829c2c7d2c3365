"""Enquiries of the demo firm: who called on a day, what was answered, what was promised, and who waits on the line."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from callbacks.demo.asked import ASKED, COMPLAINT, NAMES, PROMISED, Asked
from callbacks.demo.chance import moment, number, pick, share
from callbacks.enquiries.arriving import arrive, hang_up
from callbacks.enquiries.choices import EnquiryState
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.policies import VIP_LINE
from callbacks.enquiries.services import close_enquiry, open_enquiry
from callbacks.enquiries.writing import Written, written_of
from callbacks.recordings.choices import EventKind
from callbacks.recordings.models import TelephonyEvent
from callbacks.recordings.telephony.events import take_in
from callbacks.recordings.telephony.parsing import Told
from clients.profile.models import Client
from clients.profile.selectors import open_field
from clients.segmentation.choices import Tier
from crm.organisation.models import User
from crm.worktime.arithmetic import ONE_DAY, at
from crm.worktime.calendars import calendar

NAMESPACE = uuid.UUID("6f0c7b9e-3d51-4d0e-9a55-0c5b6a2f1e10")  # of the forms' keys
A_DAY = (3, 5)
HOURS = ("09:12", "09:55", "10:33", "11:10", "13:45", "14:20", "15:05", "15:48", "16:30", "17:10")
STRANGERS, WITH_PROMISE = 0.12, 0.14
COMPLAINS = 0.02
MINUTES = (2, 9)  # that an answer takes
PATIENCE = dt.timedelta(minutes=3)


def answer(day: dt.date, agents: Sequence[User]) -> None:
    """What was promised for `day` is kept; then who calls is answered."""
    for enquiry in Enquiry.objects.filter(state=EnquiryState.TAKEN, owner__in=agents, promised__in=PROMISED):
        if enquiry.due_at is not None and enquiry.due_at <= at(day, dt.time(20)):
            _keep_promise(enquiry, agents, day)
    for place in range(number(*A_DAY, "enquiries", day)):
        _one(day, place, agents)


def _one(day: dt.date, place: int, agents: Sequence[User]) -> None:
    seed = (day, place)
    begins = moment(day, HOURS[place * len(HOURS) // A_DAY[1] + number(0, 1, "hour", *seed)], minutes=20, words=seed)
    asked = COMPLAINT if share("complaint", *seed) < COMPLAINS else pick(ASKED, "asked", *seed)
    by = pick(agents, "agent", *seed)
    client, phone, name = _caller(*seed)
    with_promise = asked.kind != COMPLAINT.kind and share("promise", *seed) < WITH_PROMISE
    written = Written(
        caller_name=name, kind=asked.kind, topic=asked.topic, question=asked.question,
        **(_promise(day, *seed) if with_promise else _answered(asked)),
    )  # fmt: skip
    key = uuid.uuid5(NAMESPACE, f"{day}|{place}")
    made = open_enquiry(written=written, key=key, by=by, client=client, phone=phone, at=begins)
    if not with_promise:
        over = begins + dt.timedelta(minutes=number(*MINUTES, "minutes", *seed))
        close_enquiry(enquiry=made, written=written, revision=made.revision, by=by, at=over)


def _answered(asked: Asked) -> dict[str, str]:
    return {"answer": asked.answer, "used": asked.used}


def _promise(day: dt.date, *seed: object) -> dict[str, object]:
    due = calendar().add_working_days(day, number(1, 4, "due", *seed))
    return {"promised": pick(PROMISED, "promised", *seed), "due_at": at(due, dt.time(17, 30))}


def _keep_promise(enquiry: Enquiry, agents: Sequence[User], day: dt.date) -> None:
    by = next(one for one in agents if one.pk == enquiry.owner_id)
    answered = next((one for one in ASKED if one.question == enquiry.question), ASKED[0])
    before = written_of(enquiry)
    written = Written(**{**before.__dict__, **_answered(answered)})
    instant = moment(day, "16:05", minutes=60, words=["kept", enquiry.form_key])
    close_enquiry(enquiry=enquiry, written=written, revision=enquiry.revision, by=by, at=instant)


def _caller(*seed: object) -> tuple[Client | None, str, str]:
    """A client, his phone and what he calls himself; or somebody nobody knows."""
    if share("stranger", *seed) < STRANGERS:
        return None, f"139{number(10_000_000, 99_999_999, 'phone', *seed)}", pick(NAMES, "name", *seed)
    known = Client.objects.filter(status="active", kind="individual", phone_sealed__isnull=False)
    known = known.filter(opened_on__lt=seed[0]).order_by("client_no")
    drawn = f"1080{number(0, 99_999_999, 'client', *seed):08d}"  # the demo's numbers are spread over all there are
    client = known.filter(client_no__gte=drawn).first() or known.first()
    assert client is not None  # a firm has clients
    return client, open_field(client, "phone"), client.name


def wait_on_the_line(*, now: dt.datetime) -> None:
    """A diamond client waits on the line; who has waited since an earlier start has hung up."""
    for waiting in Enquiry.objects.filter(state=EnquiryState.WAITING, telephony_ref__startswith="qc-"):
        if waiting.arrived_at < now - ONE_DAY / 24:
            _tell(waiting.telephony_ref, 3, EventKind.ENDED, waiting.arrived_at + PATIENCE)
            hang_up(ref=waiting.telephony_ref)
    vip = Client.objects.filter(status="active", standing__tier=Tier.DIAMOND, phone_sealed__isnull=False)
    caller = vip.order_by("client_no").first()
    if caller is None or Enquiry.objects.filter(state=EnquiryState.WAITING).exists():
        return
    ref, phone = f"qc-{now:%Y%m%d%H%M%S}", open_field(caller, "phone")
    _tell(ref, 1, EventKind.RINGING, now, caller=phone)
    _tell(ref, 2, EventKind.WAITING, now + dt.timedelta(seconds=4), caller=phone)
    arrive(event=TelephonyEvent.objects.get(ref=ref, sequence=1))


def _tell(ref: str, sequence: int, kind: EventKind, instant: dt.datetime, caller: str = "") -> None:
    told = Told(f"{ref}-{sequence}", ref, sequence, kind, instant, line=VIP_LINE, caller=caller)
    take_in(told, at=instant)
