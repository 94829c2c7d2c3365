"""One try of the demo firm's staff, as the call screen takes it: next, dial, answers, note, outcome, recording."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from callbacks.calls.answers import save_answer
from callbacks.calls.attempts import begin_attempt, end_attempt
from callbacks.calls.choices import TO_RISK_CONTROL, CallState, ConcernKind, Finding, SkipReason
from callbacks.calls.concerns import voice_complaint
from callbacks.calls.freezing import script_of, version_asking
from callbacks.calls.identity import LENGTHS, Proof, check_identity
from callbacks.calls.models import Answer, Attempt, Call, Concern, HandOver, OutcomeCode
from callbacks.calls.notes import is_about_movement, save_finding, save_note
from callbacks.calls.outcomes import Ending, finish
from callbacks.demo import words
from callbacks.demo.chance import number, pick, share
from callbacks.demo.people import Round
from callbacks.demo.sounds import name_of, sound
from callbacks.demo.talking import Talk, ending_of, talk
from callbacks.queue.claiming import may_call_now, next_call
from callbacks.queue.giving_back import skip_call
from callbacks.queue.handing import accept, decline, offer
from callbacks.recordings.choices import Source
from callbacks.recordings.models import Recording
from callbacks.recordings.services import Of, add_mark, keep_recording
from clients.profile.selectors import open_field
from crm.audit.services import acting
from crm.organisation.models import User
from crm.worktime.arithmetic import SHANGHAI

FRESH = dt.timedelta(minutes=10)  # nobody dials a call in the minute in which it was made
RINGS = (18, 42)  # seconds until nobody answered
TALKS = {"complete": (110, 390), "reschedule": (20, 60), "objection": (90, 240)}
BRIEF = (12, 45)
BROKEN_OFF = ("objection", "refused")  # the client was reached, and not everything was asked
THINKS = dt.timedelta(seconds=40)  # between two steps before somebody dials
WRITES = dt.timedelta(seconds=70)  # what is written down after a call
MARKED = 0.12  # share of recordings with a mark
SKIPS_EVERY, HANDED_EVERY, COMPLAINS, UNRECORDED = 37, 75, ("new_client", 6), 12


class Shift:
    """What the days so far add up to: complete calls by reason, tries, hand-overs; and the codes of outcomes."""

    def __init__(self, agents: Sequence[User]) -> None:
        done = Call.objects.filter(state=CallState.DONE, complete=True)
        self.told: Counter[str] = Counter(done.values_list("kind", flat=True))
        self.tries = Attempt.objects.count()
        self.handed = HandOver.objects.filter(call__isnull=False).count()
        self.reported = Concern.objects.filter(kind=ConcernKind.MOVEMENT).count()
        self.agents = list(agents)
        self.codes = {code.code: code for code in OutcomeCode.objects.all()}


def claim(by: User, at: dt.datetime) -> tuple[Call, dt.datetime] | None:
    """The next call of `by` and when he dials it; None where there is none for him that day.

    On a day that was lived through a call may have been made later than he asked: he takes it once it is there. Who
    holds a call of his own is left to it.
    """
    day = timezone.localdate(at)
    while timezone.localdate(at) == day and may_call_now(at):
        with transaction.atomic():
            found = next_call(by=by, at=at)
            if found is None:
                return None
            call = Call.objects.select_related("client__wishes", "client__manager", "branch").get(pk=found.pk)
            if call.claimed_at != at:
                return None
            if call.made_at + FRESH <= at:
                return call, at
            transaction.set_rollback(True)
        at = (call.made_at + FRESH).astimezone(SHANGHAI)
    return None


def try_once(one: Round, shift: Shift) -> Call | None:
    """Take the next call and try it, to the outcome of this try. None where there is nothing to do."""
    claimed = claim(one.by, one.at)
    if claimed is None:
        return None
    call, at = claimed
    shift.tries += 1
    if shift.tries % SKIPS_EVERY == 0:
        reason, note = pick(words.SKIPPED, "skip", shift.tries)
        return skip_call(call=call, reason=SkipReason(reason), note=note, by=one.by, at=at + THINKS)
    by = one.by
    if by in shift.agents and shift.tries // HANDED_EVERY > shift.handed < len(words.HANDED):
        by = _hand_over(call, by, shift, at)
        at += 4 * THINKS
    return work(call, by=by, at=at, shift=shift)


def _hand_over(call: Call, by: User, shift: Shift, at: dt.datetime) -> User:
    """Offer the call to the next agent, who takes it over or says why not. Returns who goes on with it."""
    to = shift.agents[(shift.agents.index(by) + 1) % len(shift.agents)]
    offered = offer(call=call, to=to, reason=words.HANDED[shift.handed], by=by, at=at + THINKS)
    shift.handed += 1
    if shift.handed % 2:
        accept(hand_over=offered, by=to, at=at + 2 * THINKS)
        return to
    decline(hand_over=offered, reason=words.DECLINED, by=to, at=at + 2 * THINKS)
    return by


def work(call: Call, *, by: User, at: dt.datetime, shift: Shift) -> Call:
    """Dial a call that `by` holds, and write down what came of it."""
    code = ending_of(call)
    attempt = begin_attempt(call=call, by=by, at=at)
    seconds = number(*TALKS.get(code, RINGS if not shift.codes[code].reached else BRIEF), "talk", _seed(call))
    over = at + dt.timedelta(seconds=seconds)
    if code == "complete":
        _talk_through(
            call, talk(call, script_of(call), shift.told, shift.reported), by=by, at=at, over=over, shift=shift
        )
    elif code in words.SAID:
        save_note(call=call, note=pick(words.SAID[code], "said", _seed(call)), revision=call.revision, by=by)
    end_attempt(call=call, by=by, at=over)
    ending = Ending()
    if shift.codes[code].reached and code != "refused":
        ending = _record(call, attempt, by=by, at=over, shift=shift)
    if code in BROKEN_OFF and is_about_movement(call):
        _find(call, Finding.NOT_CLEARED, "", by=by)
    if code == "complete":
        shift.told[call.kind] += 1
    return finish(call=call, outcome=shift.codes[code], by=by, ending=ending, at=over + WRITES)


def _talk_through(call: Call, said: Talk, *, by: User, at: dt.datetime, over: dt.datetime, shift: Shift) -> None:
    """Identity, every answer at its moment of the talk, note and finding."""
    _identify(call, by=by, at=at + dt.timedelta(seconds=20))
    step = (over - at) / (len(said.answers) + 2)
    rows = []
    for place, (question, value) in enumerate(said.answers.items(), start=1):
        moment = at + step * place
        if question in said.critical:
            save_answer(call=call, question=question, value=value, note=said.critical[question], by=by, at=moment)
        else:
            version = version_asking(call.script_versions, question)
            rows.append(Answer(call=call, version_id=version, question=question, value=value, at=moment, by=by))
    with acting(by=by):
        Answer.objects.bulk_create(rows)
    if (call.kind, shift.told[call.kind] + 1) == COMPLAINS:
        voice_complaint(call=call, said=words.COMPLAINT, by=by, at=over)
    noted = save_note(call=call, note=said.note, revision=call.revision, by=by)
    if said.finding:
        _find(noted, said.finding, said.remark, by=by)
        shift.reported += said.finding in TO_RISK_CONTROL


def _find(call: Call, finding: str, remark: str, *, by: User) -> None:
    stored = Call.objects.get(pk=call.pk)
    save_finding(call=call, finding=finding, note=remark, revision=stored.revision, by=by)


def _identify(call: Call, *, by: User, at: dt.datetime) -> None:
    """The last digits that the client gives; of a number with letters in it his phone's."""
    if call.client is None:
        return
    proof, digits = Proof.ID_NUMBER, open_field(call.client, "id_number")[-LENGTHS[Proof.ID_NUMBER][0] :]
    if not digits.rstrip("X").isdigit():
        proof, digits = Proof.PHONE, open_field(call.client, "phone")[-4:]
    check_identity(call=call, proof=proof, digits=digits, by=by, at=at)


def _record(call: Call, attempt: Attempt, *, by: User, at: dt.datetime, shift: Shift) -> Ending:
    """Keep the recording of a talk; of one there is none, and why."""
    if sum(shift.told.values()) + 1 == UNRECORDED:
        return Ending(no_recording=words.NO_RECORDING)
    name = f"{attempt.started_at:%Y%m%d-%H%M}-{by.staff_no}.wav"
    content = sound(name_of(_seed(call)))
    of = Of(call=call, attempt=attempt)
    kept: Recording = keep_recording([content], by=by, of=of, source=Source.UPLOAD, name=name, at=at)
    if share("mark", _seed(call)) < MARKED:
        place = number(500, kept.duration_ms - 500, "place", _seed(call))
        add_mark(by=by, recording=kept, position_ms=place, text=pick(words.MARKS, "mark", _seed(call)), at=at + WRITES)
    return Ending()


def _seed(call: Call) -> str:
    return f"{call.client.client_no if call.client else call.contact_key}|{call.kind}|{call.tries}"
