"""The steps of a call. Set-based steps (claiming, making, sweeping) write the log by SQL under the same verbs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from callbacks.calls.choices import CallState
from crm.workflow.engine import Step, workflow

NAME = "callbacks.call"
WAITING, CLAIMED, DONE = [CallState.WAITING], [CallState.CLAIMED], CallState.DONE
BOTH = [CallState.WAITING, CallState.CLAIMED]
WORK = ("callbacks.work_calls", "callbacks.courtesy_calls")
ASSIGN = ("callbacks.assign_calls",)
TAKE = ("callbacks.take_calls", *WORK)  # whoever works on calls may take one whose client is on the line

CALLS = workflow(
    NAME,
    [
        # Who has it.
        Step("claim", pgettext_lazy("call", "Next"), WAITING, CallState.CLAIMED, WORK),
        Step("take", _("Take this call"), WAITING, CallState.CLAIMED, TAKE, needs_reason=True),
        Step("skip", _("Skip"), CLAIMED, CallState.WAITING, WORK, needs_reason=True),
        Step("release", _("Give back"), CLAIMED, CallState.WAITING, WORK),
        Step("expire", _("Time to work on it ran out"), CLAIMED, CallState.WAITING),
        Step("recall", _("Recall"), CLAIMED, CallState.WAITING, ASSIGN, needs_reason=True),
        Step("hand_over", _("Handed over and accepted"), BOTH, CallState.CLAIMED, WORK),
        Step("assign", _("Assign"), WAITING, None, ASSIGN),
        # When and how urgently.
        Step("urge", _("Change the urgency"), BOTH, None, ASSIGN, needs_reason=True),
        Step("merge", _("Another reason joined"), WAITING, None),
        Step("route", _("Moved to another unit"), WAITING, None),
        Step("hold", _("Held back"), WAITING, None),
        Step("free", _("No longer held back"), WAITING, None),
        Step("reform", _("Another form of contact"), BOTH, None, (*ASSIGN, *WORK), needs_reason=True),
        Step("identify", _("Identity checked"), CLAIMED, None, WORK),
        # What came of it.
        Step("retry", _("To be tried again"), CLAIMED, CallState.WAITING, WORK),
        Step("finish", pgettext_lazy("call", "Finish"), CLAIMED, DONE, WORK),
        Step("lapse", _("Lapsed"), WAITING, CallState.LAPSED),
        Step("withdraw", _("Withdraw"), WAITING, CallState.WITHDRAWN, ASSIGN, needs_reason=True),
    ],
)
