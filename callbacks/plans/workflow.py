"""The steps of a movement that is listed beyond the daily limit: somebody looked at it, and no call is made."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from callbacks.calls.choices import ReasonState
from crm.workflow.engine import Step, workflow

ASSIGN = "callbacks.assign_calls"
LISTED = workflow(
    "callbacks.reason",
    [
        Step("settle", _("Dealt with"), [ReasonState.LISTED], ReasonState.MET, (ASSIGN,), needs_reason=True),
        Step("drop", _("No call is needed"), [ReasonState.LISTED], ReasonState.LAPSED, (ASSIGN,), needs_reason=True),
    ],
)
VERBS = ("settle", "drop")
