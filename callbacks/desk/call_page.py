"""What the call screen shows: who, why, what to say, what was before. A fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from callbacks.calls.choices import CallState, Finding, Form, ReasonKind, SkipReason
from callbacks.calls.freezing import freeze_scripts, makes_courtesy_calls
from callbacks.calls.hours import hours_for, propose_next
from callbacks.calls.identity import Proof, tries_left
from callbacks.calls.models import Attempt, Call, CallReason, HandOver, OutcomeCode
from callbacks.calls.outcomes import has_recording
from callbacks.calls.workflow import WORK
from callbacks.desk.call_forms import CorrectionForm
from callbacks.desk.call_party import Who, who_of
from callbacks.desk.call_script import Frozen, Script, frozen_of, script_for, values_for
from callbacks.desk.call_trace import Tried, outcome_word
from callbacks.desk.call_words import words
from callbacks.desk.sentences import sentence
from callbacks.desk.time_left import Left, left
from callbacks.recordings.telephony.adapters import telephony
from clients.desk.timeline.kinds import EVERYTHING
from clients.desk.timeline.page import large_flow
from clients.desk.timeline.reading import read_page
from clients.desk.timeline.sentences import Line, lines_of
from clients.profile.forms import WishesForm
from clients.profile.models import ClientWishes
from clients.segmentation.rules import Rules, parse
from crm.organisation.models import User
from crm.worktime.arithmetic import SHANGHAI, Hours, in_window
from crm.worktime.calendars import calendar

RELATED = (
    "client__branch", "client__manager", "client__wishes", "client__standing__run__policy", "branch", "unit",
    "claimed_by", "assignee", "outcome", "ended_by",
)  # fmt: skip
LINES = 8  # of the timeline
OTHERS = 5  # further calls of the client
# Cards that other rooms and apps bring, by the name of their address; it takes the key of the call.
CARDS = (("callbacks:call-recordings", _("Recordings")), ("education:call-items", _("What you can tell the client")))


@dataclass(frozen=True)
class Why:
    """One reason for the call, in a sentence."""

    reason: CallReason

    @property
    def words(self) -> str:
        return sentence(self.reason)


@dataclass(frozen=True)
class CallPage:
    """The screen of one call at the instant `now`, as `user` sees it. `is_mine`: he holds it and may write."""

    call: Call
    user: User
    now: dt.datetime
    is_mine: bool
    who: Who
    reasons: Sequence[Why]
    attempts: Sequence[Attempt]
    frozen: Sequence[Frozen]

    @property
    def left(self) -> Left:
        return left(self.call.due_at, self.now, calendar())

    @property
    def title(self) -> str:
        return gettext("Callback: %(reason)s") % {"reason": ReasonKind(self.call.kind).label}

    @property
    def is_urgent(self) -> bool:
        return self.call.kind == ReasonKind.MOVEMENT

    @property
    def is_call(self) -> bool:
        return self.call.form == Form.PHONE

    @property
    def form_word(self) -> str:
        return str(Form(self.call.form).label)

    @cached_property
    def has_finding(self) -> bool:
        return any(one.reason.kind == ReasonKind.MOVEMENT for one in self.reasons) or self.is_urgent

    @cached_property
    def running(self) -> Attempt | None:
        return next((one for one in self.attempts if one.ended_at is None), None)

    @cached_property
    def on_hold(self) -> bool:
        """Whether the party waits on the line, as far as the telephone system told: one query while it is live."""
        last = self.running.telephony_events.order_by("sequence", "id").last() if self.running else None
        return last is not None and last.kind == "held"

    @property
    def dials(self) -> bool:
        return telephony().dials

    @cached_property
    def hours(self) -> Hours:
        return hours_for(self.call)

    @property
    def in_hours(self) -> bool:
        return in_window(calendar(), self.now, self.hours)

    @cached_property
    def script(self) -> Script | None:
        reasons = [one.reason for one in self.reasons]
        values = values_for(self.call, reasons, self.user, clear=self.who.is_clear)
        return script_for(self.call, self.frozen, values)

    @cached_property
    def proposal(self) -> str:
        """When to try again, as a field of day and time takes it."""
        tries = [one.started_at for one in self.attempts]
        at = propose_next(tries, due=self.call.due_at, hours=self.hours, calendar=calendar(), now=self.now)
        return f"{at.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"

    @cached_property
    def outcomes(self) -> list[tuple[OutcomeCode, str]]:
        """The outcomes to choose from with their words."""
        codes = OutcomeCode.objects.filter(is_active=True)
        return [(one, outcome_word(one)) for one in codes]

    @property
    def findings(self) -> list[tuple[str, str]]:
        return [(one.value, str(one.label)) for one in Finding]

    @property
    def skip_reasons(self) -> list[tuple[str, str]]:
        return [(one.value, str(one.label)) for one in SkipReason]

    @property
    def proofs(self) -> list[tuple[str, str]]:
        return [(one.value, str(one.label)) for one in Proof]

    @cached_property
    def identity_tries(self) -> int:
        return tries_left(self.call)

    @cached_property
    def has_recording(self) -> bool:
        open_tries = [one for one in self.attempts if one.outcome_id is None and one.by_id == self.user.pk]
        return has_recording(self.call, open_tries[-1] if open_tries else None)

    @cached_property
    def offered_to(self) -> HandOver | None:
        """The offer of this call to a colleague that nobody has answered yet."""
        asked = HandOver.objects.standing().filter(call=self.call)
        return asked.select_related("to_user").first()

    @cached_property
    def manager_is_recused(self) -> bool:
        client = self.who.client
        return client is not None and self.call.regulated and client.manager_id is not None

    @cached_property
    def timeline(self) -> Sequence[Line]:
        """The last things that happened with the client: two queries."""
        client = self.who.client
        if client is None:
            return ()
        rules = parse(client.standing.run.policy.rules) if client.standing.run else Rules()
        large = large_flow(client.standing, rules.movement)
        return lines_of(read_page(client.pk, EVERYTHING.source_codes, large=large, size=LINES).entries)

    @cached_property
    def others(self) -> list[Call]:
        """Further calls of the same client, the newest first."""
        if self.who.client is None:
            return []
        theirs = Call.objects.visible_to(self.user).filter(client=self.who.client).exclude(pk=self.call.pk)
        return list(theirs.select_related("outcome").order_by("-made_at", "-pk")[:OTHERS])

    @cached_property
    def cards(self) -> list[tuple[str, str]]:
        """Label and address of each card that this installation serves."""
        found = []
        for name, label in CARDS:
            try:
                found.append((str(label), reverse(name, args=[self.call.pk])))
            except NoReverseMatch:
                continue
        return found

    @property
    def outcome_word(self) -> str:
        return outcome_word(self.call.outcome) if self.call.outcome else ""

    @property
    def tried(self) -> list[Tried]:
        return [Tried(one) for one in self.attempts]

    @property
    def may_next(self) -> bool:
        return any(self.user.has_perm(name) for name in WORK)

    @cached_property
    def wishes_form(self) -> WishesForm:
        return WishesForm(stored=self.who.wishes or ClientWishes(client=self.who.client), auto_id="call_%s")

    @cached_property
    def correction_form(self) -> CorrectionForm:
        return CorrectionForm(auto_id="call_correction_%s")

    @property
    def data(self) -> dict[str, Any]:
        """What the page's script works with (static/src/js/call/)."""
        return {
            "call": self.call.pk,
            "user": self.user.pk,
            "revision": self.call.revision,
            "script": self.script.data if self.script else None,
            "words": words(),
            "urls": {name: reverse(f"callbacks:call-{name}", args=[self.call.pk]) for name in ADDRESSES},
        }


ADDRESSES = ("answer", "note", "finding", "heartbeat", "status")


def call_page(call: Call, user: User, *, now: dt.datetime | None = None) -> CallPage:
    """The screen of a call that `user` sees. Opened by whoever holds it, its scripts are frozen where they are not."""
    now = now or timezone.now()
    is_mine = call.state == CallState.CLAIMED and call.claimed_by_id == user.pk
    reasons = list(CallReason.objects.filter(call=call).order_by("rank", "due_at", "id"))
    frozen = frozen_of(call)
    if is_mine and not _has_its_scripts(call, user, reasons, frozen):
        call.script_versions = freeze_scripts(call=call, by=user).script_versions
        frozen = frozen_of(call)
    attempts = list(call.attempts.select_related("by", "outcome").order_by("number"))
    who, why = who_of(call, user, is_mine=is_mine), [Why(one) for one in reasons]
    return CallPage(call, user, now, is_mine, who, why, attempts, frozen)


def _has_its_scripts(call: Call, user: User, reasons: Sequence[CallReason], frozen: Sequence[Frozen]) -> bool:
    """Whether there is a version for every reason: none joined since, and it is not a customer manager's own call."""
    missing = {one.script_id for one in reasons} - {one.script for one in frozen}
    return not missing and not makes_courtesy_calls(call, user)
